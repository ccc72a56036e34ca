from __future__ import annotations

import asyncio
from collections import Counter
from typing import cast

from mycelium.envelope import Envelope
from mycelium.manifest import OnFull
from mycelium.transports import Put
from mycelium.transports.stream.limits import Limits
from mycelium.transports.stream.outbound import Outbound, StreamLink
from tests.unit.mycelium.helpers import Meta, Pair, Tick, asynchronous, settle

SIZE = 56


class Wire:
    """What was written, write by write, as numbers of messages."""

    def __init__(self) -> None:
        self.writes: list[bytes] = []

    def write(self, data: bytes) -> None:
        self.writes.append(data)

    @property
    def sizes(self) -> list[int]:
        return [len(data) // SIZE for data in self.writes]


class Bench:
    def __init__(self, *, blocking: bool = True, high: int = 3 * SIZE, low: int = SIZE) -> None:
        self.lost: Counter[tuple[str, int]] = Counter()
        limits = Limits(high_bytes=high, low_bytes=low)
        self.outbound = Outbound("them", blocking, limits, self._count)
        self.wire = Wire()
        self._sequence = 0

    def attach(self) -> None:
        self.outbound.attach(cast(asyncio.WriteTransport, self.wire))

    def put(self, message: Pair, on_full: OnFull = OnFull.BLOCK) -> Put:
        self._sequence += 1
        frame = message.to_frame(source=1, sequence=self._sequence, timestamp=1)
        link = StreamLink(self.outbound, type(message), on_full)
        return link.put(Envelope(message, 1, self._sequence, 1, False, frame))

    @property
    def waiting(self) -> list[int]:
        return [int.from_bytes(frame[40:48], "little") for frame in self.frames]

    @property
    def frames(self) -> list[bytes]:
        return list(self.outbound.frames)

    def _count(self, what: str, type_id: int, count: int) -> None:
        self.lost[what, type_id] += count


@asynchronous
async def test_the_first_is_written_at_once_and_what_follows_in_the_same_turn_together() -> None:
    bench = Bench(high=1000 * SIZE)
    bench.attach()
    await settle()
    for number in range(5):
        bench.put(Tick(number))
    assert bench.wire.sizes == [1]
    await settle()
    assert bench.wire.sizes == [1, 4]
    bench.put(Tick(9))
    assert bench.wire.sizes == [1, 4, 1]


@asynchronous
async def test_a_publisher_is_held_above_the_high_mark_and_goes_on_when_it_was_written() -> None:
    bench = Bench()
    bench.attach()
    await settle()
    bench.outbound.pause()
    assert [bench.put(Tick(n)) for n in range(4)] == [Put.TAKEN] * 3 + [Put.HELD]
    waiting = asyncio.create_task(bench.outbound.room())
    await settle()
    assert not waiting.done()
    bench.outbound.resume()
    await waiting
    assert bench.wire.sizes == [4]
    assert not bench.lost


@asynchronous
async def test_without_a_connection_frames_gather_and_leave_first_when_there_is_one() -> None:
    bench = Bench()
    bench.put(Tick(1))
    bench.put(Tick(2))
    bench.attach()
    bench.put(Tick(3))
    await settle()
    assert bench.wire.sizes == [3]


@asynchronous
async def test_what_does_not_block_drops_its_own_oldest_or_refuses_the_newest() -> None:
    bench = Bench(blocking=False)
    for message in (Meta(0, 0), Tick(1, 1), Tick(2, 2)):
        assert bench.put(message, OnFull.DROP_OLDEST) is Put.TAKEN
    assert bench.put(Tick(3, 3), OnFull.DROP_OLDEST) is Put.TAKEN
    assert bench.waiting == [0, 2, 3]
    assert bench.put(Tick(4, 4), OnFull.FAIL) is Put.REFUSED
    assert bench.waiting == [0, 2, 3]
    assert bench.lost == {("dropped", Tick.TYPE_ID): 2}
    assert bench.outbound.size == 3 * SIZE


@asynchronous
async def test_a_message_that_has_none_waiting_is_dropped_itself() -> None:
    bench = Bench(blocking=False)
    for number in range(3):
        bench.put(Tick(number, number), OnFull.DROP_OLDEST)
    assert bench.put(Meta(9, 9), OnFull.DROP_OLDEST) is Put.TAKEN
    assert bench.waiting == [0, 1, 2]
    assert bench.lost == {("dropped", Meta.TYPE_ID): 1}


@asynchronous
async def test_what_is_given_up_is_counted_and_holds_nobody() -> None:
    bench = Bench()
    for number in range(4):
        bench.put(Tick(number))
    waiting = asyncio.create_task(bench.outbound.room())
    await settle()
    bench.outbound.give_up("undelivered")
    bench.outbound.leave("dropped")
    await waiting
    assert bench.put(Meta(1)) is Put.TAKEN
    assert bench.lost == {("undelivered", Tick.TYPE_ID): 4, ("dropped", Meta.TYPE_ID): 1}
    bench.attach()
    assert bench.put(Tick(1)) is Put.TAKEN
    await settle()
    assert bench.wire.sizes == [1]


@asynchronous
async def test_what_has_to_be_said_comes_after_what_waits() -> None:
    bench = Bench()
    bench.put(Tick(1))
    bench.attach()
    bench.outbound.write(b"said")
    await settle()
    (written,) = bench.wire.writes
    assert written.endswith(b"said")
    assert len(written) == SIZE + 4
