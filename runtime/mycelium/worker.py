"""The life of one service: started, fed, crashed, restarted, stopped."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from typing import Any, Final, TypeAlias, TypeVar

from mycelium.bus import Bus
from mycelium.consumer import Consumer, Handler
from mycelium.deadletters import error_text, text_of
from mycelium.envelope import IN_SERVICE, Envelope
from mycelium.errors import HandlerExitedError, RestartInVainError
from mycelium.manifest import RestartStrategy, ServiceSpec
from mycelium.protocol.message import Message
from mycelium.restart import RestartBudget
from mycelium.service import Send, Service

T = TypeVar("T")
Build: TypeAlias = Callable[[], Service]

_LOG: Final = logging.getLogger("mycelium.supervisor")
_FAILURES_KEPT: Final = 100
ON_STOP_SECS: Final = 10.0
"""After which an `on_stop` counts as failed, so that it cannot prevent a restart."""


class Worker:
    """Runs one service of a bus under its restart policy.

    Sequences, mailbox and subscriptions belong to the worker and the bus, so they outlive crashes.
    ``given_up`` is the error of the last crash once there will be no restart, ``restarts`` counts
    those that there were.
    """

    def __init__(self, bus: Bus, spec: ServiceSpec, build: Build, capacity: int) -> None:
        bus.claim(spec)
        self.spec = spec
        self.consumer = Consumer(spec.name, capacity, bus.counters, self._on_failure)
        self.ready = asyncio.Event()
        self.given_up: BaseException | None = None
        self.restarts = 0
        self._bus = bus
        self._build = build
        self._budget = RestartBudget(spec.restart)
        self._sends: Mapping[type[Message], Send] = {
            message: bus.outlet(spec, message).send for message in spec.publishes
        }
        for subscription in spec.subscribes:
            bus.inlet(self.consumer, subscription.message, subscription.on_full)
        bus.consumers.append(self.consumer)
        self._stopping = asyncio.Event()
        self._failed: deque[Envelope] = deque(maxlen=_FAILURES_KEPT)
        self._task: asyncio.Task[None] | None = None
        self._consuming: asyncio.Task[None] | None = None
        self._group: asyncio.TaskGroup | None = None
        self._spawned: set[asyncio.Task[Any]] = set()
        self._crashing = False

    @property
    def escalates(self) -> bool:
        """Whether the service was given up in a way that ends the process."""
        return self.given_up is not None and self.spec.restart.strategy is not RestartStrategy.NEVER

    @property
    def started(self) -> bool:
        """Whether `start` was called."""
        return self._task is not None

    @property
    def spawned(self) -> frozenset[asyncio.Task[Any]]:
        """The background tasks that run now."""
        return frozenset(self._spawned)

    @property
    def busy(self) -> bool:
        """Whether background tasks run, or one has crashed and what follows is still to come."""
        return self._crashing or bool(self._spawned)

    def start(self, on_end: Callable[[Worker], None]) -> None:
        """Starts the service; ``ready`` is set once it takes messages, or was given up."""
        self._task = asyncio.create_task(self._run(), name=f"{self.spec.name} runs")
        self._task.add_done_callback(lambda task: self._ended(task, on_end))

    def hush(self) -> None:
        """Cancels the background tasks, now and whenever one is spawned from here on."""
        self._stopping.set()
        for task in self._spawned:
            task.cancel()

    async def hushed(self) -> None:
        """Returns when no background task runs any more."""
        while self._spawned:
            await asyncio.wait(self._spawned)

    async def finish(self) -> None:
        """Handles what waits, then stops the service."""
        self.hush()
        self.consumer.finish()
        if self._task is not None:
            await asyncio.wait([self._task])

    def halt(self) -> None:
        """Cancels what the service is doing: first its handlers, when called again `on_stop`."""
        self.hush()
        if self._consuming is not None and not self._consuming.done():
            self.consumer.finish()
            self._consuming.cancel()
        elif self._task is not None:
            self._task.cancel()

    def _ended(self, task: asyncio.Task[None], on_end: Callable[[Worker], None]) -> None:
        if not task.cancelled() and task.exception() is not None:
            self.given_up = task.exception()
        on_end(self)

    async def _run(self) -> None:
        IN_SERVICE.set(self.spec.name)
        try:
            while (crash := await self._live()) is not None:
                self._bus.counters.crashed(self.spec.name)
                delay = self._budget.after_crash(self._bus.clock.monotonic())
                if delay is None or isinstance(crash, RestartInVainError):
                    self._give_up(crash)
                    return
                _LOG.error("%s crashed, restart in %.1f s", self.spec.name, delay, exc_info=crash)
                await self._pause(delay)
                self.restarts += 1
        finally:
            self._crashing = False
            self.ready.set()
            self._bus.abandon(self.consumer)

    async def _live(self) -> BaseException | None:
        """One life of the service: None after a clean stop, else what crashed it."""
        try:
            service = self._build()
        except SystemExit as error:
            return self._exited("__init__", error)
        except Exception as error:  # noqa: BLE001 - a person's code: any error is a crash
            return error
        crash: BaseException | None = None
        started = False
        try:
            async with asyncio.TaskGroup() as group:
                self._group = group
                service._attach_bus(self._sends, self._spawn)
                await self._staying("on_start", service.on_start())
                started = True
                self.consumer.prepare(self._retained())
                self._consuming = group.create_task(self._consume(service))
                self._crashing = False
                self.ready.set()
        except* Exception as errors:  # noqa: BLE001 - a person's code: any error is a crash
            crash = _first(errors)
        finally:
            self._group = self._consuming = None
            service._detach_bus()
        if started:
            await self._stop(service)
        return crash

    async def _consume(self, service: Service) -> None:
        handlers: dict[type[Message], Handler] = {
            message: self._bus.around(self.spec.name, message, getattr(service, method))
            for message, method in service.HANDLERS.items()
        }
        await self.consumer.run(handlers)

    async def _stop(self, service: Service) -> None:
        try:
            async with asyncio.timeout(ON_STOP_SECS):
                await self._staying("on_stop", service.on_stop())
        except Exception as error:  # noqa: BLE001 - a person's code; stopping goes on
            self._bus.counters.crashed(self.spec.name)
            _LOG.error("%s failed in on_stop", self.spec.name, exc_info=error)

    def _spawn(
        self, coroutine: Coroutine[Any, Any, T], *, name: str | None = None
    ) -> asyncio.Task[T]:
        assert self._group is not None, "a service that is not attached cannot spawn"
        if not asyncio.iscoroutine(coroutine):
            raise TypeError(f"expected a coroutine to spawn, found {coroutine!r}")
        task = self._group.create_task(self._staying("a background task", coroutine), name=name)
        self._spawned.add(task)
        task.add_done_callback(self._despawn)
        task.add_done_callback(lambda _: coroutine.close())  # it may have been cancelled unstarted
        if self._stopping.is_set():
            task.cancel()
        return task

    def _despawn(self, task: asyncio.Task[Any]) -> None:
        self._spawned.discard(task)
        if not task.cancelled() and task.exception() is not None:
            self._crashing = True

    async def _staying(self, what: str, work: Awaitable[T]) -> T:
        """Awaits a person's code, which ends its service and not the process.

        Raises:
            HandlerExitedError: it called exit
        """
        try:
            return await work
        except SystemExit as error:
            raise self._exited(what, error) from error

    def _exited(self, what: str, error: SystemExit) -> HandlerExitedError:
        return HandlerExitedError(f"{self.spec.name}: {what} called exit({error.code!r})")

    def _retained(self) -> list[Envelope]:
        """Last values that no waiting message repeats, and that have not failed here before."""
        known = {id(envelope) for envelope in self.consumer.mailbox.items}
        failed = {(e.source, type(e.message), e.sequence) for e in self._failed}
        return [
            envelope
            for subscription in self.spec.subscribes
            for envelope in self._bus.retained(subscription.message)
            if id(envelope) not in known
            and (envelope.source, type(envelope.message), envelope.sequence) not in failed
        ]

    def _on_failure(self, envelope: Envelope, error: BaseException) -> bool:
        self._failed.append(envelope)
        text = error_text(error)
        self._bus.give_up(self.spec.name, envelope, text)
        _LOG.error(
            "%s failed on %s, source %d, sequence %d (%s): %s",
            self.spec.name,
            type(envelope.message).__name__,
            envelope.source,
            envelope.sequence,
            text,
            _shown(envelope),
        )
        return False

    def _give_up(self, crash: BaseException) -> None:
        self.given_up = crash
        if isinstance(crash, RestartInVainError):
            _LOG.error("%s is given up, a restart is in vain: %s", self.spec.name, crash)
            return
        policy = self.spec.restart
        _LOG.error(
            "%s crashed and is not restarted (%s, %d restarts in %d s)",
            self.spec.name,
            policy.strategy.value,
            policy.max_restarts,
            policy.window_secs,
            exc_info=crash,
        )

    async def _pause(self, delay: float) -> None:
        """Waits for the delay or for the stop: what waits has to be handled before it."""
        waits = [
            asyncio.ensure_future(self._bus.clock.sleep(delay)),
            asyncio.ensure_future(self._stopping.wait()),
        ]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()


def _first(errors: BaseExceptionGroup[BaseException]) -> BaseException:
    """The first error of nested groups."""
    error: BaseException = errors
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


def _shown(envelope: Envelope) -> str:
    try:
        return envelope.to_frame().hex()
    except Exception:  # noqa: BLE001 - this is the way to report an error: it must not raise one
        return text_of(envelope)
