from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from mycelium.bus import Bus
from mycelium.consumer import Consumer
from mycelium.envelope import Envelope, current_envelope
from mycelium.manifest import OnFull
from mycelium.protocol import Message
from mycelium.transports import Lane
from mycelium.transports.hybrid import HybridTransport
from mycelium.transports.stream import control
from mycelium.transports.stream.inflow import Inflow
from mycelium.transports.stream.limits import Limits
from tests.unit.mycelium.helpers import Meta, Pair, Tick, asynchronous, manifest, settle


class Wire:
    """The end of a connection that a protocol writes to."""

    def __init__(self) -> None:
        self.reading = True

    def write(self, data: bytes) -> None:
        """Nobody listens."""

    def pause_reading(self) -> None:
        self.reading = False

    def resume_reading(self) -> None:
        self.reading = True

    def is_closing(self) -> bool:
        return False

    def abort(self) -> None:
        self.reading = False

    def set_write_buffer_limits(self, high: int) -> None:
        """As it likes."""


class Subscriber:
    """A consumer of some messages, in one mailbox, behind a connection."""

    def __init__(self, *messages: type[Message], capacity: int = 1000, gate: bool = True) -> None:
        self.seen: list[Envelope] = []
        self.may_go_on = asyncio.Event()
        if gate:
            self.may_go_on.set()
        self.wire = Wire()
        self.bus = Bus(manifest(), transport=HybridTransport([]))
        self._consumer = Consumer("brain", capacity, self.bus.counters, lambda *_: True)
        for message in messages:
            self.bus.inlet(self._consumer, message, OnFull.BLOCK)
        self.inflow = Inflow(
            Limits(),
            self.bus,
            lane_of=self.bus.lane,
            check=lambda _: None,
            on_have=lambda _: None,
        )
        self.inflow.connection_made(self.wire)  # type: ignore[arg-type]
        handlers = dict.fromkeys(messages, self._handle)
        self.task = asyncio.create_task(self._consumer.run(handlers))

    async def _handle(self, message: Message) -> None:
        self.seen.append(current_envelope())
        await self.may_go_on.wait()

    async def get(self, *frames: bytes) -> None:
        """All of it in one piece."""
        piece = b"".join(frames)
        buffer = self.inflow.get_buffer(-1)
        buffer[: len(piece)] = piece
        self.inflow.buffer_updated(len(piece))
        await settle()

    @property
    def numbers(self) -> list[tuple[str, int]]:
        return [(type(e.message).__name__, e.sequence) for e in self.seen]

    async def close(self) -> None:
        self.task.cancel()
        await asyncio.wait([self.task])


WELCOME = control.encode(control.Welcome("adapters", "1", 0))


def frame(message: Pair, sequence: int, timestamp: int | None = None) -> bytes:
    at = sequence if timestamp is None else timestamp
    return message.to_frame(source=1, sequence=sequence, timestamp=at)


def ticks(numbers: Sequence[int]) -> list[bytes]:
    return [frame(Tick(number), number) for number in numbers]


@asynchronous
async def test_messages_of_several_types_come_in_the_order_of_the_stream() -> None:
    there = Subscriber(Tick, Meta)
    await there.get(
        WELCOME,
        *ticks([1, 2, 3]),
        frame(Meta(1), 1),
        *ticks([4, 5]),
        control.encode(control.Beat()),
        *ticks([6]),
        frame(Meta(2), 2),
        frame(Meta(3), 3),
    )
    assert there.numbers == [
        *(("Tick", n) for n in (1, 2, 3)),
        ("Meta", 1),
        *(("Tick", n) for n in (4, 5, 6)),
        ("Meta", 2),
        ("Meta", 3),
    ]
    assert there.bus.counts().of("feed", "Tick").published == 6
    await there.close()


@asynchronous
async def test_gaps_repeats_and_restarts_among_many_are_counted() -> None:
    there = Subscriber(Tick)
    await there.get(WELCOME, *ticks([1, 2, 3, 3, 4, 8, 9]), frame(Tick(1), 1, 100))
    counts = there.bus.counts().of("feed", "Tick")
    assert [sequence for _, sequence in there.numbers] == [1, 2, 3, 4, 8, 9, 1]
    assert (counts.published, counts.repeats, counts.gaps) == (7, 1, 1)
    assert (counts.missed, counts.restarts) == (3, 1)
    await there.close()


@pytest.mark.parametrize("capacity", [1, 2, 7, 50])
@asynchronous
async def test_a_mailbox_takes_no_more_than_it_holds_and_one(capacity: int) -> None:
    there = Subscriber(Tick, capacity=capacity, gate=False)
    await there.get(WELCOME, *ticks(range(1, 101)))
    assert len(there.seen) == 1
    assert not there.wire.reading
    assert there.bus.counts().of("feed", "Tick").published <= capacity + 3
    there.may_go_on.set()
    while len(there.seen) < 100:  # noqa: ASYNC110 - the test's own limit ends a wait in vain
        await asyncio.sleep(0)
    await settle()
    assert [sequence for _, sequence in there.numbers] == list(range(1, 101))
    assert there.wire.reading
    await there.close()


@asynchronous
async def test_what_comes_before_an_end_is_delivered() -> None:
    there = Subscriber(Tick)
    await there.get(WELCOME, *ticks([1, 2]), b"\0" * 40)
    assert [sequence for _, sequence in there.numbers] == [1, 2]
    assert there.inflow.error is not None
    await there.close()


@asynchronous
async def test_taps_see_each_message() -> None:
    there = Subscriber(Tick)
    seen: list[bytes] = []
    there.bus.tap(seen.append)
    await there.get(WELCOME, *ticks(range(1, 20)))
    assert seen == ticks(range(1, 20))
    assert len(there.seen) == 19
    await there.close()


@asynchronous
async def test_an_error_in_what_waited_ends_the_connection(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    there = Subscriber(Tick, capacity=1, gate=False)
    await there.get(WELCOME, *ticks(range(1, 10)))
    assert not there.wire.reading

    def broken(*_: object) -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr(there.inflow, "_lane", broken)
    failures: list[object] = []
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _, context: failures.append(context["exception"]))
    there.may_go_on.set()
    await settle()
    assert str(there.inflow.error) == "a bug"
    await there.close()


@asynchronous
async def test_an_error_in_what_waited_ends_a_connection_that_is_gone_already() -> None:
    def fail(source: int, message: type[Message]) -> Lane:
        raise RuntimeError("no lane")

    told: list[dict[str, object]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: told.append(context))
    there = Subscriber(Tick, Meta, capacity=1, gate=False)
    await there.get(WELCOME, *ticks([1, 2, 3]), frame(Meta(1), 1))
    assert not there.inflow.listening
    there.inflow._lane_of = fail
    there.inflow.connection_lost(None)
    assert not there.inflow.closed.done()  # what was read is still delivered
    there.may_go_on.set()
    await settle()
    assert there.inflow.closed.done()  # or else nobody would connect again
    await there.close()
