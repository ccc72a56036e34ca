from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

import nats
import pytest

from mycelium.bus import Bus
from mycelium.deadletters import MemoryDeadLetters
from mycelium.manifest import ServiceSpec
from mycelium.protocol import Message
from mycelium.service import Service
from mycelium.topology import Topology
from mycelium.transports.nats.control import SCHEMA_HEADER
from mycelium.transports.nats.reading import schema_header
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
from tests.unit.mycelium.helpers import (
    BRAIN,
    Meta,
    Pair,
    Tick,
    asynchronous,
    collecting,
    manifest,
    values,
)


class TestJetStream(NatsSuite):
    """Two processes and a server that keeps what services have to get."""

    jetstream = True
    flood = 4_000


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
    command = [sys.executable, "-m", "tests.transports.nats_child", server.url, "2"]
    root = Path(nats_child.__file__).parents[2]
    done = subprocess.run(command, cwd=root, capture_output=True, timeout=15)
    said = done.stderr.decode() if done.returncode > 0 else ""
    assert not said, said
    return done.returncode, done.stdout.decode().split()


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
