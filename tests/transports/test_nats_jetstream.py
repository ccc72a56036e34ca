from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

import nats
import pytest

from mycelium.bus import Bus
from mycelium.deadletters import MemoryDeadLetters
from mycelium.manifest import Manifest, OnFull, ServiceSpec
from mycelium.protocol import Message
from mycelium.service import Service
from mycelium.topology import Topology
from mycelium.transports.nats.control import SCHEMA_HEADER, Beat, encode
from mycelium.transports.nats.limits import NatsLimits
from mycelium.transports.nats.reading import schema_header
from mycelium.worker import Worker
from tests.transports import nats_child
from tests.transports.nats_buses import (
    QUICK,
    NatsSuite,
    bus_of,
    carrier,
    nats_bus,
    nats_topology,
    services_on,
)
from tests.transports.nats_servers import NatsServer, nats_server
from tests.transports.streams import FIRST, SECOND, until
from tests.transports.suite import Ends, Reader
from tests.unit.mycelium.helpers import (
    BRAIN,
    Meta,
    Pair,
    Tick,
    asynchronous,
    collecting,
    manifest,
    spec,
    values,
)


class TestJetStream(NatsSuite):
    """Two processes and a server that keeps what services have to get; others it does not know."""

    jetstream = True
    flood = 4_000


READERS = tuple(
    spec(
        f"{message.__name__.lower()}_reader_{number}", 10 * number + message.TYPE_ID, (), (message,)
    )
    for message in (Tick, Meta)
    for number in (1, 2)
)


class TestJetStreamServices(NatsSuite):
    """The same with services in place of observers wherever the suite blocks."""

    jetstream = True

    @asynccontextmanager
    async def joined(self, system: Manifest, limits: NatsLimits = QUICK) -> AsyncIterator[Ends]:
        system = manifest(*system.services, *READERS)
        there = ("brain", "relay", *(reader.name for reader in READERS))
        plan = nats_topology(self.server.url, jetstream=True)
        plan = replace(
            plan, processes=(plan.process(FIRST), replace(plan.process(SECOND), services=there))
        )
        self.free = list(READERS)
        self.workers: list[Worker] = []
        async with (
            nats_bus(plan, SECOND, system, limits) as subscribing,
            nats_bus(plan, FIRST, system, limits) as publishing,
        ):
            yield Ends(publishing, subscribing)
        for worker in self.workers:
            await worker.finish()

    def watch(self, reader: Reader, bus: Bus, message: type[Pair], **options: Any) -> None:
        fit = next((s for s in self.free if s.subscribes[0].message is message), None)
        if fit is None or options.get("on_full", OnFull.BLOCK) is not OnFull.BLOCK:
            super().watch(reader, bus, message, **options)
            return
        self.free.remove(fit)
        kind = type("Reading", (Service,), {"SPEC": fit, "HANDLERS": {message: "handle"}})
        kind.handle = lambda _, message: reader.handle(message)  # type: ignore[attr-defined]
        worker = Worker(bus, fit, kind, options.get("capacity", 1024))
        worker.start(lambda _: None)
        self.workers.append(worker)

    async def delivered(self, ends: Ends) -> None:
        await ends.publishing.transport.subscribed()
        await carrier(ends.subscribing)._subscribing.keeping.emptied()
        await super().delivered(ends)

    @asynchronous
    async def test_a_slow_reader_holds_a_publisher_up_and_loses_nothing(self) -> None:
        """It holds nobody up: the stream keeps what it has not handled."""
        async with self.connect(manifest()) as ends:
            reader = Reader()
            reader.may_go_on.clear()
            self.watch(reader, ends.subscribing, Tick, capacity=4)
            await ends.subscribing.subscribed()
            await values(ends.publishing, Tick, 200)
            assert reader.numbers in ([], [0])
            reader.may_go_on.set()
            await self.delivered(ends)
            assert reader.numbers == list(range(200))

    @asynchronous
    async def test_a_late_subscriber_gets_the_last_value_of_each_key_first(self) -> None:
        """It gets all that the stream has kept for it, and last values that it has not had yet."""
        async with self.connect(manifest()) as ends:
            publisher = ends.publishing.publisher(Meta)
            for key, value in ((1, 10), (2, 20), (1, 11)):
                await publisher.publish(Meta(key, value))
            reader = Reader()
            self.watch(reader, ends.subscribing, Meta)
            await ends.subscribing.subscribed()
            await publisher.publish(Meta(2, 21))
            await self.delivered(ends)
            kept = [(e.message, e.sequence) for e in reader.envelopes if not e.retained]
            last = [(e.message, e.sequence) for e in reader.envelopes if e.retained]
            assert kept == [(Meta(1, 10), 1), (Meta(2, 20), 2), (Meta(1, 11), 3), (Meta(2, 21), 4)]
            assert set(last) <= {(Meta(2, 20), 2), (Meta(1, 11), 3)}


