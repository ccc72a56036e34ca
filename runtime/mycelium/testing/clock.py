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
        self._asleep = asyncio.Event()

    def timestamp(self) -> int:
        """Nanoseconds since the Unix epoch."""
        return self._now

    def monotonic(self) -> float:
        """Seconds since the clock was made."""
        return (self._now - self._start) / 1e9

    async def sleep(self, seconds: float) -> None:
        """Returns when the clock has been advanced by ``seconds``."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        entry = (self._now + round(seconds * 1e9), future)
        self._sleepers.append(entry)
        self._asleep.set()
        try:
            await future
        finally:
            if entry in self._sleepers:
                self._forget([entry])

    async def asleep(self) -> None:
        """Returns when somebody sleeps."""
        await self._asleep.wait()

    def advance(self, seconds: float) -> None:
        """Moves the time on and wakes the sleepers that are due."""
        self._now += round(seconds * 1e9)
        due = [entry for entry in self._sleepers if entry[0] <= self._now]
        self._forget(due)
        for _, future in due:
            if not future.done():
                future.set_result(None)

    def _forget(self, entries: list[tuple[int, asyncio.Future[None]]]) -> None:
        self._sleepers = [entry for entry in self._sleepers if entry not in entries]
        if not self._sleepers:
            self._asleep.clear()
