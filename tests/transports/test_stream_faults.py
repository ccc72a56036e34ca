"""What happens to connections, and what becomes of the messages; all of it is counted."""

from __future__ import annotations

import asyncio
import logging
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from mycelium.bus import Bus
from mycelium.counters import Counts
from mycelium.errors import StoppingError
from mycelium.manifest import OnFull
from mycelium.topology import Topology
from mycelium.transports.shared.schemas import schemas
from mycelium.transports.stream import control
from mycelium.transports.stream.limits import Limits
from tests.transports.peers import Caller, Proxy, hello
from tests.transports.streams import (
    FIRST,
    QUICK,
    SECOND,
    arrived,
    bus,
    outbounds,
    publishers_wait,
    sents,
    unix_topology,
    until,
)
from tests.transports.suite import Ends, Reader
from tests.unit.mycelium.helpers import Meta, Tick, asynchronous, manifest, values


@dataclass
class Line:
    """Two processes and what stands between them."""

    publishing: Bus
    subscribing: Bus
    proxy: Proxy
    plan: Topology

    @property
    def ends(self) -> Ends:
        return Ends(self.publishing, self.subscribing)

    def at_subscriber(self, message: str = "Tick") -> Counts:
        return self.subscribing.counts().of("feed", message)

    async def reconnected(self, times: int) -> None:
        await until(lambda: self.proxy.connections > times)
        await self.subscribing.subscribed()


