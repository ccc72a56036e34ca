"""What publishes: the compiled way and the method it stands before do the same."""

from __future__ import annotations

import asyncio
import gc
import struct
import sys
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any, Final, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mycelium import _native
from mycelium.counters import Tally
from mycelium.envelope import Envelope, _following, following
from mycelium.errors import MailboxFullError, StoppingError
from mycelium.mailbox import Inlet, Mailbox
from mycelium.manifest import OnFull
from mycelium.outlet import Done, Outlet, Source
from mycelium.protocol import EncodeError
from mycelium.protocol.message import Message
from mycelium.transports import Put, Route
from tests.unit.mycelium.helpers import FEED, Meta, Tick, asynchronous
from tests.unit.mycelium.native.codecs import needs_native

TOO_LARGE: Final = Tick(1, 1 << 64)
ERRORS: Final = (TypeError, ValueError, struct.error)


class Elsewhere:
    """A link whose outcomes a test says."""

    subscriber = "elsewhere"

    def __init__(self) -> None:
        self.got: list[Envelope] = []
        self.outcome = Put.TAKEN

    def put(self, envelope: Envelope) -> Put:
        self.got.append(envelope)
        return self.outcome

    async def room(self) -> None:
        self.outcome = Put.TAKEN


class Stage:
    """An outlet, whom it reaches, and what a test does to both."""

    def __init__(self, capacity: int = 3) -> None:
        self.time = 5
        self.watched: list[Envelope] = []
        self.elsewhere = Elsewhere()
        self.mailbox = Mailbox(capacity)
        self.tally = Tally()
        self.route = Route()
        self.watchers: list[Callable[[Envelope], None]] = []
        self.source = Source(FEED, lambda: self.time)
        inlet = Inlet(self.mailbox, "brain", Tick, OnFull.FAIL, Tally())
        self.route += [inlet, self.elsewhere]
        self.outlet = Outlet(self.source, Tick, self.route, self.watchers, self.tally)

    def watch(self) -> None:
        self.watchers.append(self.watched.append)

    def object_to_it(self) -> None:
        def refuse(envelope: Envelope) -> None:
            raise ValueError(envelope.sequence)

        self.watchers.append(refuse)

    @property
    def state(self) -> tuple[Any, ...]:
        """All that publishing changes."""
        return (
            self.outlet.sequence,
            self.source.last,
            self.tally.counts(),
            tuple(self.mailbox.items),
            tuple(self.elsewhere.got),
            tuple(self.watched),
        )


DEEDS: Final[dict[str, Callable[[Stage], object]]] = {
    "watch": Stage.watch,
    "object": Stage.object_to_it,
    "look away": lambda stage: stage.watchers.clear(),
    "encode": lambda stage: setattr(stage.route, "encoded", True),
    "encode no more": lambda stage: setattr(stage.route, "encoded", False),
    "hold": lambda stage: setattr(stage.elsewhere, "outcome", Put.HELD),
    "refuse": lambda stage: setattr(stage.elsewhere, "outcome", Put.REFUSED),
    "leave": lambda stage: stage.route.__delitem__(slice(1, None)),
    "read": lambda stage: stage.mailbox.items.clear(),
    "be late": lambda stage: setattr(stage, "time", 1),
    "be in time": lambda stage: setattr(stage, "time", 1 << 62),
    "be at the end of time": lambda stage: setattr(stage, "time", (1 << 64) - 1),
    "be beyond time": lambda stage: setattr(stage, "time", 1 << 65),
    "near the end of a turn": lambda stage: setattr(stage.outlet, "sequence", 254),
    "near the end of small numbers": lambda stage: setattr(stage.outlet, "sequence", (1 << 30) - 2),
    "close": lambda stage: stage.outlet.close("closed"),
}


async def outcome_of(publish: Callable[[Message], Awaitable[None]], message: Message) -> Any:
    """What publishing gives, or the error it raises."""
    try:
        return await publish(message)
    except (*ERRORS, EncodeError, StoppingError, MailboxFullError) as error:
        return type(error), str(error)


STEPS: Final = st.lists(
    st.sampled_from([*DEEDS, Tick(1), Tick(1), Tick(2), Tick(3), Meta(1), TOO_LARGE]), max_size=25
)


