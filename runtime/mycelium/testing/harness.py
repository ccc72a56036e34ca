"""One service on a bus of its own, with the test as everybody else and as its clock."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from typing import Any, TypeAlias, TypeVar

from mycelium.clock import Clock
from mycelium.envelope import Envelope
from mycelium.loading import check_service
from mycelium.manifest import Manifest
from mycelium.outlet import settle
from mycelium.protocol.message import Message
from mycelium.service import Service
from mycelium.testing.observed import ObservedService
from mycelium.testing.outbox import Where, listed
from mycelium.testing.virtual import VirtualClock

RunService: TypeAlias = "Callable[..., AbstractAsyncContextManager[ServiceHarness[Any]]]"
"""`run_service`, some of whose arguments are given."""

M = TypeVar("M", bound=Message)
S = TypeVar("S", bound=Service)


@asynccontextmanager
async def run_service(
    service: type[S],
    settings: Mapping[str, Any] | None = None,
    *,
    build: Callable[[Mapping[str, Any]], S] | None = None,
    restart: bool = False,
    manifest: Manifest | None = None,
    clock: Clock | None = None,
) -> AsyncIterator[ServiceHarness[S]]:
    """Runs one service, alone and in memory, while the context manager is entered.

    ::

        async with run_service(FlashArbitrage, SETTINGS) as service:
            await service.send(metadata, state)
            signal = await service.expect(ArbitrageSignal)

    Time passes only while the test waits for it; see `VirtualClock`. Another ``clock`` leaves the
    event loop's time alone. ``build`` makes the service in place of its class, at each start: what
    it closes over, stores say, outlives a crash. What the service raises is raised to the test;
    with ``restart`` the service is started again, as its spec says, until it is given up. With the
    system's ``manifest`` messages come from the services that declare them.

    Raises:
        ServiceLoadError: the class lacks handlers
        StalledError: the test waited for what could not come
        Exception: what the service raised, unless an earlier call raised it already
    """
    check_service(service.SPEC, service)
    own = clock or VirtualClock.running() or VirtualClock()
    async with own if isinstance(own, VirtualClock) else nullcontext():
        harness = ServiceHarness(
            service, build or service, settings or {}, own, manifest, restart=restart
        )
        try:
            await harness._start()
            yield harness
        except BaseException:
            await harness._stop()
            raise
        await harness._stop()
        harness._raise_crash()


class ServiceHarness(ObservedService[S]):
    """A running service, to the test; `run_service` makes it."""

    _told = False
    _asked: Exception | None = None

    async def send(
        self, *messages: Message, source: str | int | None = None, retained: bool = False
    ) -> None:
        """Publishes the messages to it, and lets it do all that it can do without time passing.

        ``source`` is the name or the id of the service that they come from. ``retained`` ones are
        last values, as a late or restarted service gets them.

        Raises:
            ValueError: it does not subscribe to a message, or ``source`` does not publish it
            Exception: what the service raised
        """
        for message in messages:
            await self._deliver(self._senders.envelope(message, source, retained=retained))
        await self.settle()

    async def deliver(self, *envelopes: Envelope) -> None:
        """As `send`, for what has a source, a sequence and a timestamp already.

        Raises:
            Exception: what the service raised
        """
        for envelope in envelopes:
            await self._deliver(envelope)
        await self.settle()

    async def settle(self) -> None:
        """Lets the service do all that it can do without time passing.

        Raises:
            Exception: what the service raised
        """
        if isinstance(self.clock, VirtualClock):
            await self.clock.rest()
        else:
            await self.bus.idle()
        self._raise_crash()

    async def advance(self, seconds: float) -> None:
        """Lets the time pass, with all timers, sleeps and timeouts that are due within it.

        Raises:
            TypeError: the clock is not a virtual one
            Exception: what the service raised
        """
        if not isinstance(self.clock, VirtualClock):
            raise TypeError(f"expected a VirtualClock to advance, found {self.clock!r}")
        await self.clock.advance(seconds)
        self._raise_crash()

    async def expect(
        self, kind: type[M], *, within: float = 0.0, where: Where[M] | None = None
    ) -> M:
        """The first message of the type that no earlier call has returned and ``where`` accepts.

        Waits for it up to ``within`` seconds.

        Raises:
            AssertionError: there was none; the text shows what was published instead
            Exception: what the service raised
        """
        __tracebackhide__ = True
        try:
            async with asyncio.timeout(within or None):
                await self.settle()
                while (found := self._outbox.take(kind, where)) is None and within:
                    await self._news()
        except TimeoutError:
            await self.settle()
            found = self._outbox.take(kind, where)
        if found is not None:
            return found
        fitting = " that `where` accepts" if where is not None else ""
        limit = f" within {within:g} s" if within else ""
        what = f"expected {kind.__name__}{fitting}{limit}, found none"
        raise AssertionError(f"{what}\n{self._outbox.lines(refused=kind)}\n{self._state()}")

    async def nothing_published(self, *kinds: type[Message], within: float = 0.0) -> None:
        """Lets ``within`` seconds pass, in which nothing (of these types) may be published.

        What `expect` has returned does not count.

        Raises:
            AssertionError: there is something; the text shows it
            Exception: what the service raised
        """
        __tracebackhide__ = True
        await (self.advance(within) if within else self.settle())
        left = self._outbox.left(kinds)
        if left:
            what = " or ".join(kind.__name__ for kind in kinds) or "message"
            lines = "\n".join(listed(left))
            raise AssertionError(f"expected no further {what}, found {len(left)}:\n{lines}")

    async def finished(self, *, within: float = 3600.0) -> None:
        """Waits until its background tasks have ended and everything is handled.

        Raises:
            AssertionError: that takes more than ``within`` seconds
            Exception: what the service raised
        """
        try:
            async with asyncio.timeout(within):
                await self._supervisor.finished()
        except TimeoutError:
            names = ", ".join(sorted(task.get_name() for task in self._worker.spawned))
            found = f"background tasks: {names}" if names else "messages that are not handled"
            raise AssertionError(
                f"expected {self._worker.spec.name} to finish within {within:g} s, found {found}"
            ) from None
        self._raise_crash()

    async def crash(self, error: Exception | None = None) -> None:
        """Crashes it; returns when it takes messages again, or was given up.

        The pause before the restart passes. The error is not raised to the test.

        Raises:
            RuntimeError: it was given up before
        """
        worker = self._worker
        if self.given_up:
            raise RuntimeError(f"expected {worker.spec.name} to run, found it given up")
        self._asked = error or RuntimeError("crashed by the test")
        lives = worker.lives
        worker.crash(self._asked)
        while worker.given_up is None and worker.lives == lives:
            await self._news()
        await self.settle()

    async def _start(self) -> None:
        await self._supervisor.start()
        self._raise_crash()
        if isinstance(self.clock, VirtualClock):
            await self.clock.rest()  # a crash after the start is raised to the test's next call

    async def _stop(self) -> None:
        await self._supervisor.stop()

    async def _deliver(self, envelope: Envelope) -> None:
        if not envelope.retained:
            await self.bus.receive(envelope)
            return
        lane = self.bus.lane(envelope.source, type(envelope.message))
        troubled = lane.take_retained(envelope)
        if troubled is not None:
            await settle(troubled, "the test", envelope.message)

    async def _news(self) -> None:
        """Returns when it has published, crashed or come to life."""
        self._outbox.news.clear()
        await self._outbox.news.wait()
        self._raise_crash()

    def _raise_crash(self) -> None:
        crash = self._worker.given_up
        if crash is not None and crash is not self._asked and not self._told:
            self._told = True
            raise crash
