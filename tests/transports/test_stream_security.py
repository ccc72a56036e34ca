"""Who is let in, what is refused, and what an attacker can make a process spend."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import socket
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from mycelium.bus import Bus
from mycelium.deadletters import MemoryDeadLetters
from mycelium.manifest import OnFull
from mycelium.protocol import MAGIC, Message, encode_frame
from mycelium.refusals import REFUSED
from mycelium.topology import Address, Topology
from mycelium.transports.errors import TransportError
from mycelium.transports.stream import control, offering
from tests.transports.peers import Caller, hello, impostor
from tests.transports.streams import (
    FIRST,
    QUICK,
    SECOND,
    bus,
    tcp_topology,
    unix_topology,
    until,
)
from tests.transports.suite import Reader
from tests.unit.mycelium.helpers import Echo, Signal, Tick, asynchronous, manifest, values

SHORT = replace(QUICK, handshake_secs=0.2, max_handshakes=8)


@asynccontextmanager
async def publishing(**parts: object) -> AsyncIterator[tuple[Bus, Path]]:
    """The first process, and where it listens."""
    with tempfile.TemporaryDirectory() as folder:
        plan = unix_topology(Path(folder))
        async with bus(plan, FIRST, manifest(), SHORT) as first:
            yield first, Path(folder) / "a.sock"


@asynccontextmanager
async def deceived(
    frames: Sequence[bytes | control.Control], process: str = FIRST
) -> AsyncIterator[tuple[Bus, Reader, list[Caller]]]:
    """The second process, subscribed to Tick from somebody who sends these frames."""
    with tempfile.TemporaryDirectory() as folder:
        plan = unix_topology(Path(folder))
        async with (
            impostor(Path(folder) / "a.sock", frames, process) as callers,
            bus(plan, SECOND, manifest(), SHORT) as second,
        ):
            reader = Reader()
            reader.watch(second, Tick)
            yield second, reader, callers


def frame(message: Message, source: int, sequence: int = 1) -> bytes:
    return message.to_frame(source=source, sequence=sequence, timestamp=sequence)


def open_files() -> int:
    """Of this process, where the system tells; 0 elsewhere."""
    folder = Path("/proc/self/fd")
    return sum(1 for _ in folder.iterdir()) if folder.exists() else 0


# what a publishers' process may say -------------------------------------------------------------


@pytest.mark.parametrize(
    ("sent", "publisher", "message", "why"),
    [
        (frame(Tick(1), 2), "brain", "Tick", "brain may not publish Tick"),
        (frame(Tick(1), 77), "source 77", "Tick", "source 77 may not publish Tick"),
        (frame(Signal(1), 1), "feed", "Signal", "feed may not publish Signal"),
        (
            frame(Echo(1), 3),
            "relay",
            "Echo",
            "relay does not run in adapters, which sent Echo in its name",
        ),
        (
            encode_frame(b"\xe7\x03\1\0\0\0\0\0", domain=1, source=1, sequence=1, timestamp=1),
            "feed",
            "type 999",
            "feed, type 999: unknown type at byte 32: "
            "expected a message type of the system sample, found 999",
        ),
        (
            encode_frame(b"\x10\0\1\0\1\0\0\0x", domain=1, source=1, sequence=1, timestamp=1),
            "feed",
            "type 16",
            "feed, type 16: malformed value at byte 40: expected 16 bytes, found 1",
        ),
    ],
    ids=["another's", "nobody's", "undeclared", "elsewhere", "unknown type", "malformed"],
)
def test_what_a_source_may_not_say_is_refused_counted_and_kept(
    sent: bytes, publisher: str, message: str, why: str, caplog: pytest.LogCaptureFixture
) -> None:
    @asynchronous
    async def check() -> None:
        good = frame(Tick(7, 7), 1)
        async with deceived([sent, sent, good]) as (second, reader, _):
            await until(lambda: bool(reader.numbers))
            assert reader.numbers == [7]  # the connection goes on
            assert second.counts().of(publisher, message).refused == 2
            assert isinstance(second.dead_letters, MemoryDeadLetters)
            letters = [(x.service, x.type, x.error, x.frame) for x in second.dead_letters.letters]
            assert letters == [(REFUSED, message, why, sent.hex())] * 2

    check()
    assert [text for text in caplog.messages if "refused" in text] == [f"{why}: refused"]


@pytest.mark.parametrize(
    "sent",
    [
        b"\0" * 64,
        frame(Tick(1), 1)[:-1] + b"\xff",
        MAGIC.to_bytes(4, "little") + b"\2\1\1\0" + b"\1" * 16 + b"\xff" * 8,  # claims 4 GiB
        control.encode(hello()),
        control.encode(control.Want(1, {}, {})),
        encode_frame(b"\xfe\xff\1\0\1\0\0\0{", domain=0, source=0, sequence=0, timestamp=0),
    ],
    ids=["zeros", "checksum", "4 GiB", "a second hello", "a want", "torn JSON"],
)
def test_a_publisher_that_says_what_it_should_not_is_cut_off_and_called_again(sent: bytes) -> None:
    @asynchronous
    async def check() -> None:
        async with deceived([frame(Tick(5, 5), 1), sent]) as (second, reader, callers):
            await until(lambda: len(callers) > 1)
            assert set(reader.numbers) == {5}
            assert second.transport.counts()[FIRST]["losses"] >= 1

    check()


@asynchronous
async def test_nothing_is_delivered_from_who_is_not_who_was_called() -> None:
    async with deceived([frame(Tick(5, 5), 1)], process="somebody") as (second, reader, callers):
        await until(lambda: len(callers) > 1)
        assert reader.numbers == []
        assert second.transport.counts()[FIRST].get("connects", 0) == 0


@asynchronous
async def test_a_message_before_the_welcome_is_not_delivered() -> None:
    with tempfile.TemporaryDirectory() as folder:
        callers = 0
        ended = asyncio.Event()

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            nonlocal callers
            callers += 1
            writer.write(frame(Tick(5, 5), 1) + control.encode(control.Welcome(FIRST, "1", 0)))
            await Caller(reader, writer).ended()
            ended.set()

        server = await asyncio.start_unix_server(serve, f"{folder}/a.sock")
        async with server, bus(unix_topology(Path(folder)), SECOND, manifest(), SHORT) as second:
            reader = Reader()
            reader.watch(second, Tick)
            await ended.wait()
            assert reader.numbers == []


# who may subscribe ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (hello(protocol=9), "expected connection protocol 1, found 9"),
        (hello(system="other"), "expected the system sample, found 'other'"),
        (
            hello(process="nobody"),
            "expected a process that adapters is linked to by Unix sockets or TCP, found 'nobody'",
        ),
        (
            hello(schemas={Tick.TYPE_ID: ("0" * 16,)}),
            "expected the schemas of adapters, found others of Tick",
        ),
        (hello(schemas={}), "expected the schemas of adapters, found others of Tick"),
        (
            hello(needs={Signal.TYPE_ID: OnFull.BLOCK}),
            "expected the schemas of adapters, found others of type 20",
        ),
    ],
)
def test_a_hello_that_does_not_fit_is_refused_with_the_reason(
    said: control.Hello, why: str
) -> None:
    @asynchronous
    async def check() -> None:
        async with publishing() as (first, path):
            caller = await Caller.unix(path)
            caller.say(said)
            assert await caller.hear() == control.Refuse(why)
            assert await caller.ended()
            name = SECOND if said.process == SECOND else "unknown"
            assert first.transport.counts()[name]["refusals"] == 1

    check()


@asynchronous
async def test_a_want_that_does_not_fit_is_refused_with_the_reason() -> None:
    async with publishing() as (_, path):
        caller = await Caller.unix(path)
        caller.say(hello())
        await caller.hear()
        caller.say(control.Want(1, {Signal.TYPE_ID: OnFull.BLOCK}, {}))
        why = "expected the schemas of adapters, found others of type 20"
        assert await caller.hear() == control.Refuse(why)
        assert await caller.ended()


@pytest.mark.parametrize(
    "sent",
    [b"GET / HTTP/1.1\r\n\r\n" * 4, b"\0" * 64, frame(Tick(1), 1), control.encode(control.Bye())],
)
def test_who_does_not_say_hello_is_cut_off(sent: bytes) -> None:
    @asynchronous
    async def check() -> None:
        async with publishing() as (_, path):
            caller = await Caller.unix(path)
            caller.say(sent)
            assert await caller.ended()

    check()


@asynchronous
async def test_a_hello_of_more_than_64_kib_is_refused_on_its_header() -> None:
    async with publishing() as (_, path):
        caller = await Caller.unix(path)
        caller.say(control.encode(hello(instance="x" * (1 << 16)))[:40])
        assert await caller.ended()


@asynchronous
async def test_a_connection_that_sends_a_byte_now_and_then_is_cut_in_time() -> None:
    async with publishing() as (_, path):
        caller = await Caller.unix(path)
        began = time.monotonic()
        ended = asyncio.create_task(caller.ended())
        for byte in control.encode(hello()):
            caller.say(bytes([byte]))
            if (await asyncio.wait([ended], timeout=0.02))[0]:
                break
        assert ended.done()
        assert time.monotonic() - began < 5


@asynchronous
async def test_many_connections_keep_nobody_out_and_cost_a_bounded_number() -> None:
    async with publishing() as (first, path):
        idle = [await Caller.unix(path) for _ in range(300)]
        caller = await Caller.unix(path)
        caller.say(hello())
        assert isinstance(await caller.hear(), control.Welcome)
        assert open_files() - len(idle) < 100
        await values(first, Tick, 3)
        for number in range(3):
            assert (await caller.frame())[40:48] == number.to_bytes(8, "little")
        for each in (*idle, caller):
            each.close()


@asynchronous
async def test_connections_that_come_all_at_once_cost_a_bounded_number() -> None:
    plan = tcp_topology()
    address = plan.process(FIRST).tcp
    assert address is not None
    async with bus(plan, FIRST, manifest()):
        idle = []
        for _ in range(100):  # no turn of the loop in between: they wait in the system's queue
            calling = socket.socket()
            calling.setblocking(False)
            with contextlib.suppress(BlockingIOError):
                calling.connect(tuple(address))
            idle.append(calling)
        for _ in range(4):
            idle += await asyncio.to_thread(
                lambda: [socket.create_connection(address) for _ in range(100)]
            )
        caller = Caller(*await asyncio.open_connection(*address))
        caller.say(hello())
        assert isinstance(await caller.hear(), control.Welcome)
        assert open_files() - len(idle) < 120
        for each in idle:
            each.close()
        caller.close()


def test_random_bytes_harm_nobody() -> None:
    seconds = float(os.environ.get("FUZZ_SECS", "1"))

    async def limited() -> None:
        async with asyncio.timeout(20 + seconds):
            await random_bytes(seconds)

    asyncio.run(limited())


async def random_bytes(seconds: float) -> None:
    seed = random.randrange(1 << 32)
    print(f"seed {seed}")
    rng = random.Random(seed)
    good = [control.encode(hello()), control.encode(control.Want(1, {16: OnFull.FAIL}, {}))]
    async with publishing() as (first, path):
        steady = await Caller.unix(path)
        steady.say(hello(blocking=False, needs={Tick.TYPE_ID: OnFull.FAIL}))
        await steady.hear()
        end = time.monotonic() + seconds
        rounds = 0
        while time.monotonic() < end:
            caller = await Caller.unix(path)
            sent = bytearray(b"".join(rng.choices(good, k=rng.randrange(4))))
            sent += rng.randbytes(rng.randrange(200))
            for _ in range(rng.randrange(4)):
                if sent:
                    sent[rng.randrange(len(sent))] = rng.randrange(256)
            caller.say(bytes(sent))
            await caller.writer.drain() if rng.random() < 0.5 else None
            if rng.random() < 0.2:
                await asyncio.wait([asyncio.ensure_future(caller.ended())], timeout=0.01)
            caller.close()
            rounds += 1
            if rounds % 100 == 0:
                steady.say(control.Beat())
        await first.publisher(Tick).publish(Tick(1, 1))
        while control.is_control(frame := await steady.frame()):
            pass  # it beats, too
        assert frame[32:34] == b"\x10\0"
        steady.close()
        assert rounds > 10


# what the transport proves ----------------------------------------------------------------------


@asynchronous
async def test_a_unix_socket_proves_the_user() -> None:
    with tempfile.TemporaryDirectory() as folder:
        plan = unix_topology(Path(folder))
        first, second = plan.processes
        other = os.getuid() + 1
        guarded = replace(plan, processes=(first, replace(second, uid=other)))
        async with bus(guarded, FIRST, manifest(), SHORT):
            caller = await Caller.unix(Path(folder) / "a.sock")
            caller.say(hello())
            why = f"expected the user {other}, found {os.getuid()}"
            assert await caller.hear() == control.Refuse(why)
            caller.close()


@asynchronous
async def test_a_publisher_that_runs_as_another_user_is_not_heard(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        plan = unix_topology(Path(folder))
        first, second = plan.processes
        other = os.getuid() + 1
        guarded = replace(plan, processes=(replace(first, uid=other), second))
        async with (
            bus(plan, FIRST, manifest()),
            bus(guarded, SECOND, manifest(), SHORT) as subscribing,
        ):
            Reader().watch(subscribing, Tick)
            why = f"expected the user {other}, found {os.getuid()}"
            text = f"no connection to adapters for now: {why}"
            await until(lambda: text in caplog.messages)


def test_only_the_user_may_connect_to_a_socket_unless_users_are_stated() -> None:
    @asynchronous
    async def check() -> None:
        async with publishing() as (_, path):
            assert path.stat().st_mode & 0o777 == 0o600

    check()


@pytest.mark.parametrize(("insecure", "fails"), [(False, True), (True, False)])
def test_plain_tcp_off_this_machine_has_to_be_asked_for(insecure: bool, fails: bool) -> None:
    @asynchronous
    async def check() -> None:
        plan = tcp_topology(insecure=insecure)
        first, second = plan.processes
        assert first.tcp is not None
        everywhere = Address("0.0.0.0", first.tcp.port)
        open_plan: Topology = replace(plan, processes=(replace(first, listen=everywhere), second))
        if not fails:
            async with bus(open_plan, FIRST, manifest()):
                return
        with pytest.raises(TransportError, match="expected TLS, or insecure = true, off this"):
            async with bus(open_plan, FIRST, manifest()):
                pass

    check()


@asynchronous
async def test_an_address_in_use_is_named() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        plan = tcp_topology()
        first, second = plan.processes
        address = Address(*taken.getsockname())
        crossed = replace(plan, processes=(replace(first, tcp=address), second))
        with pytest.raises(TransportError, match=f"{address}: expected to listen there, found"):
            async with bus(crossed, FIRST, manifest()):
                pass


@asynchronous
async def test_the_socket_of_a_process_that_died_is_taken_over_and_that_of_a_live_one_is_not() -> (
    None
):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.sock"
        with socket.socket(socket.AF_UNIX) as dead:
            dead.bind(str(path))
        plan = unix_topology(Path(folder))
        async with bus(plan, FIRST, manifest()):
            with pytest.raises(TransportError, match="another process listens there"):
                async with bus(plan, FIRST, manifest()):
                    pass
            assert path.exists()
        assert not path.exists()


@asynchronous
async def test_who_takes_over_the_socket_of_one_that_still_stops_keeps_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with tempfile.TemporaryDirectory() as folder, socket.socket(socket.AF_UNIX) as successor:
        path = Path(folder) / "a.sock"

        async def slowly(subscribers: object, secs: float) -> None:
            successor.bind(str(path))  # while the old process waits for its subscribers

        monkeypatch.setattr(offering, "stop_all", slowly)
        async with bus(unix_topology(Path(folder)), FIRST, manifest()):
            assert path.exists()
        assert path.is_socket()
