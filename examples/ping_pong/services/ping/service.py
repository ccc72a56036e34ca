"""Serves, and serves again when the ball is back; says how long that takes."""

from __future__ import annotations

import time

from ping_pong_contracts.messages import Return, Serve
from ping_pong_contracts.services import PingBase

WARM_UP = 200


class Ping(PingBase):
    """One ball is in play at a time; the setting ``rounds`` says how often it goes there and back.

    The first 200 rounds more are not measured.
    """

    async def on_start(self) -> None:
        """Serves the first ball."""
        self._last = WARM_UP + int(self.settings.get("rounds", 1000))
        self._number = 0
        self._taken: list[int] = []
        await self._serve()

    async def on_return(self, message: Return) -> None:
        """Notes how long the ball was away, and serves again."""
        if message.number != self._number:
            return  # a transport may deliver twice
        self._taken.append(time.perf_counter_ns() - self._served)
        if self._number < self._last:
            await self._serve()
        else:
            self._tell()

    async def _serve(self) -> None:
        self._number += 1
        self._served = time.perf_counter_ns()
        await self.publish(Serve(number=self._number))

    def _tell(self) -> None:
        taken = sorted(self._taken[WARM_UP:])
        p50, p99 = (taken[len(taken) * percent // 100] for percent in (50, 99))
        self.log.info(
            "%d round trips: p50 %d us, p99 %d us, slowest %d us",
            len(taken),
            p50 // 1000,
            p99 // 1000,
            taken[-1] // 1000,
        )