class Careful(Service):
    """Keeps what it gets, waits until it may go on, and fails at 3."""

    SPEC: ClassVar[ServiceSpec] = BRAIN
    HANDLERS = {Tick: "handle", Meta: "handle"}  # noqa: RUF012 - as generated code has it

    async def handle(self, message: Message) -> None:
        assert isinstance(message, Pair)
        self.settings["seen"].append(message.value)
        await self.settings["gate"].wait()
        if message.value == 3:
            raise RuntimeError("no more than two")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[NatsServer]:
    with nats_server(tmp_path) as running:
        yield running


def plan_of(server: NatsServer, **parts: Any) -> Topology:
    return nats_topology(server.url, jetstream=True, **parts)


def feeding(plan: Topology) -> Bus:
    """The publishers' process."""
    return nats_bus(plan, FIRST, manifest())


def letters(bus: Bus) -> list[tuple[str, str]]:
    assert isinstance(bus.dead_letters, MemoryDeadLetters)
    return [(letter.service, letter.error) for letter in bus.dead_letters.letters]


def tick_frame(value: int, *, source: int = 1) -> bytes:
    return Tick(value, value).to_frame(source=source, sequence=value, timestamp=1000 + value)


async def put(server: NatsServer, frame: bytes, subject: str = "sample.messages.Tick.feed") -> None:
    """Publishes to the stream as anybody could who is let in."""
    client = await nats.connect(server.url)
    await client.jetstream().publish(subject, frame, headers={SCHEMA_HEADER: schema_header(Tick)})
    await client.close()


@asynchronous
async def test_a_service_gets_everything_in_order_and_once(server: NatsServer) -> None:
    seen: list[Any] = []
    plan = plan_of(server)
    async with services_on(plan, SECOND, {BRAIN: collecting(BRAIN, seen)}), feeding(plan) as bus:
        await values(bus, Tick, 200)
        await values(bus, Meta, 3)
        await until(lambda: len(seen) == 203)
    ticks = [(m.value, e.sequence) for m, e in seen if type(m) is Tick]
    assert ticks == [(n, n + 1) for n in range(200)]


@asynchronous
async def test_what_is_published_while_a_service_is_away_waits_for_it(server: NatsServer) -> None:
    seen: list[Any] = []
    plan = plan_of(server)
    async with feeding(plan) as bus:
        await values(bus, Tick, 50)
    async with services_on(plan, SECOND, {BRAIN: collecting(BRAIN, seen)}):
        await until(lambda: len(seen) == 50)
    assert [message.value for message, _ in seen] == list(range(50))


@asynchronous
async def test_an_error_makes_a_dead_letter_and_the_next_message_follows(
    server: NatsServer,
) -> None:
    seen: list[int] = []
    gate = asyncio.Event()
    gate.set()
    plan = plan_of(server)
    async with services_on(
        plan, SECOND, {BRAIN: lambda _: Careful({"seen": seen, "gate": gate})}
    ) as running:
        async with feeding(plan) as bus:
            await values(bus, Tick, 6)
            await until(lambda: len(seen) == 6)
        assert letters(bus_of(running)) == [("brain", "RuntimeError: no more than two")]
    assert seen == [0, 1, 2, 3, 4, 5]
    again: list[Any] = []
    async with services_on(plan, SECOND, {BRAIN: collecting(BRAIN, again)}), feeding(plan) as bus:
        await values(bus, Tick, 1)
        await until(lambda: len(again) == 1)
    assert [message.value for message, _ in again] == [0]


@asynchronous
async def test_a_long_handler_keeps_its_message(server: NatsServer) -> None:
    seen: list[int] = []
    gate = asyncio.Event()
    plan = plan_of(server)
    limits = replace(QUICK, ack_secs=0.2)
    async with services_on(
        plan, SECOND, {BRAIN: lambda _: Careful({"seen": seen, "gate": gate})}, limits
    ) as running:
        async with feeding(plan) as bus:
            await values(bus, Tick, 2)
            await asyncio.sleep(1.0)  # five times what a silent process is given
            assert seen == [0]
            gate.set()
            await until(lambda: len(seen) == 2)
        assert bus_of(running).counts().of("feed", "Tick").repeats == 0
    assert seen == [0, 1]