@needs_native
@given(STEPS)
@asynchronous
async def test_both_ways_do_the_same(steps: list[str | Message]) -> None:
    one, other = Stage(), Stage()
    assert one.outlet.send is not other.outlet._send
    for step in steps:
        if isinstance(step, str):
            DEEDS[step](one)
            DEEDS[step](other)
            continue
        assert await outcome_of(one.outlet.send, step) == await outcome_of(other.outlet._send, step)
        assert one.state == other.state


@needs_native
@asynchronous
async def test_the_compiled_way_declines_nothing_usual() -> None:
    codec = _native.codec
    assert codec is not None
    stage = Stage(capacity=1000)
    assert isinstance(stage.outlet.send, codec.Sender)

    def explain(message: Message) -> None:
        pytest.fail("the method was called")

    send = codec.Sender(
        stage.outlet,
        stage.source,
        stage.tally,
        stage.route,
        stage.watchers,
        explain,
        stage.outlet._settled,
        stage.source.now,
        stage.source.number,
        256,
        Put.TAKEN,
        Done(),
        Inlet,
        Mailbox,
        Envelope,
    )
    for _ in range(255):
        await send(Tick(1))
    assert stage.tally.published == len(stage.mailbox.items) == 255
    with pytest.raises(pytest.fail.Exception):
        await send(Tick(1))


@asynchronous
async def test_after_the_last_time_of_64_bits_none_is_given_twice() -> None:
    stage = Stage()
    stage.time = (1 << 64) - 1
    await stage.outlet.send(Tick(1))
    await stage.outlet.send(Tick(1))
    assert [e.timestamp for e in stage.elsewhere.got] == [(1 << 64) - 1, 1 << 64]


@pytest.mark.parametrize("time", [7, -1, 1 << 65, 0.5])
@asynchronous
async def test_the_clock_is_asked_once_for_each_message(time: Any) -> None:
    stage = Stage()
    asked: list[int] = []

    def now() -> Any:
        asked.append(1)
        return time

    stage.source.now = now
    outlet = Outlet(stage.source, Tick, stage.route, stage.watchers, stage.tally)
    for number in range(1, 4):
        await outlet.send(Tick(1))
        assert len(asked) == number
    later = [time, time + 1, time + 2] if time > 0 else [1, 2, 3]
    assert [e.timestamp for e in stage.elsewhere.got] == later


@asynchronous
async def test_a_subscription_may_change_while_it_gets_a_message() -> None:
    stage = Stage()
    inlet = cast(Inlet, stage.route[0])

    class Waiting(deque[Envelope]):
        def __len__(self) -> int:
            inlet.items = deque()
            return super().__len__()

        def append(self, envelope: Envelope) -> None:
            inlet.mailbox = Mailbox(0)
            inlet.append = inlet.items.append
            super().append(envelope)
            put.append(envelope.sequence)

    put: list[int] = []
    inlet.mailbox = Mailbox()  # which nothing else keeps
    inlet.items = Waiting()
    inlet.append = inlet.items.append
    await stage.outlet.send(Tick(1))
    assert (put, len(inlet.items)) == ([1], 0)


@asynchronous
async def test_the_reader_is_woken() -> None:
    stage = Stage()
    reading = asyncio.ensure_future(stage.mailbox.sleep())
    await asyncio.sleep(0)
    await stage.outlet.send(Tick(1))
    await asyncio.wait_for(reading, 1)


@asynchronous
async def test_a_link_that_raises_lets_nobody_after_it_have_the_message() -> None:
    stage = Stage()
    stage.route.reverse()

    def put(envelope: Envelope) -> Put:
        raise OSError("no way")

    stage.elsewhere.put = put  # type: ignore[method-assign]
    with pytest.raises(OSError, match="no way"):
        await stage.outlet.send(Tick(1))
    assert (stage.outlet.sequence, len(stage.mailbox.items)) == (1, 0)


@asynchronous
async def test_links_may_go_while_they_get_a_message() -> None:
    stage = Stage()
    stage.route.reverse()

    def put(envelope: Envelope) -> Put:
        stage.route.clear()
        return Put.TAKEN

    stage.elsewhere.put = put  # type: ignore[method-assign]
    await stage.outlet.send(Tick(1))
    assert not stage.mailbox.items


# what is awaited ----------------------------------------------------------------------------------


ENDED: Final[list[Any]] = [Done()] if _native.codec is None else [Done(), _native.codec.Done()]