@asynccontextmanager
async def line(limits: Limits = QUICK) -> AsyncIterator[Line]:
    """The second process dials a proxy in place of the first."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        plan = unix_topology(folder)
        first, second = plan.processes
        through = replace(plan, processes=(replace(first, unix=folder / "proxy"), second))
        async with (
            Proxy(folder / "a.sock").at(folder / "proxy") as proxy,
            bus(through, SECOND, manifest(), limits) as subscribing,
            bus(plan, FIRST, manifest(), limits) as publishing,
        ):
            yield Line(publishing, subscribing, proxy, plan)


@asynchronous
async def test_what_is_published_while_the_connection_is_cut_comes_when_it_is_re_made() -> None:
    async with line() as joined:
        reader = Reader()
        reader.watch(joined.subscribing, Tick)
        await joined.subscribing.subscribed()
        publisher = joined.publishing.publisher(Tick)
        await publisher.publish(Tick(0, 0))
        await until(lambda: arrived(joined.ends))
        joined.proxy.open.clear()
        joined.proxy.cut()
        await until(lambda: not outbounds(joined.publishing)[0].connected)
        for number in range(1, 50):
            await publisher.publish(Tick(number, number))
        joined.proxy.open.set()
        await until(lambda: arrived(joined.ends))
        await joined.subscribing.idle()
        assert reader.numbers == list(range(50))
        assert joined.at_subscriber() == Counts(published=50)


@asynchronous
async def test_frames_lost_in_sockets_are_counted_where_they_are_missed() -> None:
    async with line() as joined:
        reader = Reader()
        reader.watch(joined.subscribing, Tick)
        await joined.subscribing.subscribed()
        publishing = asyncio.create_task(values(joined.publishing, Tick, 40_000))
        for cuts in range(1, 6):
            await until(lambda: len(reader.numbers) > 200 * cuts)  # noqa: B023 - awaited here
            joined.proxy.cut()
            await joined.reconnected(cuts)
        await publishing
        await until(lambda: arrived(joined.ends))
        await joined.subscribing.idle()
        counts = joined.at_subscriber()
        assert reader.numbers == sorted(set(reader.numbers))
        assert counts.published + counts.missed == 40_000
        assert counts.published == len(reader.numbers)
        assert counts.repeats == counts.lates == counts.restarts == 0


@asynchronous
async def test_a_repeated_frame_is_delivered_once() -> None:
    async with line() as joined:
        reader = Reader()
        reader.watch(joined.subscribing, Tick)
        await joined.subscribing.subscribed()
        joined.proxy.tamper = lambda frames: [f for frame in frames for f in (frame, frame)]
        await values(joined.publishing, Tick, 100)
        await until(lambda: arrived(joined.ends) and joined.at_subscriber().repeats == 100)
        await joined.subscribing.idle()
        assert reader.numbers == list(range(100))
        assert joined.at_subscriber() == Counts(published=100, repeats=100)


@asynchronous
async def test_frames_out_of_order_are_delivered_and_counted() -> None:
    async with line() as joined:
        reader = Reader()
        reader.watch(joined.subscribing, Tick)
        await joined.subscribing.subscribed()
        publisher = joined.publishing.publisher(Tick)
        await publisher.publish(Tick(0, 0))
        await until(lambda: arrived(joined.ends))
        kept: list[bytes] = []

        def swap(frames: list[bytes]) -> list[bytes]:
            """Each two frames change places, however they are batched."""
            swapped = []
            for frame in frames:
                if kept:
                    swapped += [frame, kept.pop()]
                else:
                    kept.append(frame)
            return swapped

        joined.proxy.tamper = swap
        for number in range(1, 5):
            await publisher.publish(Tick(number, number))
        await until(lambda: joined.at_subscriber().published == 5)
        joined.proxy.tamper = list
        await joined.subscribing.idle()
        assert reader.numbers == [0, 2, 1, 4, 3]
        assert joined.at_subscriber() == Counts(published=5, gaps=2, missed=2, lates=2)


@asynchronous
async def test_a_corrupted_byte_ends_the_connection_and_the_next_one_goes_on() -> None:
    async with line() as joined:
        reader = Reader()
        reader.watch(joined.subscribing, Tick)
        await joined.subscribing.subscribed()

        def corrupt(frames: list[bytes]) -> list[bytes]:
            joined.proxy.tamper = list
            return [*frames[:-1], frames[-1][:-1] + bytes([frames[-1][-1] ^ 1])]

        joined.proxy.tamper = corrupt
        await values(joined.publishing, Tick, 3)
        await joined.reconnected(1)
        publisher = joined.publishing.publisher(Tick)
        await publisher.publish(Tick(3, 3))
        await until(lambda: arrived(joined.ends))
        await joined.subscribing.idle()
        counts = joined.at_subscriber()
        assert counts.published == len(reader.numbers)
        assert counts.missed == 4 - len(reader.numbers) or reader.numbers == [3]
        assert reader.numbers[-1] == 3
        row = joined.subscribing.transport.counts()[FIRST]
        assert (row["connects"], row["losses"]) == (2, 1)


@asynchronous
async def test_last_values_that_a_cut_lost_come_marked_and_known_ones_do_not_come_again() -> None:
    async with line() as joined:
        reader = Reader()
        reader.watch(joined.subscribing, Meta)
        await joined.subscribing.subscribed()
        publisher = joined.publishing.publisher(Meta)
        await publisher.publish(Meta(1, 10))
        await until(lambda: arrived(joined.ends))
        joined.proxy.tamper = lambda frames: []
        await publisher.publish(Meta(2, 20))
        sent = outbounds(joined.publishing)[0]
        await until(lambda: sent.idle)
        joined.proxy.tamper = list
        joined.proxy.cut()
        await until(lambda: len(reader.envelopes) == 2)
        seen = [(e.message, e.retained) for e in reader.envelopes]
        assert seen == [(Meta(1, 10), False), (Meta(2, 20), True)]


@asynchronous
async def test_a_subscriber_that_stays_away_is_waited_for_and_then_counted() -> None:
    limits = replace(QUICK, linger_secs=0.05, high_bytes=1000, low_bytes=100)
    async with line(limits) as joined:
        Reader().watch(joined.subscribing, Tick)
        await joined.subscribing.subscribed()
        joined.proxy.open.clear()
        joined.proxy.cut()
        (outbound,) = outbounds(joined.publishing)
        await until(lambda: not outbound.connected)
        await values(joined.publishing, Tick, 500)  # held up at first, and then no more
        assert outbound.away
        assert joined.publishing.counts().of(SECOND, "Tick").dropped == 500


@asynchronous
async def test_a_publisher_that_starts_again_is_counted_as_a_restart() -> None:
    async with line() as joined:
        reader = Reader()
        reader.watch(joined.subscribing, Tick)
        await joined.subscribing.subscribed()
        await values(joined.publishing, Tick, 3)
        await joined.publishing.close()
        async with bus(joined.plan, FIRST, manifest()) as again:
            await joined.reconnected(1)
            await values(again, Tick, 2)
            await until(lambda: joined.at_subscriber().published == 5)
        await joined.subscribing.idle()
        assert reader.numbers == [0, 1, 2, 0, 1]
        assert joined.at_subscriber() == Counts(published=5, restarts=1)


@asynchronous
async def test_a_subscribers_process_that_starts_again_gets_last_values_first() -> None:
    async with line() as joined:
        publisher = joined.publishing.publisher(Meta)
        for key in (1, 2):
            await publisher.publish(Meta(key, key))
        await joined.subscribing.close()
        for _ in range(2):
            reader = Reader()
            async with bus(joined.plan, SECOND, manifest()) as again:
                reader.watch(again, Meta)
                await again.subscribed()
                await until(lambda: len(reader.envelopes) == 2)  # noqa: B023 - awaited here
            assert [(e.message, e.retained) for e in reader.envelopes] == [
                (Meta(1, 1), True),
                (Meta(2, 2), True),
            ]


@asynchronous
async def test_what_does_not_block_goes_on_while_a_blocking_subscriber_is_stuck() -> None:
    async with line() as joined:
        stuck, quick = Reader(), Reader()
        stuck.may_go_on.clear()
        stuck.watch(joined.subscribing, Tick, capacity=1)
        quick.watch(joined.subscribing, Meta, on_full=OnFull.DROP_OLDEST)
        await joined.subscribing.subscribed()
        publishing = asyncio.create_task(values(joined.publishing, Tick, 20_000))
        await until(lambda: publishers_wait(joined.publishing))
        await values(joined.publishing, Meta, 10)
        await until(lambda: len(quick.envelopes) == 10)
        assert not publishing.done()
        stuck.may_go_on.set()
        await publishing


@asynchronous
async def test_a_message_changes_to_the_connection_that_blocks_and_nothing_comes_twice() -> None:
    async with line() as joined:
        first, second = Reader(), Reader()
        first.watch(joined.subscribing, Tick, on_full=OnFull.DROP_OLDEST, capacity=100_000)
        await joined.subscribing.subscribed()
        publishing = asyncio.create_task(values(joined.publishing, Tick, 20_000))
        await until(lambda: len(first.numbers) > 100)
        observer = second.watch(joined.subscribing, Tick)
        await joined.subscribing.subscribed()
        await until(lambda: len(second.numbers) > 100)
        await observer.close()
        await joined.subscribing.subscribed()
        await publishing
        await until(lambda: arrived(joined.ends))
        await joined.subscribing.idle()
        counts = joined.at_subscriber()
        assert first.numbers == sorted(set(first.numbers))
        assert second.numbers == sorted(set(second.numbers))
        assert counts.published + counts.missed == 20_000
        assert counts.repeats == counts.lates == counts.restarts == 0


@asynchronous
async def test_a_silent_subscriber_is_given_up_and_holds_nobody() -> None:
    limits = replace(QUICK, beat_secs=0.02, linger_secs=0.01, high_bytes=1000, low_bytes=100)
    with tempfile.TemporaryDirectory() as folder:
        plan = unix_topology(Path(folder))
        async with bus(plan, FIRST, manifest(), limits) as publishing:
            caller = await Caller.unix(Path(folder) / "a.sock")
            caller.say(hello())
            assert isinstance(await caller.hear(), control.Welcome)
            await values(publishing, Tick, 20_000)  # it never reads, and never says anything
            (outbound,) = outbounds(publishing)
            assert outbound.size <= 1000
            assert publishing.counts().of(SECOND, "Tick").dropped > 0
            caller.close()


@asynchronous
async def test_a_subscriber_that_reads_nothing_costs_bounded_memory_and_drops_are_counted() -> None:
    with tempfile.TemporaryDirectory() as folder:
        plan = unix_topology(Path(folder))
        limits = replace(QUICK, high_bytes=10_000)
        async with bus(plan, FIRST, manifest(), limits) as publishing:
            caller = await Caller.unix(Path(folder) / "a.sock")
            needs = {Tick.TYPE_ID: OnFull.DROP_OLDEST}
            caller.say(hello(blocking=False, needs=needs))
            assert isinstance(await caller.hear(), control.Welcome)
            count = 40_000
            await values(publishing, Tick, count)
            (outbound,) = outbounds(publishing)
            assert outbound.size <= 10_000
            dropped = publishing.counts().of(SECOND, "Tick").dropped
            assert dropped > count / 2
            got = 0
            while got < count - dropped:
                got += not control.is_control(await caller.frame())
            caller.close()


@asynchronous
async def test_ready_waits_for_what_the_topology_names_and_says_what_is_missing() -> None:
    with tempfile.TemporaryDirectory() as folder:
        plan = unix_topology(Path(folder))
        async with bus(plan, FIRST, manifest()) as publishing:
            assert publishing.transport.missing() == (f"{SECOND} (Meta, Tick)",)
            ready = asyncio.create_task(publishing.transport.ready())
            async with bus(plan, SECOND, manifest()) as subscribing:
                Reader().watch(subscribing, Tick)
                await subscribing.subscribed()
                assert publishing.transport.missing() == (f"{SECOND} (Meta)",)
                Reader().watch(subscribing, Meta, on_full=OnFull.FAIL)
                await ready
                assert publishing.transport.missing() == ()


@asynchronous
async def test_a_stop_that_cannot_deliver_says_so(caplog: pytest.LogCaptureFixture) -> None:
    async with line() as joined:
        stuck = Reader()
        stuck.may_go_on.clear()
        stuck.watch(joined.subscribing, Tick, capacity=1)
        await joined.subscribing.subscribed()
        publishing = asyncio.create_task(values(joined.publishing, Tick, 20_000))
        await until(lambda: publishers_wait(joined.publishing))
        with caplog.at_level(logging.WARNING):
            await joined.publishing.close(drain_secs=0.05)
        with pytest.raises(StoppingError):
            await publishing
        assert joined.publishing.counts().of(SECOND, "Tick").undelivered > 0
        text = f"{SECOND} did not confirm the end within 0.05 s: what was on the way may be lost"
        assert text in caplog.messages
        stuck.may_go_on.set()


@asynchronous
async def test_a_process_that_leaves_gets_what_waits_for_it() -> None:
    async with line() as joined:
        reader = Reader()
        reader.watch(joined.subscribing, Tick)
        await joined.subscribing.subscribed()
        await values(joined.publishing, Tick, 3000)
        await joined.subscribing.close()
        assert reader.numbers == list(range(3000))
        await values(joined.publishing, Tick, 5)
        assert joined.publishing.counts().of(SECOND, "Tick").dropped == 5


def connecting(caplog: pytest.LogCaptureFixture) -> list[int]:
    """The levels at which it was said that nobody is there."""
    return [r.levelno for r in caplog.records if r.message.startswith("no connection to ")]


@asynchronous
async def test_a_start_and_a_stop_in_order_warn_nobody(caplog: pytest.LogCaptureFixture) -> None:
    with tempfile.TemporaryDirectory() as folder, caplog.at_level(logging.DEBUG):
        plan = unix_topology(Path(folder))
        async with bus(plan, SECOND, manifest()) as subscribing:
            Reader().watch(subscribing, Tick)
            await until(lambda: bool(connecting(caplog)))
            async with bus(plan, FIRST, manifest()) as publishing:
                await subscribing.subscribed()
                await values(publishing, Tick, 10)
                before = len(connecting(caplog))
            await until(lambda: len(connecting(caplog)) > before)
    assert all(record.levelno < logging.WARNING for record in caplog.records)


@asynchronous
async def test_a_publisher_that_does_not_come_is_a_warning(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        plan = unix_topology(Path(folder))
        impatient = replace(QUICK, patience_secs=0.0)
        async with bus(plan, SECOND, manifest(), impatient) as subscribing:
            Reader().watch(subscribing, Tick)
            await until(lambda: bool(connecting(caplog)))
    assert caplog.messages == [
        f"no connection to {FIRST} for now: [Errno 2] No such file or directory"
    ]


def unconfirmed(publishing: Bus) -> int:
    return publishing.counts().of(SECOND, "Tick").unconfirmed


@pytest.mark.parametrize(("instance", "lost"), [("1", 0), ("2", 6)])
@asynchronous
async def test_what_dies_with_a_subscribers_process_is_counted_when_another_comes(
    instance: str, lost: int
) -> None:
    """The same one is only connected anew, and finds out for itself what it has missed."""
    with tempfile.TemporaryDirectory() as folder:
        plan = unix_topology(Path(folder))
        async with bus(plan, FIRST, manifest()) as publishing:
            caller = await Caller.unix(Path(folder) / "a.sock")
            caller.say(hello())
            assert isinstance(await caller.hear(), control.Welcome)
            await values(publishing, Tick, 10)
            caller.say(control.Mark({Tick.TYPE_ID: 4}))
            caller.say(control.Want(1, {Tick.TYPE_ID: OnFull.BLOCK}, schemas([Tick])))
            assert isinstance(await caller.hear(), control.Have)
            caller.close()
            await until(lambda: not any(o.connected for o in outbounds(publishing)))
            await values(publishing, Tick, 3)  # these wait for it
            assert unconfirmed(publishing) == 0
            other = await Caller.unix(Path(folder) / "a.sock")
            other.say(hello(instance=instance))
            assert isinstance(await other.hear(), control.Welcome)
            got = [await other.frame() for _ in range(3)]
            assert [Tick.from_tlv(frame[32:]).value for frame in got] == [0, 1, 2]
            assert unconfirmed(publishing) == lost
            other.close()


@asynchronous
async def test_what_dies_with_a_process_that_does_not_come_back_is_counted() -> None:
    with tempfile.TemporaryDirectory() as folder:
        plan = unix_topology(Path(folder))
        quick = replace(QUICK, linger_secs=0.05)
        async with bus(plan, FIRST, manifest(), quick) as publishing:
            caller = await Caller.unix(Path(folder) / "a.sock")
            caller.say(hello())
            await caller.hear()
            await values(publishing, Tick, 10)
            caller.close()
            await until(lambda: unconfirmed(publishing) > 0)
            assert unconfirmed(publishing) == 10
            assert publishing.counts().of(SECOND, "Tick").dropped == 0


@asynchronous
async def test_a_subscribers_process_confirms_what_was_handled_and_nothing_else() -> None:
    async with line(replace(QUICK, confirm_secs=0.01)) as joined:
        reader = Reader()
        reader.watch(joined.subscribing, Tick, capacity=10)
        await joined.subscribing.subscribed()
        (sent,) = sents(joined.publishing)
        await values(joined.publishing, Tick, 500)
        await until(lambda: not sent.unconfirmed({}))
        assert len(reader.numbers) == 500
        reader.may_go_on.clear()
        await values(joined.publishing, Tick, 5)
        await until(lambda: len(reader.numbers) == 501)
        await asyncio.sleep(0.05)  # more than one confirmation that must not come
        assert sent.unconfirmed({}) == {Tick.TYPE_ID: 5}
        reader.may_go_on.set()
        await until(lambda: not sent.unconfirmed({}))
        assert unconfirmed(joined.publishing) == 0


@asynchronous
async def test_a_process_that_leaves_in_order_loses_nothing() -> None:
    async with line() as joined:
        reader = Reader()
        reader.watch(joined.subscribing, Tick)
        await joined.subscribing.subscribed()
        await values(joined.publishing, Tick, 300)
        await joined.subscribing.close()
        await joined.publishing.close()
        assert unconfirmed(joined.publishing) == 0
        assert reader.numbers == list(range(300))