@asynchronous
async def test_a_message_that_kills_its_process_is_given_again_and_then_is_dead(
    server: NatsServer,
) -> None:
    plan = plan_of(server, max_deliver=2)
    async with feeding(plan) as bus:
        await values(bus, Tick, 6)
        assert await asyncio.to_thread(child, server) == (-signal.SIGKILL, ["0", "1", "2", "3"])
        assert await asyncio.to_thread(child, server) == (-signal.SIGKILL, ["3"])
        seen: list[Any] = []
        async with services_on(plan, SECOND, {BRAIN: collecting(BRAIN, seen)}) as running:
            await until(lambda: len(seen) == 2)
            given_up = letters(bus_of(running))
    assert [message.value for message, _ in seen] == [4, 5]
    assert given_up == [("brain", "given 2 times, and each time the process died")]


def child(server: NatsServer) -> tuple[int, list[str]]:
    """Runs the service that dies at 3; its exit status and what it got."""
    command = [sys.executable, nats_child.__file__, server.url, "2"]
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    done = subprocess.run(command, env=env, capture_output=True, timeout=15)
    said = done.stderr.decode() if done.returncode > 0 else ""
    assert not said, said
    return done.returncode, done.stdout.decode().split()


PATIENT = replace(QUICK, ack_secs=300.0)
"""So long that nothing in a test comes because of it."""


@asynchronous
async def test_what_a_dead_process_was_given_is_given_again_to_the_next_at_once(
    server: NatsServer,
) -> None:
    seen: list[Any] = []
    plan = plan_of(server)
    async with nats_bus(plan, FIRST, manifest(), PATIENT) as bus:
        client = await nats.connect(server.url)  # it takes one message and dies
        given = await client.subscribe("sample._give.brain", queue="brain")
        await values(bus, Tick, 3)
        await given.next_msg()
        await client.close()
        async with services_on(plan, SECOND, {BRAIN: collecting(BRAIN, seen)}, PATIENT):
            await until(lambda: len(seen) == 3)
    assert [message.value for message, _ in seen] == [0, 1, 2]


@asynchronous
async def test_what_another_process_of_this_name_works_on_is_left_to_it(
    server: NatsServer,
) -> None:
    """Two at a time are a mistake, which must not make each message run twice."""
    seen: list[Any] = []
    plan = plan_of(server)
    async with nats_bus(plan, FIRST, manifest(), PATIENT) as bus:
        client = await nats.connect(server.url)  # it takes one message, and lives
        given = await client.subscribe("sample._give.brain", queue="brain")
        await values(bus, Tick, 1)
        await given.next_msg()
        await given.unsubscribe()
        async with services_on(plan, SECOND, {BRAIN: collecting(BRAIN, seen)}, PATIENT):
            for _ in range(20):
                await client.publish(f"sample._all.{SECOND}", encode(Beat("another", 1)))
                await asyncio.sleep(PATIENT.beat_secs / 2)
            assert seen == []
            await until(lambda: len(seen) == 1)  # once nothing was heard of it for a while
        await client.close()


@asynchronous
async def test_an_acknowledgement_that_was_lost_with_the_server_is_said_again(
    server: NatsServer,
) -> None:
    seen: list[int] = []
    gate = asyncio.Event()
    plan = plan_of(server)
    builds = {BRAIN: lambda _: Careful({"seen": seen, "gate": gate})}
    async with (
        services_on(plan, SECOND, builds, PATIENT) as running,
        nats_bus(plan, FIRST, manifest(), PATIENT) as bus,
    ):
        await values(bus, Tick, 2)
        await until(lambda: seen == [0])
        server.stop(signal.SIGKILL)
        await until(lambda: carrier(bus_of(running))._line.client is None)
        gate.set()
        await bus_of(running).idle()
        server.start()
        await until(lambda: seen == [0, 1])
        assert bus_of(running).counts().of("feed", "Tick").repeats == 0


