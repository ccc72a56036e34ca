"""Ending tasks that call the NATS library, which now and then takes no notice of a cancellation."""

from __future__ import annotations

import asyncio
from typing import Any, Final

_AGAIN_SECS: Final = 0.05


async def end(task: asyncio.Task[Any] | None) -> None:
    """Cancels the task until it has ended."""
    while task is not None and not task.done():
        task.cancel()
        await asyncio.wait([task], timeout=_AGAIN_SECS)
