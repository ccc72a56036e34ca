"""What every transport promises, written once; each transport's test class inherits it."""

from __future__ import annotations

import asyncio
from contextlib import AbstractAsyncContextManager
from typing import NamedTuple

import pytest

from mycelium.bus import Bus
from mycelium.envelope import Envelope, current_envelope
from mycelium.errors import MailboxFullError
from mycelium.manifest import Manifest, OnFull
from mycelium.observer import Observer
from tests.unit.mycelium.helpers import Meta, Pair, Signal, Tick, asynchronous, manifest, values


class Ends(NamedTuple):
    """The two sides of a connection; in one process they are the same bus."""

    publishing: Bus
    subscribing: Bus


class Reader:
    """An observer that keeps what it sees and can be held up."""

    def __init__(self) -> None:
        self.envelopes: list[Envelope] = []
        self.may_go_on = asyncio.Event()
        self.may_go_on.set()

    @property
    def numbers(self) -> list[int]:
        return [e.message.value for e in self.envelopes if isinstance(e.message, Pair)]

    async def handle(self, message: Pair) -> None:
        self.envelopes.append(current_envelope())
        await self.may_go_on.wait()

    def watch(self, bus: Bus, message: type[Pair], **options: object) -> Observer:
        return bus.subscribe(message, self.handle, **options)  # type: ignore[arg-type]


