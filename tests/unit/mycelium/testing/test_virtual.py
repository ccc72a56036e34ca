from __future__ import annotations

import asyncio
import threading
import time

import pytest

from mycelium.testing import StalledError, VirtualClock
from tests.unit.mycelium.helpers import asynchronous


@asynchronous
async def test_sleeps_take_no_time_and_their_order_holds() -> None:
    woken: list[float] = []
    began = time.monotonic()
    async with VirtualClock(5) as clock:

        async def sleeper(seconds: float) -> None:
            await asyncio.sleep(seconds)
            woken.append(clock.monotonic())

        async with asyncio.TaskGroup() as group:
            for seconds in (86_400 * 3, 1, 60):
                group.create_task(sleeper(seconds))
        assert woken == pytest.approx([1, 60, 86_400 * 3])
        assert clock.timestamp() == 5 + 86_400 * 3 * 10**9
    assert time.monotonic() - began < 5


@asynchronous
async def test_a_timeout_is_one_of_the_clocks() -> None:
    async with VirtualClock() as clock:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(30):
                await asyncio.sleep(31)
        assert clock.monotonic() == pytest.approx(30)


@asynchronous
async def test_resting_lets_all_happen_that_needs_no_time() -> None:
    async with VirtualClock() as clock:
        done: list[str] = []

        async def steps() -> None:
            for _ in range(100):
                await asyncio.sleep(0)
            done.append("now")
            await asyncio.sleep(0.001)
            done.append("later")

        task = asyncio.create_task(steps())
        await clock.rest()
        assert (done, clock.monotonic()) == (["now"], 0.0)
        await clock.advance(0.001)
        assert done == ["now", "later"]
        assert task.done()


@asynchronous
async def test_a_thread_stops_the_time_until_it_is_done() -> None:
    may_end = threading.Event()
    async with VirtualClock() as clock:
        threading.Timer(0.02, may_end.set).start()
        async with asyncio.timeout(0.001):  # a real thread takes longer
            assert await asyncio.to_thread(may_end.wait, 10)
        assert clock.monotonic() == 0.0


@asynchronous
async def test_the_loops_own_time_is_back_when_the_clock_is_left() -> None:
    loop = asyncio.get_running_loop()
    before = loop.time()
    outer = asyncio.create_task(asyncio.sleep(600))
    await asyncio.sleep(0)
    async with VirtualClock():
        inner = asyncio.create_task(asyncio.sleep(3600.001))
        await asyncio.sleep(3600)
        assert not outer.done()  # it was set before
    assert loop.time() - before < 60
    await inner
    assert loop.time() - before < 60
    outer.cancel()


@asynchronous
async def test_a_clock_can_be_entered_within_itself_and_again() -> None:
    clock = VirtualClock()
    async with clock:
        async with clock:
            assert VirtualClock.running() is clock
            await clock.advance(1)
        assert VirtualClock.running() is clock
    assert VirtualClock.running() is None
    async with clock:
        await clock.advance(1)
    assert clock.monotonic() == pytest.approx(2)


@asynchronous
async def test_two_clocks_in_one_loop_are_refused() -> None:
    async with VirtualClock():
        with pytest.raises(RuntimeError, match="expected one virtual clock in an event loop"):
            async with VirtualClock():
                pass


@asynchronous
async def test_what_cannot_come_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mycelium.testing.virtual.PATIENCE_SECS", 0.01)
    other = asyncio.create_task(asyncio.Event().wait(), name="other")
    with pytest.raises(StalledError) as stalled:
        async with VirtualClock():
            await asyncio.wait([other])
    shown = str(stalled.value)
    assert shown.startswith("everything waits, and no timer is set; what waits:\n")
    assert "  other: in Event.wait (locks.py:" in shown
    assert asyncio.current_task() is not None
    await asyncio.sleep(0)  # the test itself is not cancelled any more
    other.cancel()


@asynchronous
async def test_a_wait_during_which_timers_go_off_for_ever_ends(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("mycelium.testing.virtual.JUMPS", 100)

    loop = asyncio.get_running_loop()

    def tick() -> None:
        loop.call_later(1, tick)

    async def wait() -> None:
        async with VirtualClock() as clock:
            tick()
            for _ in range(3):
                await clock.advance(99)
            await asyncio.Event().wait()

    with pytest.raises(StalledError, match="100 timers went off while the test waited"):
        await wait()


@asynchronous
async def test_reaching_a_timestamp_never_goes_back() -> None:
    async with VirtualClock(1000) as clock:
        await clock.reach(1000 + 5_000_000_000)
        assert clock.timestamp() == 1000 + 5_000_000_000
        await clock.reach(1000)
        assert clock.timestamp() == 1000 + 5_000_000_000


def test_another_event_loop_is_refused_by_name() -> None:
    uvloop = pytest.importorskip("uvloop")

    async def enter() -> None:
        async with VirtualClock():
            pass

    with (
        asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner,
        pytest.raises(TypeError, match=r"expected an event loop of asyncio, found uvloop\.Loop"),
    ):
        runner.run(enter())
