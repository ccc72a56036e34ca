from __future__ import annotations

import asyncio
import logging

import pytest

from mycelium.bus import Bus
from mycelium.deadletters import MemoryDeadLetters
from mycelium.envelope import Envelope, current_envelope
from mycelium.errors import (
    AmbiguousSourceError,
    MailboxFullError,
    SourceInUseError,
    StoppingError,
    UndeclaredPublishError,
)
from mycelium.manifest import OnFull
from mycelium.protocol import EncodeError, read_header
from mycelium.testing import ManualClock
from tests.unit.mycelium.helpers import (
    BRAIN,
    FEED,
    REGISTRY,
    Echo,
    Meta,
    Pair,
    Signal,
    Tick,
    asynchronous,
    manifest,
    settle,
    spec,
    values,
)


class Seen:
    def __init__(self) -> None:
        self.envelopes: list[Envelope] = []

    @property
    def numbers(self) -> list[int]:
        return [e.message.value for e in self.envelopes if isinstance(e.message, Pair)]

    async def handle(self, message: Pair) -> None:
        self.envelopes.append(current_envelope())


# stamps -----------------------------------------------------------------------------------------


@asynchronous
async def test_timestamps_grow_over_all_messages_of_a_source_even_if_the_clock_does_not() -> None:
    clock = ManualClock(1000)
    async with Bus(manifest(), clock=clock) as bus:
        seen = Seen()
        bus.subscribe(Tick, seen.handle)
        bus.subscribe(Meta, seen.handle)
        ticks, metas = bus.publisher(Tick), bus.publisher(Meta)
        await ticks.publish(Tick(1))
        await metas.publish(Meta(1))
        clock.advance(1e-6)
        await ticks.publish(Tick(2))
        clock.advance(-1)
        await metas.publish(Meta(2))
        await bus.idle()
        stamps = sorted((e.timestamp, type(e.message).__name__) for e in seen.envelopes)
        assert stamps == [(1000, "Tick"), (1001, "Meta"), (2000, "Tick"), (2001, "Meta")]


@asynchronous
async def test_two_publishers_of_a_message_share_its_sequence() -> None:
    async with Bus(manifest()) as bus:
        seen = Seen()
        bus.subscribe(Tick, seen.handle)
        for publisher in (bus.publisher(Tick), bus.publisher(Tick)):
            await publisher.publish(Tick(1))
        await bus.idle()
        assert [e.sequence for e in seen.envelopes] == [1, 2]


# who may speak ----------------------------------------------------------------------------------


@asynchronous
async def test_a_publisher_speaks_for_the_one_service_that_declares_the_message() -> None:
    other = spec("feed_b", 9, (Tick,))
    async with Bus(manifest(FEED, other, BRAIN)) as bus:
        assert bus.publisher(Meta).source == 1
        assert bus.publisher(Tick, service="feed_b").source == 9
        with pytest.raises(AmbiguousSourceError, match="publishes Tick, found feed, feed_b"):
            bus.publisher(Tick)
        with pytest.raises(AmbiguousSourceError, match="publishes Echo, found none"):
            bus.publisher(Echo)
        with pytest.raises(UndeclaredPublishError, match="brain publishes Tick, which it does not"):
            bus.publisher(Tick, service="brain")


@asynchronous
async def test_a_publisher_takes_its_own_message_only() -> None:
    async with Bus(manifest()) as bus:
        with pytest.raises(TypeError, match="expected a Tick, found a Meta"):
            await bus.publisher(Tick).publish(Meta(1))  # type: ignore[arg-type]


def test_one_speaker_per_service() -> None:
    bus = Bus(manifest())
    bus.claim(FEED)
    with pytest.raises(SourceInUseError, match="does not run here, found feed"):
        bus.publisher(Tick)
    bus.publisher(Signal)
    with pytest.raises(SourceInUseError, match="expected brain to have no other publisher"):
        bus.claim(BRAIN)
    with pytest.raises(SourceInUseError, match="expected feed to have no other publisher"):
        bus.claim(FEED)
    assert bus.runs(1)
    assert not bus.runs(2)
    assert not bus.runs(77)


