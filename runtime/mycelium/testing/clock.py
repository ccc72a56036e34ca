"""A clock that moves when told to."""

from __future__ import annotations

import asyncio
from typing import Final

START: Final = 1_700_000_000_000_000_000  # ns since the Unix epoch, in November 2023


class ManualClock:
    """Stands still until `advance`; sleepers wake when their time has come."""

    def __init__(self, start: int = START) -> None:
        self._start = start
        self._now = start
        self._sleepers: list[tuple[int, asyncio.Future[None]]] = []

    @property
    def sleepers(self) -> int:
        """How many calls of `sleep` wait."""
        return sum(not future.done() for _, future in self._sleepers)

    def timestamp(self) -> int:
        """Nanoseconds since the Unix epoch."""
        return self._now

    def monotonic(self) -> float:
        """Seconds since the clock was made."""
        return (self._now - self._start) / 1e9

    async def sleep(self, seconds: float) -> None:
        """Returns when the clock has been advanced by ``seconds``."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._sleepers.append((self._now + round(seconds * 1e9), future))
        await future

    def advance(self, seconds: float) -> None:
        """Moves the time on and wakes the sleepers that are due."""
        self._now += round(seconds * 1e9)
        for due, future in self._sleepers:
            if due <= self._now and not future.done():
                future.set_result(None)
        self._sleepers = [entry for entry in self._sleepers if not entry[1].done()]