class TransportSuite:
    """Inherit, and say what connects the two ends.

    ``flood`` is more messages than any buffer on the way takes.
    """

    flood = 20_000

    def connect(self, system: Manifest) -> AbstractAsyncContextManager[Ends]:
        """Two connected ends; leaving stops both."""
        raise NotImplementedError

    def watch(self, reader: Reader, bus: Bus, message: type[Pair], **options: object) -> None:
        """Lets the reader have the messages, by whatever subscribes on this transport."""
        reader.watch(bus, message, **options)

    async def delivered(self, ends: Ends) -> None:
        """Returns when everything published so far was handled at the other end."""
        raise NotImplementedError

    async def calm(self, ends: Ends) -> None:
        """Returns when nothing moves any more unless something is let go."""
        raise NotImplementedError

    @asynchronous
    async def test_messages_come_in_order_with_source_sequence_and_time(self) -> None:
        async with self.connect(manifest()) as ends:
            reader = Reader()
            self.watch(reader, ends.subscribing, Tick)
            await ends.subscribing.subscribed()
            await values(ends.publishing, Tick, 1000)
            await self.delivered(ends)
            assert reader.numbers == list(range(1000))
            assert [e.sequence for e in reader.envelopes] == list(range(1, 1001))
            assert {e.source for e in reader.envelopes} == {1}
            times = [e.timestamp for e in reader.envelopes]
            assert times == sorted(set(times))
            assert not any(e.retained for e in reader.envelopes)

    @asynchronous
    async def test_each_message_type_has_its_own_sequence(self) -> None:
        async with self.connect(manifest()) as ends:
            reader = Reader()
            self.watch(reader, ends.subscribing, Tick)
            self.watch(reader, ends.subscribing, Meta)
            await ends.subscribing.subscribed()
            await values(ends.publishing, Tick, 2)
            await values(ends.publishing, Meta, 2)
            await self.delivered(ends)
            seen = sorted((type(e.message).__name__, e.sequence) for e in reader.envelopes)
            assert seen == [("Meta", 1), ("Meta", 2), ("Tick", 1), ("Tick", 2)]

    @asynchronous
    async def test_every_subscriber_gets_every_message_and_nobody_gets_another(self) -> None:
        async with self.connect(manifest()) as ends:
            first, second, other = Reader(), Reader(), Reader()
            self.watch(first, ends.subscribing, Tick)
            self.watch(second, ends.subscribing, Tick)
            self.watch(other, ends.subscribing, Signal)
            await ends.subscribing.subscribed()
            await values(ends.publishing, Tick, 10)
            await self.delivered(ends)
            assert first.numbers == second.numbers == list(range(10))
            assert other.numbers == []

    @asynchronous
    async def test_frames_are_the_same_at_both_ends(self) -> None:
        sent: list[bytes] = []
        got: list[bytes] = []
        async with self.connect(manifest()) as ends:
            ends.publishing.tap(sent.append)
            ends.subscribing.tap(got.append)
            self.watch(Reader(), ends.subscribing, Tick)
            await ends.subscribing.subscribed()
            await values(ends.publishing, Tick, 20)
            await self.delivered(ends)
        assert sent == got
        assert len(sent) == 20

    @asynchronous
    async def test_a_slow_reader_holds_a_publisher_up_and_loses_nothing(self) -> None:
        count = self.flood
        async with self.connect(manifest()) as ends:
            reader = Reader()
            reader.may_go_on.clear()
            self.watch(reader, ends.subscribing, Tick, capacity=4)
            await ends.subscribing.subscribed()
            publishing = asyncio.create_task(values(ends.publishing, Tick, count))
            await self.calm(ends)
            assert not publishing.done()
            assert ends.publishing.counts().of("feed", "Tick").published < count
            reader.may_go_on.set()
            await publishing
            await self.delivered(ends)
            assert reader.numbers == list(range(count))

    @asynchronous
    async def test_drop_oldest_never_holds_up_and_counts_what_it_drops(self) -> None:
        count = 5000
        async with self.connect(manifest()) as ends:
            reader = Reader()
            reader.may_go_on.clear()
            self.watch(
                reader, ends.subscribing, Tick, capacity=4, on_full=OnFull.DROP_OLDEST, name="o"
            )
            await ends.subscribing.subscribed()
            await values(ends.publishing, Tick, count)
            await self.calm(ends)
            reader.may_go_on.set()
            await self.delivered(ends)
            dropped = ends.subscribing.counts().of("o", "Tick").dropped
            assert dropped > 0
            assert len(reader.numbers) == count - dropped
            assert reader.numbers[-4:] == list(range(count - 4, count))
            assert reader.numbers == sorted(set(reader.numbers))

    @asynchronous
    async def test_fail_tells_the_publisher_or_counts_and_others_still_get_it(self) -> None:
        async with self.connect(manifest()) as ends:
            stuck, quick = Reader(), Reader()
            stuck.may_go_on.clear()
            self.watch(stuck, ends.subscribing, Tick, capacity=1, on_full=OnFull.FAIL, name="stuck")
            self.watch(quick, ends.subscribing, Tick)
            await ends.subscribing.subscribed()
            publisher = ends.publishing.publisher(Tick)
            failures = 0
            for number in range(5):
                try:
                    await publisher.publish(Tick(number, number))
                except MailboxFullError:
                    failures += 1
                await self.calm(ends)
            stuck.may_go_on.set()
            await self.delivered(ends)
            assert quick.numbers == [0, 1, 2, 3, 4]
            assert stuck.numbers == [0, 1]
            assert ends.subscribing.counts().of("stuck", "Tick").dropped == 3
            assert failures == self.failures_that_reach_the_publisher(3)

    def failures_that_reach_the_publisher(self, dropped: int) -> int:
        """Between processes they are counted at the subscriber only."""
        raise NotImplementedError

    @asynchronous
    async def test_a_late_subscriber_gets_the_last_value_of_each_key_first(self) -> None:
        async with self.connect(manifest()) as ends:
            publisher = ends.publishing.publisher(Meta)
            for key, value in ((1, 10), (2, 20), (1, 11)):
                await publisher.publish(Meta(key, value))
            await self.delivered(ends)
            reader = Reader()
            self.watch(reader, ends.subscribing, Meta)
            await ends.subscribing.subscribed()
            await publisher.publish(Meta(2, 21))
            await self.delivered(ends)
            seen = [(e.message, e.sequence, e.retained) for e in reader.envelopes]
            assert seen == [
                (Meta(2, 20), 2, True),
                (Meta(1, 11), 3, True),
                (Meta(2, 21), 4, False),
            ]

    @asynchronous
    async def test_a_closed_observer_gets_what_waits_and_nothing_more(self) -> None:
        async with self.connect(manifest()) as ends:
            reader = Reader()
            observer = reader.watch(ends.subscribing, Tick)
            await ends.subscribing.subscribed()
            await values(ends.publishing, Tick, 3)
            await self.delivered(ends)
            await observer.close()
            await values(ends.publishing, Tick, 3)
            await self.delivered(ends)
            assert reader.numbers == [0, 1, 2]

    @asynchronous
    async def test_a_clean_stop_loses_nothing(self) -> None:
        reader = Reader()
        async with self.connect(manifest()) as ends:
            self.watch(reader, ends.subscribing, Tick)
            await ends.subscribing.subscribed()
            await values(ends.publishing, Tick, 700)
        assert reader.numbers == list(range(700))

    @asynchronous
    async def test_nothing_is_taken_while_stopping(self) -> None:
        async with self.connect(manifest()) as ends:
            publisher = ends.publishing.publisher(Tick)
        with pytest.raises(Exception, match="expected a running bus"):
            await publisher.publish(Tick(1))