@asynchronous
async def test_a_frame_of_a_source_that_may_not_publish_it_is_refused_and_counted(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with Bus(manifest()) as bus:
        seen = Seen()
        bus.subscribe(Tick, seen.handle)
        for sequence in (1, 2):
            await bus.receive(Envelope(Tick(1), 2, sequence, sequence))
        await bus.receive(Envelope(Tick(1), 77, 1, 1))
        await bus.idle()
        assert seen.envelopes == []
        assert bus.counts().of("brain", "Tick").refused == 2
        assert bus.counts().of("source 77", "Tick").refused == 1
    assert caplog.messages == [
        "brain may not publish Tick: refused",
        "source 77 may not publish Tick: refused",
    ]


@asynchronous
async def test_what_comes_from_outside_is_judged_counted_and_delivered_but_for_repeats() -> None:
    async with Bus(manifest()) as bus:
        seen = Seen()
        bus.subscribe(Tick, seen.handle)
        stamps = [(5, 50), (6, 60), (6, 60), (9, 90), (8, 80), (1, 100)]
        for sequence, timestamp in stamps:
            await bus.receive(Envelope(Tick(1, sequence), 1, sequence, timestamp))
        await bus.idle()
        assert seen.numbers == [5, 6, 9, 8, 1]
        counts = bus.counts().of("feed", "Tick")
        assert (counts.published, counts.repeats) == (5, 1)
        assert (counts.gaps, counts.missed, counts.lates, counts.restarts) == (1, 2, 1, 1)


@asynchronous
async def test_what_comes_from_outside_is_held_up_and_refused_like_any_publisher() -> None:
    async with Bus(manifest()) as bus:
        gate = asyncio.Event()

        async def stuck(message: Tick) -> None:
            await gate.wait()

        bus.subscribe(Tick, stuck, capacity=1, on_full=OnFull.FAIL, name="stuck")
        for sequence in (1, 2):
            await bus.receive(Envelope(Tick(1), 1, sequence, sequence))
            await settle()
        with pytest.raises(MailboxFullError) as caught:
            await bus.receive(Envelope(Tick(1), 1, 3, 3))
        assert str(caught.value) == "feed publishes Tick: no room in the mailbox of stuck"
        gate.set()


@asynchronous
async def test_a_restarting_source_keeps_being_retained() -> None:
    async with Bus(manifest()) as bus:
        await bus.receive(Envelope(Meta(1, 5), 1, 8, 10))
        await bus.receive(Envelope(Meta(1, 6), 1, 1, 20))
        seen = Seen()
        bus.subscribe(Meta, seen.handle)
        await bus.idle()
        assert seen.numbers == [6]
        assert bus.counts().of("observer", "Meta").retained == 1


# observers --------------------------------------------------------------------------------------


@asynchronous
async def test_a_handler_that_raises_makes_a_dead_letter_and_the_next_message_follows(
    caplog: pytest.LogCaptureFixture,
) -> None:
    letters = MemoryDeadLetters()
    handled: list[int] = []

    async def picky(message: Tick) -> None:
        if message.value == 1:
            raise ValueError("not this one")
        handled.append(message.value)

    async with Bus(manifest(), dead_letters=letters, clock=ManualClock(7)) as bus:
        bus.subscribe(Tick, picky, name="picky")
        await values(bus, Tick, 3)
        await bus.idle()
        counts = bus.counts().of("picky", "Tick")
        assert (counts.handled, counts.failed, counts.dead) == (2, 1, 1)
    assert handled == [0, 2]
    (letter,) = letters.letters
    assert (letter.service, letter.type, letter.time) == ("picky", "Tick", 7)
    assert letter.error == "ValueError: not this one"
    frame = bytes.fromhex(letter.frame)
    assert REGISTRY.decode_frame(frame).message == Tick(1, 1)
    assert read_header(frame).sequence == 2
    assert "picky failed on" in caplog.text


@asynchronous
async def test_a_handler_that_awaits_something_cancelled_has_failed_like_any_other() -> None:
    letters = MemoryDeadLetters()

    async def unlucky(message: Tick) -> None:
        future = asyncio.get_running_loop().create_future()
        future.cancel()
        await future

    async with Bus(manifest(), dead_letters=letters) as bus:
        bus.subscribe(Tick, unlucky)
        await values(bus, Tick, 2)
        await bus.idle()
        assert bus.counts().of("observer", "Tick").failed == 2
    assert letters.letters[0].error == (
        "HandlerCancelledError: observer: a handler was cancelled from inside"
    )


@asynchronous
async def test_a_handler_that_exits_has_failed_and_the_process_goes_on() -> None:
    letters = MemoryDeadLetters()

    async def quitting(message: Tick) -> None:
        raise SystemExit(3)

    async with Bus(manifest(), dead_letters=letters) as bus:
        bus.subscribe(Tick, quitting)
        await values(bus, Tick, 2)
        await bus.idle()
        assert bus.counts().of("observer", "Tick").failed == 2
    assert letters.letters[0].error == "HandlerExitedError: observer: a handler called exit(3)"


@asynchronous
async def test_an_observer_that_hangs_is_given_up_when_the_bus_closes() -> None:
    letters = MemoryDeadLetters()
    bus = Bus(manifest(), dead_letters=letters)

    async def hanging(message: Tick) -> None:
        await asyncio.Event().wait()

    bus.subscribe(Tick, hanging)
    await values(bus, Tick, 3)
    await settle()
    await bus.close(drain_secs=0.01)
    counts = bus.counts().of("observer", "Tick")
    assert (counts.failed, counts.undelivered, counts.dead) == (1, 2, 3)
    assert [letter.error for letter in letters.letters] == [
        "CancelledError: ",
        "not delivered: the subscriber was stopped",
        "not delivered: the subscriber was stopped",
    ]
    with pytest.raises(StoppingError):
        bus.subscribe(Tick, hanging)
    with pytest.raises(StoppingError):
        await bus.receive(Envelope(Tick(1), 1, 1, 1))


@asynchronous
async def test_closing_an_observer_twice_is_fine() -> None:
    async with Bus(manifest()) as bus:
        observer = bus.subscribe(Tick, Seen().handle)
        await observer.close()
        await observer.close()


# fairness ---------------------------------------------------------------------------------------


@asynchronous
async def test_a_publisher_that_is_never_held_up_still_lets_others_run() -> None:
    async with Bus(manifest()) as bus:
        seen = Seen()
        bus.subscribe(Tick, seen.handle, capacity=10_000, on_full=OnFull.DROP_OLDEST)
        await values(bus, Tick, 600)
        assert len(seen.numbers) >= 256


@asynchronous
async def test_a_reader_with_much_to_do_lets_others_run() -> None:
    async with Bus(manifest()) as bus:
        seen = Seen()
        bus.subscribe(Tick, seen.handle, capacity=5000)
        turns = 0

        async def count_turns() -> None:
            nonlocal turns
            while True:
                turns += 1
                await asyncio.sleep(0)

        for number in range(2000):
            bus.transport.links(1, Tick)[0].put(Envelope(Tick(number), 1, number, number))
        counting = asyncio.create_task(count_turns())
        await bus.idle()
        counting.cancel()
        assert turns >= 2000 // 256


@asynchronous
async def test_publishing_does_not_switch_when_nobody_holds_it_up() -> None:
    """Latency of a publisher must not depend on its readers."""
    async with Bus(manifest()) as bus:
        seen = Seen()
        bus.subscribe(Tick, seen.handle)
        await values(bus, Tick, 200)
        assert seen.numbers == []
        await bus.idle()
        assert len(seen.numbers) == 200


@asynchronous
async def test_publishers_that_retry_at_once_do_not_starve_the_reader() -> None:
    async with Bus(manifest()) as bus:
        seen = Seen()
        bus.subscribe(Tick, seen.handle, capacity=1, on_full=OnFull.FAIL)
        publisher = bus.publisher(Tick)
        delivered = 0
        while delivered < 10:
            try:
                await publisher.publish(Tick(1, delivered))
            except MailboxFullError:
                continue
            delivered += 1
        await bus.idle()
        assert seen.numbers == list(range(10))


# taps -------------------------------------------------------------------------------------------


@asynchronous
async def test_a_tap_sees_the_named_messages_while_it_is_open() -> None:
    frames: list[bytes] = []
    async with Bus(manifest()) as bus:
        tap = bus.tap(frames.append, messages=[Tick])
        await values(bus, Tick, 2)
        await values(bus, Meta, 2)
        tap.close()
        tap.close()
        await values(bus, Tick, 2)
    assert [REGISTRY.decode_frame(f).message for f in frames] == [Tick(0, 0), Tick(1, 1)]


@asynchronous
async def test_a_tap_gets_a_received_frame_as_it_came() -> None:
    frames: list[bytes] = []
    async with Bus(manifest()) as bus:
        bus.tap(frames.append)
        await bus.receive(Envelope(Tick(1), 1, 1, 1, False, b"as it came"))
    assert frames == [b"as it came"]


@asynchronous
async def test_a_tap_whose_sink_fails_is_closed_and_nobody_else_notices(
    caplog: pytest.LogCaptureFixture,
) -> None:
    frames: list[bytes] = []

    def full(frame: bytes) -> None:
        raise OSError("disk full")

    async with Bus(manifest()) as bus:
        bus.tap(frames.append)
        tap = bus.tap(full)
        bus.tap(frames.append)
        await values(bus, Tick, 3)
        assert str(tap.error) == "disk full"
    assert len(frames) == 6
    assert caplog.messages == ["tap closed, its sink failed"]


@asynchronous
async def test_what_a_tap_cannot_encode_is_not_published_at_all() -> None:
    async with Bus(manifest()) as bus:
        seen = Seen()
        bus.subscribe(Meta, seen.handle)
        bus.tap(lambda frame: None)
        publisher = bus.publisher(Meta)
        await publisher.publish(Meta(1, 1))
        with pytest.raises(EncodeError, match=r"Meta.value: expected a u64"):
            await publisher.publish(Meta(1, 1 << 64))
        await publisher.publish(Meta(2, 2))
        await bus.idle()
        assert [e.sequence for e in seen.envelopes] == [1, 2]
        assert [e.message for e in bus.retained(Meta)] == [Meta(1, 1), Meta(2, 2)]


# counts -----------------------------------------------------------------------------------------


@asynchronous
async def test_counts_are_a_frozen_picture_of_the_moment() -> None:
    async with Bus(manifest()) as bus:
        seen = Seen()
        bus.subscribe(Tick, seen.handle)
        await values(bus, Tick, 2)
        await bus.idle()
        before = bus.counts()
        await values(bus, Tick, 3)
        await bus.idle()
        assert before.of("feed", "Tick").published == 2
        assert before.of("observer", "Tick").handled == 2
        assert before.of("nobody", "Tick").handled == 0
        assert bus.counts().total().handled == 5
        with pytest.raises(AttributeError):
            before.of("feed", "Tick").published = 9  # type: ignore[misc]


@asynchronous
async def test_a_dead_letter_that_cannot_be_kept_is_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    class FullDisk:
        def add(self, letter: object) -> None:
            raise OSError("disk full")

    async def failing(message: Tick) -> None:
        raise ValueError("no")

    with caplog.at_level(logging.ERROR):
        async with Bus(manifest(), dead_letters=FullDisk()) as bus:
            bus.subscribe(Tick, failing)
            await values(bus, Tick, 1)
            await bus.idle()
    assert "dead letter not kept (disk full)" in caplog.text
    assert Tick(0, 0).to_tlv().hex() in caplog.text
