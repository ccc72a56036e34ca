"""Time, in one place, so that tests can hold it."""

from __future__ import annotations

import asyncio
import time
from typing import Final, Protocol


class Clock(Protocol):
    """Where the runtime takes the time from."""

    def timestamp(self) -> int:
        """Nanoseconds since the Unix epoch; may stand still or step back."""

    def monotonic(self) -> float:
        """Seconds that never step back."""

    async def sleep(self, seconds: float) -> None:
        """Returns after ``seconds``."""


class SystemClock:
    """The machine's time."""

    __slots__ = ()

    timestamp = staticmethod(time.time_ns)
    monotonic = staticmethod(time.monotonic)

    async def sleep(self, seconds: float) -> None:
        """Returns after ``seconds``."""
        await asyncio.sleep(seconds)


SYSTEM_CLOCK: Final = SystemClock()
