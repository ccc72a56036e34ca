from __future__ import annotations

import asyncio
from pathlib import Path

from mycelium.bus import Bus
from mycelium.envelope import Envelope, current_envelope
from mycelium.manifest import ServiceSpec
from mycelium.protocol import UnknownTypeError, encode_frame
from mycelium.recording import RecordingWriter, read_recording
from mycelium.replay import ReplayReport, replay
from mycelium.runner import Process
from mycelium.service import Service
from mycelium.topology import Topology
from tests.unit.mycelium.helpers import (
    BRAIN,
    FEED,
    RELAY,
    Echo,
    Meta,
    Pair,
    Signal,
    Tick,
    asynchronous,
    manifest,
)


class Brain(Service):
    """Answers each tick with a signal."""

    SPEC: ServiceSpec = BRAIN  # type: ignore[misc]
    HANDLERS = {Tick: "on_tick", Meta: "on_meta"}  # noqa: RUF012

    async def on_tick(self, message: Tick) -> None:
        await self._publish(Signal(message.key, message.value + self.settings.get("add", 0)))

    async def on_meta(self, message: Meta) -> None:
        pass


class Relay(Service):
    SPEC: ServiceSpec = RELAY  # type: ignore[misc]
    HANDLERS = {Signal: "on_signal"}  # noqa: RUF012

    async def on_signal(self, message: Signal) -> None:
        await self._publish(Echo(message.key, message.value))


class Feed(Service):
    SPEC: ServiceSpec = FEED  # type: ignore[misc]

    async def on_start(self) -> None:
        self.spawn(self.go())

    async def go(self) -> None:
        for number in range(300):
            await self._publish(Meta(number % 5, number))
            await self._publish(Tick(number, number))


ALL = {"feed": Feed, "brain": Brain, "relay": Relay}


async def record(path: Path) -> None:
    system = manifest()
    process = Process(system, Topology.of(system), ALL)
    with RecordingWriter(path) as writer:
        process.bus.tap(writer.append)
        async with process:
            await process.finished()


@asynchronous
async def test_a_recorded_run_replays_to_the_same_results(tmp_path: Path) -> None:
    """The feed does not run: its frames come from the recording; the others run anew."""
    path = tmp_path / "day.frames.gz"
    await record(path)
    system = manifest()
    process = Process(system, Topology.of(system, services=("brain", "relay")), ALL)
    again: list[bytes] = []
    process.bus.tap(again.append)
    async with process:
        report = await replay(process.bus, read_recording(path))
        await process.bus.idle()
    assert report == ReplayReport(delivered=600, own=600, unreadable=0, problems=())
    recorded = [raw.data for raw in read_recording(path)]
    decode = system.registry.decode_frame
    inputs: tuple[type[Pair], ...] = (Tick, Meta)
    results: tuple[type[Pair], ...] = (Signal, Echo)
    for kind in inputs:  # bit for bit
        assert [f for f in again if type(decode(f).message) is kind] == [
            f for f in recorded if type(decode(f).message) is kind
        ]
    for kind in results:  # but for their time
        assert [decode(f).message for f in again if type(decode(f).message) is kind] == [
            decode(f).message for f in recorded if type(decode(f).message) is kind
        ]


@asynchronous
async def test_handlers_see_the_original_source_sequence_and_time(tmp_path: Path) -> None:
    path = tmp_path / "day.frames"
    await record(path)
    seen: list[Envelope] = []

    async def keep(message: Pair) -> None:
        seen.append(current_envelope())

    async with Bus(manifest()) as bus:
        bus.subscribe(Echo, keep)
        await replay(bus, read_recording(path))
        await bus.idle()
    echoes = [raw for raw in read_recording(path) if raw.header.source == 3]
    assert [(e.source, e.sequence, e.timestamp, e.frame) for e in seen] == [
        (raw.header.source, raw.header.sequence, raw.header.timestamp, raw.data) for raw in echoes
    ]


@asynchronous
async def test_frames_that_cannot_be_decoded_are_counted_with_their_place(tmp_path: Path) -> None:
    path = tmp_path / "day.frames"
    good = Tick(1, 1).to_frame(source=1, sequence=1, timestamp=1)
    unknown = encode_frame(
        (99).to_bytes(2, "little") + b"\1\0" + bytes(4), domain=1, source=1, sequence=1, timestamp=2
    )
    with RecordingWriter(path) as writer:
        writer.append(good)
        for _ in range(150):
            writer.append(unknown)
    async with Bus(manifest()) as bus:
        report = await replay(bus, read_recording(path))
    assert (report.delivered, report.unreadable, len(report.problems)) == (1, 150, 100)
    offset, error = report.problems[0]
    assert offset == len(good)
    assert isinstance(error, UnknownTypeError)


@asynchronous
async def test_every_message_of_a_frame_is_delivered(tmp_path: Path) -> None:
    path = tmp_path / "day.frames"
    payload = Tick(1, 2).to_tlv() + Meta(3, 4).to_tlv()
    with RecordingWriter(path) as writer:
        writer.append(encode_frame(payload, domain=1, source=1, sequence=1, timestamp=1))
    seen: list[Pair] = []

    async def keep(message: Pair) -> None:
        seen.append(message)

    async with Bus(manifest()) as bus:
        bus.subscribe(Tick, keep)
        bus.subscribe(Meta, keep)
        await replay(bus, read_recording(path))
        await bus.idle()
    assert seen == [Tick(1, 2), Meta(3, 4)]


@asynchronous
async def test_others_get_their_turn_while_frames_are_given(tmp_path: Path) -> None:
    """Else no signal would be heard before the recording's end."""
    path = tmp_path / "day.frames"
    with RecordingWriter(path) as writer:
        for number in range(1, 5001):
            writer.append(Tick(1, 1).to_frame(source=1, sequence=number, timestamp=number))
    async with Bus(manifest()) as bus:
        giving = asyncio.create_task(replay(bus, read_recording(path)))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert not giving.done()
        assert (await giving).delivered == 5000
