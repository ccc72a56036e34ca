"""Ending tasks."""

from __future__ import annotations

import asyncio
from typing import Any


async def end(task: asyncio.Task[Any] | None) -> None:
    """Cancels the task and waits for its end.

    The NATS library now and then takes no notice of a cancellation: a task that calls it has to
    look for itself whether it is to end.
    """
    if task is not None:
        task.cancel()
        await asyncio.wait([task])
