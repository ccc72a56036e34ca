"""Room on Python's own stack.

CPython keeps frames in chunks of 16 KB (`_PyThreadState_PushFrame` in its `pystate.c`). It asks the
system for one when the last is full, and gives it back as soon as the first frame in it ends: code
that calls up and down across such an edge asks hundreds of times, and each time for memory that the
system has to clear. A frame that does not fit gets a chunk of its own size, rounded up to a power
of two; what it leaves of that, the frames of what it calls get.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

_CHUNK = 1 << 20
"""Bytes: a thousand frames, Python's limit, take half of it."""
_WORD = 8


def with_room(function: Callable[[], T]) -> T:
    """What a function gives, which calls itself deeply."""
    return function()


# More than half of a chunk, so that there is a whole one; never touched, so it costs no memory.
with_room.__code__ = with_room.__code__.replace(co_stacksize=_CHUNK // 2 // _WORD)
