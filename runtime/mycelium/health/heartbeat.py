"""Whether the event loop still turns."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Final

BEAT_SECS: Final = 1.0
STALL_SECS: Final = 10.0
"""The loop counts as stuck when it has not turned for this long, unless said otherwise."""


class Heartbeat:
    """Notes once a second that the loop turns. Another thread may ask how long ago that was."""

    __slots__ = ("_last", "_late", "_now", "stall_secs")

    def __init__(
        self, stall_secs: float = STALL_SECS, *, now: Callable[[], float] = time.monotonic
    ) -> None:
        self.stall_secs = stall_secs
        self._now = now
        self._last = now()
        self._late = 0.0

    async def run(self) -> None:
        """Beats until it is cancelled."""
        self._last = self._now()
        while True:
            await asyncio.sleep(BEAT_SECS)
            self.beat()

    def beat(self) -> None:
        """The loop has turned."""
        now = self._now()
        self._late = max(now - self._last - BEAT_SECS, 0.0)
        self._last = now

    @property
    def silence(self) -> float:
        """Seconds since the last beat."""
        return self._now() - self._last

    @property
    def lag(self) -> float:
        """Seconds by which the last beat came late, or the next one is late by now."""
        return max(self._late, self.silence - BEAT_SECS)

    @property
    def stalled(self) -> bool:
        """Whether the loop counts as stuck."""
        return self.silence > self.stall_secs
