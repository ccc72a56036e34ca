"""What goes wrong between processes and a NATS server."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

import nats
import pytest
from msgspec import structs

from mycelium import transports
from mycelium.bus import Bus
from mycelium.deadletters import MemoryDeadLetters
from mycelium.errors import StartTimeoutError
from mycelium.manifest import Manifest, Subscription
from mycelium.protocol import Registry
from mycelium.runner import Process
from mycelium.topology import LinkKind, Mode, Nats, ProcessPlan, Tls, Topology
from mycelium.transports.errors import TransportError
from mycelium.transports.nats import carrier_of
from mycelium.transports.nats.control import SCHEMA_HEADER
from mycelium.transports.nats.reading import schema_header
from tests.transports.certificates import Authority
from tests.transports.nats_buses import QUICK, carrier, nats_bus, nats_topology, services_on
from tests.transports.nats_servers import NatsServer, nats_server
from tests.transports.streams import FIRST, SECOND, until
from tests.transports.suite import Reader
from tests.unit.mycelium.helpers import (
    BRAIN,
    FEED,
    RELAY,
    Echo,
    Feed,
    Meta,
    Pair,
    Signal,
    Tick,
    asynchronous,
    collecting,
    manifest,
    values,
)

_SUBJECT = "sample.messages.Tick.feed"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[NatsServer]:
    with nats_server(tmp_path) as running:
        yield running


def core(server: NatsServer, **parts: Any) -> Topology:
    return nats_topology(server.url, jetstream=False, **parts)


def errors(bus: Bus) -> list[str]:
    assert isinstance(bus.dead_letters, MemoryDeadLetters)
    return [letter.error for letter in bus.dead_letters.letters]


async def put(server: NatsServer, frame: bytes, **headers: str) -> None:
    """Publishes as anybody could who is let in."""
    client = await nats.connect(server.url)
    said = {SCHEMA_HEADER: schema_header(Tick), **headers}
    await client.publish(_SUBJECT, frame, headers=said)
    await client.close()


def connects(bus: Bus) -> int:
    return bus.transport.counts()["nats"]["connects"]


async def restart(server: NatsServer, *buses: Bus) -> None:
    """Returns once the server and the connections to it are there again."""
    before = [connects(bus) for bus in buses]
    server.stop()
    server.start()
    await until(lambda: all(connects(bus) > n for bus, n in zip(buses, before, strict=True)))


@asynchronous
async def test_a_restart_of_the_server_loses_only_what_is_counted(server: NatsServer) -> None:
    plan, reader = core(server), Reader()
    async with nats_bus(plan, SECOND, manifest()) as there, nats_bus(plan, FIRST, manifest()) as by:
        reader.watch(there, Tick)
        await there.subscribed()
        publisher = by.publisher(Tick)
        sent = 0
        for _ in range(2):
            before = len(reader.numbers)
            for _ in range(500):
                await publisher.publish(Tick(sent, sent))
                sent += 1
            await until(lambda: len(reader.numbers) > before)  # noqa: B023
            await restart(server, by, there)
            await there.subscribed()
        last = sent
        while last not in reader.numbers:
            sent += 1
            await publisher.publish(Tick(last, last))
            await asyncio.sleep(0.01)
        counts = there.counts().of("feed", "Tick")
        dropped = by.counts().of(SECOND, "Tick").dropped
        received = len(reader.numbers)
        assert received + counts.missed == reader.envelopes[-1].sequence
        assert dropped == 0  # nothing waited longer than it may
        assert there.transport.counts()["nats"] == {"connects": 3, "losses": 2}
    assert reader.numbers == sorted(reader.numbers)


@asynchronous
async def test_a_server_that_stays_away_holds_nobody_up_for_long(server: NatsServer) -> None:
    plan, reader = core(server), Reader()
    limits = replace(QUICK, linger_secs=0.1, high_bytes=2000)
    async with (
        nats_bus(plan, SECOND, manifest(), limits) as there,
        nats_bus(plan, FIRST, manifest(), limits) as by,
    ):
        reader.watch(there, Tick)
        await there.subscribed()
        server.stop()
        await until(lambda: carrier(by)._line.client is None)
        await values(by, Tick, 3000)
        assert by.counts().of(SECOND, "Tick").dropped > 2000
        server.start()
        await by.transport.subscribed()
        await there.subscribed()
        await values(by, Tick, 1)
        await until(lambda: bool(reader.numbers))
        seen = there.counts().of("feed", "Tick")
    assert reader.numbers == [0]
    assert (seen.published, seen.gaps) == (1, 0)


@asynchronous
async def test_a_subscriber_that_is_killed_holds_nobody_up_for_long(server: NatsServer) -> None:
    plan, reader = core(server), Reader()
    async with nats_bus(plan, FIRST, manifest()) as by:
        there = nats_bus(plan, SECOND, manifest())
        async with there:
            reader.may_go_on.clear()
            reader.watch(there, Tick, capacity=1)
            await there.subscribed()
            publishing = asyncio.create_task(values(by, Tick, 5000))
            await until(lambda: bool(carrier(by)._publishing.links[Tick.TYPE_ID]._waiting))
            beating = carrier(there)._beating
            assert beating is not None
            beating.cancel()  # as good as dead
            await publishing
            assert by.counts().of(SECOND, "Tick").dropped > 3000
            assert by.transport.counts()[SECOND]["losses"] == 1
            reader.may_go_on.set()


@asynchronous
async def test_what_dies_with_a_subscribers_process_is_counted(server: NatsServer) -> None:
    plan, reader, next_one = core(server), Reader(), Reader()
    async with nats_bus(plan, FIRST, manifest()) as by, nats_bus(plan, SECOND, manifest()) as there:
        reader.watch(there, Tick)
        await there.subscribed()
        await values(by, Tick, 10)
        (taker,) = carrier(by)._publishing.links[Tick.TYPE_ID].takers.values()
        await until(lambda: taker.unconfirmed == 0)
        reader.may_go_on.clear()
        await values(by, Tick, 5)
        await until(lambda: len(reader.numbers) == 11)
        beating = carrier(there)._beating
        assert beating is not None
        beating.cancel()  # as good as dead
        async with nats_bus(plan, SECOND, manifest()) as again:
            next_one.watch(again, Tick)
            await again.subscribed()
            await values(by, Tick, 1)
            await until(lambda: bool(next_one.numbers))
            assert by.counts().of(SECOND, "Tick").unconfirmed == 5
        reader.may_go_on.set()


@asynchronous
async def test_lost_frames_are_found_out_and_publishers_go_on(server: NatsServer) -> None:
    plan, reader = core(server), Reader()
    limits = replace(QUICK, window_frames=4)
    async with (
        nats_bus(plan, SECOND, manifest(), limits) as there,
        nats_bus(plan, FIRST, manifest(), limits) as by,
    ):
        reader.watch(there, Tick)
        await there.subscribed()
        await values(by, Tick, 1)
        await until(lambda: len(reader.numbers) == 1)
        (taker,) = carrier(by)._publishing.links[Tick.TYPE_ID].takers.values()
        for number in range(2, 12):  # the network swallows ten
            taker.sent[1] = number
        outlet = by._outlets[1, Tick]
        outlet.sequence = 11
        await values(by, Tick, 20)
        await until(lambda: len(reader.numbers) == 21)
        assert there.counts().of("feed", "Tick").missed == 10


@asynchronous
async def test_another_ones_frame_is_refused(server: NatsServer) -> None:
    plan, reader = core(server), Reader()
    async with nats_bus(plan, SECOND, manifest()) as there, nats_bus(plan, FIRST, manifest()) as by:
        reader.watch(there, Tick)
        await there.subscribed()
        await put(server, Tick(1).to_frame(source=2, sequence=1, timestamp=1))
        await put(server, Meta(1).to_frame(source=1, sequence=1, timestamp=1))
        await put(server, b"\0" * 50)
        await values(by, Tick, 1)
        await until(lambda: bool(reader.numbers))
        assert there.counts().of("brain", "Tick").refused == 1
        assert errors(there) == [
            "feed sent Tick in the name of brain",
            "feed sent Meta on the subject of Tick",
            "feed, Tick: bad magic at byte 0: expected efbeadde, found 00000000",
        ]
    assert reader.numbers == [0]


@pytest.mark.parametrize("jetstream", [False, True])
@asynchronous
async def test_a_process_can_have_links_of_several_kinds(
    server: NatsServer, tmp_path: Path, jetstream: bool
) -> None:
    plan = Topology(
        processes=(
            ProcessPlan(name=FIRST, services=("feed",), unix=tmp_path / "a.sock"),
            ProcessPlan(name=SECOND, services=("brain", "relay"), unix=tmp_path / "b.sock"),
        ),
        mode=Mode.BUNDLED,
        links={(FIRST, SECOND): LinkKind.NATS, (SECOND, FIRST): LinkKind.UNIX},
        nats=Nats(url=server.url, jetstream=jetstream),
    )
    ticks, signals = Reader(), Reader()
    async with (
        Bus(manifest(), transport=transports.of(plan, SECOND, manifest())) as there,
        Bus(manifest(), transport=transports.of(plan, FIRST, manifest())) as here,
    ):
        ticks.watch(there, Tick)
        signals.watch(here, Signal)
        await there.subscribed()
        await here.subscribed()
        await values(here, Tick, 20)
        await values(there, Signal, 20)
        await until(lambda: len(ticks.numbers) == len(signals.numbers) == 20)
        assert set(here.transport.counts()) == {"nats", SECOND}
    assert ticks.numbers == signals.numbers == list(range(20))


class OtherTick(Pair, frozen=True, gc=False):
    TYPE_ID: ClassVar[int] = 16
    DOMAIN: ClassVar[int] = 1
    volume: int = 0


OtherTick.__name__ = "Tick"


def other_manifest() -> Manifest:
    """A system whose first message has another field."""
    feed = structs.replace(FEED, publishes=(OtherTick, Meta))
    brain = structs.replace(BRAIN, subscribes=(Subscription(OtherTick), Subscription(Meta)))
    registry = Registry("sample", [OtherTick, Meta, Signal, Echo])
    return Manifest("sample", registry, (feed, brain, RELAY))


@pytest.mark.parametrize("jetstream", [False, True])
@asynchronous
async def test_a_process_that_would_misread_is_refused_and_the_message_named(
    server: NatsServer, jetstream: bool, caplog: pytest.LogCaptureFixture
) -> None:
    plan = nats_topology(server.url, jetstream=jetstream)
    async with (
        nats_bus(plan, SECOND, manifest()) as there,
        nats_bus(plan, FIRST, other_manifest()) as by,
    ):
        Reader().watch(there, Tick)
        why = "expected the schemas of adapters, found others of Tick"
        await until(lambda: f"{FIRST} refuses this process: {why}" in caplog.messages)
        assert f"{SECOND} is refused: {why}" in caplog.messages
        assert by.transport.missing() == (f"{SECOND} (Meta, Tick: {why})",)
        assert by.transport.counts()[SECOND]["refusals"] > 0


@asynchronous
async def test_a_message_of_another_schema_is_refused(server: NatsServer) -> None:
    plan, reader = core(server), Reader()
    async with nats_bus(plan, SECOND, manifest()) as there, nats_bus(plan, FIRST, manifest()) as by:
        reader.watch(there, Tick)
        await there.subscribed()
        frame = Tick(1).to_frame(source=1, sequence=1, timestamp=1)
        await put(server, frame, **{SCHEMA_HEADER: schema_header(OtherTick)})
        await put(server, frame, **{SCHEMA_HEADER: ""})
        await values(by, Tick, 1)
        await until(lambda: bool(reader.numbers))
        why = "feed, Tick: expected the schema of this process, found another one"
        assert errors(there) == [why, why]
    assert reader.numbers == [0]


@asynchronous
async def test_a_subscriber_that_is_not_there_is_named_when_time_is_up(server: NatsServer) -> None:
    plan = nats_topology(server.url, jetstream=False, parts={"start_secs": 0.5})
    process = Process(manifest(), plan, {"feed": Feed}, name=FIRST)
    with pytest.raises(StartTimeoutError) as raised:
        async with process:
            pass
    expected = f"expected {SECOND} (Meta, Tick) to be connected within 0.5 s"
    assert str(raised.value) == expected


@asynchronous
async def test_two_processes_of_one_name_are_noticed(
    server: NatsServer, caplog: pytest.LogCaptureFixture
) -> None:
    plan = core(server)
    async with nats_bus(plan, FIRST, manifest()), nats_bus(plan, FIRST, manifest()):
        await until(lambda: bool(caplog.messages))
    assert caplog.messages[0] == f"{FIRST} runs twice: two speak on NATS in its name"


@asynchronous
async def test_one_of_two_processes_of_a_name_stops_at_once_and_the_other_goes_on(
    server: NatsServer,
) -> None:
    plan, silent, reader = core(server), replace(QUICK, beat_secs=60.0), Reader()
    names = (FIRST, SECOND, SECOND)
    by, one, other = (nats_bus(plan, name, manifest(), silent) for name in names)
    async with by:
        for bus in (one, other):  # the publisher has heard of the other one last
            await bus.transport.start()
            reader.watch(bus, Tick)
            await bus.subscribed()
        await asyncio.wait_for(one.close(drain_secs=60.0), 5)
        await values(by, Tick, 1)
        await until(lambda: reader.numbers == [0])
        await asyncio.wait_for(other.close(drain_secs=60.0), 5)


@asynchronous
async def test_what_nobody_understands_is_said_and_passed_over(
    server: NatsServer, caplog: pytest.LogCaptureFixture
) -> None:
    plan = core(server)
    async with nats_bus(plan, FIRST, manifest()) as by, nats_bus(plan, SECOND, manifest()) as there:
        Reader().watch(there, Tick)
        await there.subscribed()
        client = await nats.connect(server.url)
        for data in (b"{", b"[]", b"\xff", b'{"type":"beat"}', b"x" * 300_000, b"[" * 5000):
            await client.publish(f"sample._all.{SECOND}", data)
        await client.publish("sample._all.nobody", b"{")
        await client.close()
        Reader().watch(there, Meta)
        await there.subscribed()
        assert by.transport.counts()[SECOND]["connects"] == 1
    assert caplog.messages[0].startswith(f"{SECOND} says over NATS what nobody understands: ")


USERS = """
authorization {
  users = [
    {
      user: adapters, password: right
      permissions: {
        publish: ["sample.*.*.feed", "sample._last.*.feed", "sample._all.adapters",
                  "sample._one.*.adapters", "$JS.API.>"]
        subscribe: ["sample._all.*", "sample._one.adapters.*", "sample._last.adapters.*",
                    "_INBOX.>"]
      }
    }
    {
      user: strategies, password: right
      permissions: {
        publish: ["sample.*.*.brain", "sample.*.*.relay", "sample._all.strategies",
                  "sample._one.*.strategies", "$JS.API.>", "$JS.ACK.sample.>"]
        subscribe: ["sample.*.*.feed", "sample._all.*", "sample._one.strategies.*",
                    "sample._last.strategies.*", "sample._give.*", "_INBOX.>"]
      }
    }
  ]
}
"""


@pytest.fixture
def guarded(tmp_path: Path) -> Iterator[NatsServer]:
    with nats_server(tmp_path, USERS) as running:
        yield running


def as_user(server: NatsServer, user: str, password: str = "right") -> str:
    return f"nats://{user}:{password}@127.0.0.1:{server.port}"


@pytest.mark.parametrize("jetstream", [False, True])
@asynchronous
async def test_credentials_of_their_own_are_enough(guarded: NatsServer, jetstream: bool) -> None:
    first = nats_topology(as_user(guarded, FIRST), jetstream=jetstream)
    second = nats_topology(as_user(guarded, SECOND), jetstream=jetstream)
    seen: list[Any] = []
    async with (
        services_on(second, SECOND, {BRAIN: collecting(BRAIN, seen)}),
        nats_bus(first, FIRST, manifest()) as by,
    ):
        await by.transport.ready()
        await values(by, Tick, 10)
        await until(lambda: len(seen) == 10)


@asynchronous
async def test_the_server_lets_nobody_speak_for_another(
    guarded: NatsServer, caplog: pytest.LogCaptureFixture
) -> None:
    second = nats_topology(as_user(guarded, SECOND), jetstream=False)
    reader = Reader()
    async with nats_bus(second, SECOND, manifest()) as there:
        reader.watch(there, Tick)
        await until(lambda: carrier(there)._line.client is not None)
        client = carrier(there)._line.client
        assert client is not None
        frame = Tick(1).to_frame(source=1, sequence=1, timestamp=1)
        await client.publish(_SUBJECT, frame, headers={SCHEMA_HEADER: schema_header(Tick)})
        await client.flush()
        await until(lambda: any("permissions violation" in text for text in caplog.messages))
        assert there.counts().total().published == there.counts().total().refused == 0
    assert reader.numbers == []


@asynchronous
async def test_wrong_credentials_are_said_without_the_password(
    guarded: NatsServer, caplog: pytest.LogCaptureFixture
) -> None:
    plan = nats_topology(as_user(guarded, FIRST, "s3cret"), jetstream=False)
    async with nats_bus(plan, FIRST, manifest()) as by:
        await until(lambda: bool(caplog.messages))
        assert by.transport.missing()[0] == "the NATS server"
    start = f"no connection to NATS at 127.0.0.1:{guarded.port} for now: "
    assert caplog.messages[0].startswith(start)
    assert caplog.messages[0].endswith(" (it asks for credentials)")
    assert "s3cret" not in caplog.text


def tls_config(tls: Tls) -> str:
    return (
        f'tls {{ cert_file: "{tls.certificate}", key_file: "{tls.key}", ca_file: "{tls.ca}", '
        "verify: true }"
    )


@asynchronous
async def test_messages_come_over_tls_with_certificates(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    ours = authority.issue("second", ["brain"])
    with nats_server(tmp_path, tls_config(authority.issue("server", ["localhost"]))) as server:
        url = f"tls://localhost:{server.port}"
        plan, reader = nats_topology(url, jetstream=False, tls=ours), Reader()
        async with (
            nats_bus(plan, SECOND, manifest()) as there,
            nats_bus(plan, FIRST, manifest()) as by,
        ):
            reader.watch(there, Tick)
            await there.subscribed()
            await values(by, Tick, 3)
            await until(lambda: len(reader.numbers) == 3)


@asynchronous
async def test_a_service_s_certificate_makes_no_server(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    authority = Authority(tmp_path)
    ours = authority.issue("second", ["brain"])
    with nats_server(tmp_path, tls_config(authority.issue("relay", ["relay"]))) as server:
        plan = nats_topology(f"tls://localhost:{server.port}", jetstream=False, tls=ours)
        async with nats_bus(plan, SECOND, manifest()):
            await until(lambda: bool(caplog.messages))
    assert "Hostname mismatch" in caplog.messages[0]


@asynchronous
async def test_a_server_without_tls_hears_nothing_from_who_wants_it(
    server: NatsServer, caplog: pytest.LogCaptureFixture
) -> None:
    url = f"tls://user:s3cret@127.0.0.1:{server.port}"
    async with nats_bus(nats_topology(url, jetstream=False), FIRST, manifest()):
        await until(lambda: bool(caplog.messages))
    assert caplog.messages[0] == (
        f"no connection to NATS at 127.0.0.1:{server.port} for now: "
        "expected a server with TLS, found one without"
    )


def test_plain_text_does_not_leave_this_machine_unless_it_may() -> None:
    plan = nats_topology("nats://10.0.0.9:4222", jetstream=False)
    with pytest.raises(TransportError) as raised:
        transports.of(plan, FIRST, manifest())
    assert str(raised.value) == (
        "NATS at 10.0.0.9: expected TLS, or insecure = true, off this machine, found neither"
    )
    transports.of(replace(plan, insecure=True), FIRST, manifest())


def test_what_cannot_work_is_said_before_anything_connects(tmp_path: Path) -> None:
    nowhere, broken = tmp_path / "no.creds", tmp_path / "broken.creds"
    broken.write_text("-----BEGIN NATS USER JWT-----\nx\n------END NATS USER JWT------\n")
    for parts, expected in (
        (
            {"credentials": nowhere},
            f"expected NATS credentials at {nowhere}, found: No such file or directory",
        ),
        (
            {"credentials": broken},
            f"{broken}: expected NATS credentials, found no USER NKEY SEED",
        ),
        (
            {"stream": "a.b"},
            "nats.stream: expected a name without spaces, dots, slashes, * and >, found 'a.b'",
        ),
    ):
        plan = nats_topology("nats://localhost:4222", jetstream=True, **parts)
        with pytest.raises(TransportError) as raised:
            carrier_of(plan, FIRST, manifest())
        assert str(raised.value) == expected
    with pytest.raises(TransportError) as raised:
        carrier_of(replace(plan, nats=None), FIRST, manifest())
    assert str(raised.value) == (
        'links over NATS: expected [nats] url = "nats://HOST:4222", found none'
    )
