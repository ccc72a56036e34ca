"""The worker of a service under test: it tells of each life and each crash."""

from __future__ import annotations

from collections.abc import Callable

from mycelium.bus import Bus
from mycelium.mailbox import DEFAULT_CAPACITY
from mycelium.manifest import ServiceSpec
from mycelium.service import Service
from mycelium.worker import Build, Worker


class WatchedWorker(Worker):
    """``lives`` counts how often it came to take messages; ``tell`` is called at each change."""

    def __init__(self, bus: Bus, spec: ServiceSpec, build: Build, tell: Callable[[], None]) -> None:
        super().__init__(bus, spec, build, DEFAULT_CAPACITY)
        self.crashes: list[BaseException] = []
        self.lives = 0
        self._tell = tell

    def crash(self, error: BaseException) -> None:
        """Lets a background task of the service raise the error."""

        async def fail() -> None:
            raise error

        self._spawn(fail(), name="crash")

    async def _live(self) -> BaseException | None:
        crash = await super()._live()
        if crash is not None:
            self.crashes.append(crash)
            self._tell()
        return crash

    async def _consume(self, service: Service) -> None:
        self.lives += 1
        self._tell()
        await super()._consume(service)