@pytest.mark.parametrize("done", ENDED, ids=lambda done: type(done).__module__)
@asynchronous
async def test_what_has_happened_is_a_coroutine_for_everybody(done: Any) -> None:
    assert asyncio.iscoroutine(done)
    for _ in range(2):
        assert await done is None
    assert await asyncio.create_task(done) is None
    assert list(await asyncio.gather(done, done)) == [None, None]
    assert await asyncio.wait_for(done, 1) is None
    async with asyncio.TaskGroup() as group:
        group.create_task(done)
    task = asyncio.create_task(done)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    error = KeyError("x")
    for thrown in ((error,), (KeyError, error), (KeyError, error, None), (error, None, None)):
        with pytest.raises(KeyError) as caught:
            done.throw(*thrown)
        assert caught.value is error
    with pytest.raises(KeyError):
        done.throw(KeyError)
    done.close()
    await done


def publish_without_await(stage: Stage, times: int = 1) -> None:
    for _ in range(times):
        stage.outlet.send(Tick(1))  # type: ignore[unused-coroutine]


@asynchronous
async def test_a_message_is_sent_at_once_and_a_wait_that_is_forgotten_is_told() -> None:
    stage = Stage()
    publish_without_await(stage)
    assert len(stage.mailbox.items) == 1
    stage.elsewhere.outcome = Put.HELD
    with pytest.warns(RuntimeWarning, match="settle' was never awaited"):
        publish_without_await(stage)
    with pytest.warns(RuntimeWarning, match="sleep' was never awaited"):
        publish_without_await(Stage(capacity=1000), 256)


@needs_native
@asynchronous
async def test_no_reference_is_lost_or_kept() -> None:
    stage = Stage(capacity=1000)
    message = Tick(7)
    bad = Tick(7, 1 << 64)

    async def work() -> tuple[int, ...]:
        for encoded in (False, True):
            stage.route.encoded = encoded
            for outcome in (Put.TAKEN, Put.HELD):
                stage.elsewhere.outcome = outcome
                await stage.outlet.send(message)
        await outcome_of(stage.outlet.send, bad)
        stage.elsewhere.got.clear()
        stage.mailbox.items.clear()
        watched = (message, bad, stage.outlet, stage.source, stage.tally, stage.route, Put.HELD)
        return tuple(map(sys.getrefcount, watched))

    await work()
    gc.collect()  # what other tests left may hold such values too
    counts = await work()
    for _ in range(20):
        assert await work() == counts


@needs_native
def test_an_outlet_that_nobody_has_any_more_is_collected() -> None:
    stage = Stage()
    mark = stage.watchers.append
    del stage
    gc.collect()
    assert not [found for found in gc.get_objects() if type(found) is Outlet]
    assert not mark.__self__  # type: ignore[attr-defined]


# runs ---------------------------------------------------------------------------------------------


def an_envelope() -> st.SearchStrategy[Envelope]:
    small = st.integers(1, 3)
    return st.builds(Envelope, st.sampled_from([Tick(1), Tick(2), Meta(1)]), small, small, small)


@needs_native
@given(
    st.lists(st.one_of(an_envelope(), st.just(b"frame")), max_size=6),
    st.integers(1, 200),
    st.integers(0, 8),
    st.integers(0, 8),
)
def test_both_find_the_same_runs(
    items: list[bytes | Envelope], length: int, at: int, most: int
) -> None:
    assert following(items, at, most) == _following(items, at, most)
    straight: list[Any] = [Envelope(Tick(1), 300, n, n * n) for n in range(1, length)]
    assert following([*straight, *items], 0, 500) == _following([*straight, *items], 0, 500)


@pytest.mark.parametrize("first", [(1 << 64) - 1, 1 << 64, -1])
def test_envelopes_with_odd_numbers_are_alone_or_follow_each_other(first: int) -> None:
    items = [Envelope(Tick(1), 300, first, 1), Envelope(Tick(1), 300, 0, 2)]
    for which in (following, _following):  # who goes on where a run ends comes to the end
        assert which(items, 0, 2) == (2 if which is _following and first == -1 else 1)
        assert which(items, 1, 2) == 2


@needs_native
@pytest.mark.parametrize("arguments", [([], -1, 0), ([], 0, -1), ((), 0, 0), ([], 0), ([], "", 0)])
def test_runs_of_what_is_no_list_with_a_place(arguments: Any) -> None:
    with pytest.raises((TypeError, ValueError)):
        following(*arguments)
