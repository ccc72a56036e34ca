"""The bus of one process: who gets what, who may say what, and what became of it."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Iterable
from typing import Final, Self, TypeVar

from mycelium.clock import SYSTEM_CLOCK, Clock
from mycelium.consumer import Around, Consumer, nothing_around, until_idle
from mycelium.counters import Counters, Snapshot
from mycelium.deadletters import DeadLetter, DeadLetters, MemoryDeadLetters
from mycelium.envelope import Envelope
from mycelium.errors import SourceInUseError, StoppingError
from mycelium.inbound import DeliveryLane, RefusingLane, may_not_publish
from mycelium.mailbox import DEFAULT_CAPACITY, Inlet
from mycelium.manifest import Manifest, OnFull, ServiceSpec
from mycelium.monitors.guarding import GuardedLane
from mycelium.monitors.watching import Monitors
from mycelium.observer import Observer
from mycelium.outlet import (
    MakeEnvelope,
    Outlet,
    Publisher,
    Source,
    Watcher,
    publishing,
    settle,
)
from mycelium.protocol.message import Message
from mycelium.refusals import Refusals
from mycelium.retention import Retention
from mycelium.tap import FrameSink, Tap
from mycelium.transports import Lane, Transport
from mycelium.transports.local import LocalTransport

M = TypeVar("M", bound=Message)

_LOG: Final = logging.getLogger("mycelium.bus")
_STOPPING: Final = "expected a running bus, found one that is being stopped"


class Bus:
    """Carries the messages of one system inside one process.

    Services are run by a `Supervisor`; the bus itself serves them and code that is no service.
    Use it in one event loop, as an asynchronous context manager.
    """

    def __init__(
        self,
        manifest: Manifest,
        *,
        transport: Transport | None = None,
        dead_letters: DeadLetters | None = None,
        clock: Clock = SYSTEM_CLOCK,
        monitors: Monitors | None = None,
    ) -> None:
        self.manifest = manifest
        self.monitors = monitors
        self.clock = clock
        self.counters = Counters()
        self.transport: Transport = transport if transport is not None else LocalTransport()
        self.dead_letters: DeadLetters = (
            dead_letters if dead_letters is not None else MemoryDeadLetters()
        )
        self.make_envelope: MakeEnvelope = Envelope  # with `around`, what tracing replaces
        self.around: Around = nothing_around
        self.stopping = False
        self.consumers: list[Consumer] = []
        self._observers: list[Observer] = []
        self._running: set[str] = set()
        self._guests: dict[Outlet, str] = {}
        self._sources: dict[int, Source] = {}
        self._outlets: dict[tuple[int, type[Message]], Outlet] = {}
        self._watchers: dict[type[Message], list[Watcher]] = {}
        self._retained: dict[type[Message], Retention] = {}
        self._lanes: dict[tuple[int, type[Message]], Lane] = {}
        self._refusals = Refusals(self.counters, self.dead_letters, clock)
        self.transport.attach(self)

    async def __aenter__(self) -> Self:
        await self.transport.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self, *, drain_secs: float = 10.0) -> None:
        """Takes nothing more from outside, lets observers handle what waits, disconnects.

        What observers have not handled after ``drain_secs`` is counted as undelivered, and so is
        what could not be sent to other processes within that time again.
        """
        self.begin_stopping()
        await self.transport.quiet(drain_secs)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(drain_secs):
                await until_idle(self.consumers)
        for observer in self._observers.copy():
            await observer.halt()
        if self.monitors is not None:
            self.monitors.expire(self.clock.timestamp())
        await self.transport.stop(drain_secs)

    def begin_stopping(self) -> None:
        """Takes nothing more from code that is no service; services go on."""
        self.stopping = True
        for outlet in self._guests:
            outlet.close(_STOPPING)

    # code that is no service ------------------------------------------------------------------

    def publisher(self, message: type[M], *, service: str | None = None) -> Publisher[M]:
        """A way to publish one message in the name of a service that does not run here.

        ``service`` may be left out when one service alone publishes the message.

        Raises:
            AmbiguousSourceError: no or several services publish the message
            UndeclaredPublishError: ``service`` does not
            SourceInUseError: the service runs in this bus
        """
        spec = publishing(self.manifest, message, service)
        if spec.name in self._running:
            raise SourceInUseError(f"expected a service that does not run here, found {spec.name}")
        outlet = self.outlet(spec, message)
        self._guests[outlet] = spec.name
        if self.stopping:
            outlet.close(_STOPPING)
        return Publisher(spec.source, outlet)

    def subscribe(
        self,
        message: type[M],
        handler: Callable[[M], Awaitable[None]],
        *,
        name: str = "observer",
        on_full: OnFull = OnFull.BLOCK,
        capacity: int = DEFAULT_CAPACITY,
    ) -> Observer:
        """Calls the handler for each message, one at a time, retained values first.

        A handler that raises makes a dead letter, and the next message follows. Needs a running
        event loop.
        """
        self._refuse_if_stopping()
        observer = Observer(self, message, handler, name=name, on_full=on_full, capacity=capacity)
        self._observers.append(observer)
        observer.start(self._observers.remove)
        return observer

    def tap(self, sink: FrameSink, *, messages: Iterable[type[Message]] | None = None) -> Tap:
        """Gives the sink the frame of each message (or of the named ones) before anybody else.

        Messages are encoded for taps alone. A sink that raises is closed and the error kept.
        """
        wanted = self.manifest.registry.messages.values() if messages is None else messages
        behind = int(self.monitors is not None and self.monitors.enforces)
        tap = Tap(sink, [self._watchers_of(message) for message in wanted], behind=behind)
        tap.open()
        return tap

    async def idle(self) -> None:
        """Returns once every message published so far, and all that followed from it, is handled.

        Background tasks of services do not count; a bus that never comes to rest never returns.
        """
        await until_idle(self.consumers)

    async def subscribed(self) -> None:
        """Returns once every publisher elsewhere that is connected knows all subscriptions."""
        await self.transport.subscribed()

    def counts(self) -> Snapshot:
        """What has been counted so far."""
        return self.counters.snapshot()

    # transports and replays -------------------------------------------------------------------

    async def receive(self, envelope: Envelope) -> None:
        """Delivers what comes from outside, with its own source, sequence and timestamp.

        Frames of a source that may not publish the message are refused, repeats are dropped, gaps,
        restarts and late ones are delivered; all are counted.

        Raises:
            StoppingError: the bus is being stopped
            MailboxFullError: as for any publisher
        """
        self._refuse_if_stopping()
        message = type(envelope.message)
        troubled = self.lane(envelope.source, message).take(envelope)
        if troubled is not None:
            publisher = self.manifest.source_name(envelope.source)
            await settle(troubled, publisher, envelope.message)

    def lane(self, source: int, message: type[Message]) -> Lane:
        """The one lane of a source's messages of one type, for transports to other processes."""
        key = (source, message)
        if key not in self._lanes:
            publisher = self.manifest.source_name(source)
            if not self.manifest.may_publish(source, message.TYPE_ID):
                # not kept: whoever sends could fill the memory
                return self.closed_lane(source, message, may_not_publish(publisher, message))
            watchers = self._watchers_of(message)
            tally = self.counters.tally(publisher, message.__name__)
            inlets = self.transport.inlets(message)
            lane: Lane = DeliveryLane(inlets, watchers, self._retained.get(message), tally)
            if self.monitors is not None and self.monitors.enforces:
                lane = GuardedLane(lane, publisher, self.refuse)
            self._lanes[key] = lane
        return self._lanes[key]

    def closed_lane(self, source: int, message: type[Message], why: str) -> Lane:
        """A lane that refuses what comes, as `refuse` does."""
        return RefusingLane(self.manifest.source_name(source), why, self.refuse)

    def refuse(self, publisher: str, message: str, frame: bytes, why: str) -> None:
        """Counts a frame that is not delivered, keeps it as a dead letter, and says so."""
        self._refusals.refuse(publisher, message, frame, why)

    # the supervisor's side --------------------------------------------------------------------

    def claim(self, spec: ServiceSpec) -> None:
        """Says that the service runs in this bus: nobody else may publish in its name.

        Raises:
            SourceInUseError: somebody does already
        """
        if spec.name in self._guests.values() or spec.name in self._running:
            raise SourceInUseError(
                f"expected {spec.name} to have no other publisher here, found one"
            )
        self._running.add(spec.name)
        if self.monitors is not None:
            self.monitors.born(spec.source)

    def runs(self, source: int) -> bool:
        """Whether the service with this id runs in this bus."""
        spec = self.manifest.of_source(source)
        return spec is not None and spec.name in self._running

    def outlet(self, spec: ServiceSpec, message: type[Message]) -> Outlet:
        """The one outlet of a service's message; its sequence outlives the service's restarts."""
        key = (spec.source, message)
        if key not in self._outlets:
            source = self._sources.setdefault(spec.source, Source(spec, self.clock.timestamp))
            if self.monitors is not None:
                self.monitors.born(spec.source)
            links = self.transport.links(spec.source, message)
            tally = self.counters.tally(spec.name, message.__name__)
            watchers = self._watchers_of(message)
            self._outlets[key] = Outlet(source, message, links, watchers, tally, self.make_envelope)
        return self._outlets[key]

    def inlet(self, consumer: Consumer, message: type[Message], on_full: OnFull) -> Inlet:
        """Subscribes the consumer to the message."""
        inlet = Inlet(consumer.mailbox, consumer.name, message, on_full, consumer.tally(message))
        self._watchers_of(message)  # retention starts with the first outlet or subscription
        self.transport.subscribe(message, inlet, on_full)
        return inlet

    def retained(self, message: type[Message]) -> tuple[Envelope, ...]:
        """The message's last values, the longest unchanged first."""
        retention = self._retained.get(message)
        return retention.values() if retention is not None else ()

    def give_up(self, subscriber: str, envelope: Envelope, why: str) -> None:
        """Makes a dead letter of a message that the subscriber was given in vain."""
        letter = DeadLetter.of(subscriber, envelope, why, self.clock.timestamp())
        self.counters.tally(subscriber, type(envelope.message).__name__).dead += 1
        try:
            self.dead_letters.add(letter)
        except OSError as failure:
            _LOG.error("dead letter not kept (%s): %s", failure, letter)

    def abandon(self, consumer: Consumer) -> None:
        """Closes the consumer's mailbox; what waits there is counted and becomes dead letters."""
        for envelope in consumer.mailbox.close():
            consumer.tally(type(envelope.message)).undelivered += 1
            self.give_up(consumer.name, envelope, "not delivered: the subscriber was stopped")

    def _watchers_of(self, message: type[Message]) -> list[Watcher]:
        if message not in self._watchers:
            watchers = self._watchers[message] = []
            if self.monitors is not None and self.monitors.enforces:
                watchers.append(self.monitors.check)  # what it refuses nobody sees
            if message.RETAIN:
                retention = self._retained[message] = Retention(message)
                watchers.append(retention.keep)
            if self.monitors is not None and self.monitors.watches(message):
                watchers.append(self.monitors.note)
        return self._watchers[message]

    def _refuse_if_stopping(self) -> None:
        if self.stopping:
            raise StoppingError(_STOPPING)
