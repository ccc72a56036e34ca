"""What is said when a test waits for what cannot come."""

from __future__ import annotations

import asyncio
from pathlib import Path
from types import CoroutineType
from typing import Final

_ASYNCIO: Final = Path(asyncio.__file__).parent


class StalledError(AssertionError):
    """Everything waits, and nothing that could end the waiting is left."""


def waiting_tasks(loop: asyncio.AbstractEventLoop) -> str:
    """A line for each task of the loop that waits: its name, and where."""
    lines = sorted(_line(task) for task in asyncio.all_tasks(loop))
    return "\n".join(lines) or "  no task"


def _line(task: asyncio.Task[object]) -> str:
    place = None
    coroutine: object = task.get_coro()
    while isinstance(coroutine, CoroutineType) and coroutine.cr_frame is not None:
        file = Path(coroutine.cr_code.co_filename)
        if place is None or file.parent != _ASYNCIO:
            line = coroutine.cr_frame.f_lineno
            place = f": in {coroutine.cr_code.co_qualname} ({file.name}:{line})"
        coroutine = coroutine.cr_await
    return f"  {task.get_name()}{place or ''}"