@pytest.mark.parametrize(("window", "handled"), [(60.0, [1, 2]), (0.1, [1, 1, 2])])
@asynchronous
async def test_a_repeat_is_dropped_inside_the_window_only(
    server: NatsServer, window: float, handled: list[int]
) -> None:
    seen: list[Any] = []
    plan = plan_of(server, duplicate_window_secs=window)
    async with services_on(plan, SECOND, {BRAIN: collecting(BRAIN, seen)}) as running:
        await put(server, tick_frame(1))
        await until(lambda: len(seen) == 1)
        await asyncio.sleep(0.2)  # longer than the shorter window
        await put(server, tick_frame(1))
        await put(server, tick_frame(2))
        await until(lambda: len(seen) == len(handled))
        assert bus_of(running).counts().of("feed", "Tick").repeats == 3 - len(handled)
    assert [message.value for message, _ in seen] == handled


@asynchronous
async def test_a_restart_of_the_server_loses_nothing_that_was_accepted(server: NatsServer) -> None:
    seen: list[Any] = []
    plan = plan_of(server)
    async with services_on(plan, SECOND, {BRAIN: collecting(BRAIN, seen)}), feeding(plan) as bus:
        publishing = asyncio.create_task(values(bus, Tick, 1500))
        for _ in range(2):
            before = len(seen)
            await until(lambda: len(seen) > before + 200)  # noqa: B023
            server.stop()
            server.start()
        await publishing
        await until(lambda: len(seen) >= 1500)
        assert bus.transport.counts()["nats"]["connects"] == 3
    assert [message.value for message, _ in seen] == list(range(1500))


@asynchronous
async def test_publishers_wait_when_the_stream_is_full(server: NatsServer) -> None:
    seen: list[int] = []
    gate = asyncio.Event()
    plan = plan_of(server)
    limits = replace(QUICK, stream_bytes=20_000)
    builds = {BRAIN: lambda _: Careful({"seen": seen, "gate": gate})}
    async with (
        services_on(plan, SECOND, builds, limits),
        nats_bus(plan, FIRST, manifest(), limits) as bus,
    ):
        publisher = bus.publisher(Tick)

        async def publish() -> None:
            for number in range(10, 410):
                await publisher.publish(Tick(number, number))

        publishing = asyncio.create_task(publish())
        await until(lambda: said_full(bus))
        assert not publishing.done()
        gate.set()
        await publishing
        await until(lambda: len(seen) == 400)
    assert seen == list(range(10, 410))


def said_full(bus: Bus) -> bool:
    link = carrier(bus)._publishing.links[Tick.TYPE_ID]
    assert link.pipes is not None
    return "full" in link.pipes.said._said


@asynchronous
async def test_what_was_not_accepted_is_undelivered(server: NatsServer) -> None:
    plan = plan_of(server)
    async with feeding(plan) as bus:
        await values(bus, Tick, 1)
        server.stop()
        publishing = asyncio.create_task(values(bus, Tick, 1))
        await until(lambda: bus.counts().of("feed", "Tick").published == 2)
        await bus.close(drain_secs=0.2)
        await publishing
    assert bus.counts().of("JetStream", "Tick").undelivered == 1


@asynchronous
async def test_another_ones_frame_is_refused_and_not_given_again(server: NatsServer) -> None:
    seen: list[Any] = []
    plan = plan_of(server)
    async with services_on(plan, SECOND, {BRAIN: collecting(BRAIN, seen)}) as running:
        await put(server, tick_frame(1, source=3))
        await put(server, b"no frame")
        await put(server, tick_frame(2))
        await until(lambda: bool(seen))
        errors = [error for _, error in letters(bus_of(running))]
    assert [message.value for message, _ in seen] == [2]
    assert errors[0] == "feed sent Tick in the name of relay"
    assert errors[1].startswith("feed, Tick: ")


@asynchronous
async def test_another_stream_of_this_name_is_not_touched(
    server: NatsServer, caplog: pytest.LogCaptureFixture
) -> None:
    client = await nats.connect(server.url)
    await client.jsm().add_stream(name="theirs", subjects=["theirs.>"])
    plan = plan_of(server, stream="theirs")
    async with feeding(plan):
        await until(lambda: bool(caplog.messages))
    assert caplog.messages[0] == (
        f"no connection to NATS at 127.0.0.1:{server.port} for now: stream theirs: expected "
        "retention interest, found limits; name another one as nats.stream, or delete it"
    )
    await client.close()


@asynchronous
async def test_what_was_published_is_handled_before_a_stop_when_publishers_have_stopped(
    server: NatsServer,
) -> None:
    seen: list[Any] = []
    plan = plan_of(server)
    async with services_on(plan, SECOND, {BRAIN: collecting(BRAIN, seen)}), feeding(plan) as bus:
        await values(bus, Tick, 300)
    assert [message.value for message, _ in seen] == list(range(300))
