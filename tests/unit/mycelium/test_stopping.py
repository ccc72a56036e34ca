"""How services stop: what waits is delivered, counted or given up."""

from __future__ import annotations

import asyncio
import logging

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mycelium.errors import (
    StoppingError,
)
from mycelium.protocol import Message
from mycelium.runner import ExitCode
from mycelium.service import Service
from mycelium.testing import ManualClock
from tests.unit.mycelium.helpers import (
    BRAIN,
    FEED,
    Echo,
    Pair,
    Signal,
    Tick,
    asynchronous,
    manifest,
    settle,
    spec,
    values,
)
from tests.unit.mycelium.world import World, fail_on, give_time


@asynchronous
async def test_a_crash_while_draining_is_restarted_at_once_and_the_rest_is_handled() -> None:
    """No back-off: the stop does not wait for the clock, which stands still here."""
    world = World()
    world.on_message = fail_on(1)
    process = world.process(manifest(), "brain")
    async with process:
        await values(process.bus, Tick, 5)
    assert world.handled() == [0, 1, 2, 3, 4]
    assert process.exit_code is ExitCode.CLEAN


@asynchronous
async def test_a_stop_during_the_back_off_still_drains() -> None:
    world, clock = World(), ManualClock()
    world.on_message = fail_on(0)
    process = world.process(manifest(), "brain", clock=clock)
    async with process:
        await values(process.bus, Tick, 3)
        await clock.asleep()
    assert world.handled() == [0, 1, 2]
    assert process.exit_code is ExitCode.CLEAN


@asynchronous
async def test_what_is_not_delivered_in_the_deadline_is_counted_and_said(
    caplog: pytest.LogCaptureFixture,
) -> None:
    world = World()
    world.on_message = lambda service, message: asyncio.Event().wait()
    process = world.process(manifest(), "brain", drain_secs=0.02)
    with caplog.at_level(logging.WARNING):
        async with process:
            await values(process.bus, Tick, 4)
    assert process.report is not None
    assert process.report.undelivered == {("brain", "Tick"): 3}
    assert process.bus.counts().of("brain", "Tick").dead == 4
    assert "3 Tick not delivered to brain in this run" in caplog.messages
    assert world.diary[-1] == "brain stops"
    assert process.exit_code is ExitCode.UNCLEAN


@asynchronous
async def test_nothing_comes_in_from_outside_while_draining() -> None:
    world = World()
    gate = asyncio.Event()
    world.on_message = lambda service, message: gate.wait()
    process = world.process(manifest(), "brain")
    await process.__aenter__()
    publisher = process.bus.publisher(Tick)
    await publisher.publish(Tick(1))
    stopping = asyncio.create_task(process.__aexit__())
    await settle()
    with pytest.raises(StoppingError):
        await publisher.publish(Tick(2))
    gate.set()
    await stopping
    assert world.handled() == [0]
    assert process.exit_code is ExitCode.CLEAN


@asynchronous
async def test_a_second_request_gives_up_what_waits_at_once() -> None:
    world = World()
    world.on_message = lambda service, message: asyncio.Event().wait()
    process = world.process(manifest(), "brain", drain_secs=1000.0)
    async with process:
        await values(process.bus, Tick, 4)
        await settle()
        process.request_stop()
        await process.wait()
        asyncio.get_running_loop().call_soon(process.request_stop)
    assert process.exit_code is ExitCode.UNCLEAN


@asynchronous
async def test_an_on_stop_that_hangs_is_cancelled() -> None:
    world = World()
    world.on_stop = lambda service: asyncio.Event().wait()
    process = world.process(manifest(), "brain", drain_secs=0.01)
    async with process:
        pass
    assert process.report is not None
    assert process.report.stuck == ()


@asynchronous
async def test_a_service_that_resists_cancelling_is_named_and_the_process_ends(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mycelium.supervisor.HALT_SECS", 0.01)
    world = World()
    release = asyncio.Event()

    async def stubborn(service: Service) -> None:
        while not release.is_set():
            try:
                await release.wait()
            except asyncio.CancelledError:
                continue

    world.on_stop = stubborn
    process = world.process(manifest(), "brain", drain_secs=0.01)
    async with process:
        pass
    assert process.report is not None
    assert process.report.stuck == ("brain",)
    assert "brain did not end within 0.01 s, even when cancelled" in caplog.messages
    assert process.exit_code is ExitCode.UNCLEAN
    release.set()
    await settle()


@asynchronous
async def test_tasks_spawned_while_stopping_are_cancelled_before_they_begin() -> None:
    world = World()
    begun: list[str] = []

    async def late() -> None:
        begun.append("late")

    def handle(service: Service, message: Message) -> None:
        task = service.spawn(late())
        world.diary.append(task)

    world.on_message = handle
    process = world.process(manifest(), "brain")
    async with process:
        await values(process.bus, Tick, 1)
    assert begun == []
    assert process.exit_code is ExitCode.CLEAN


@asynchronous
async def test_a_cycle_drains_together() -> None:
    """A ping-pong of finite length, asked for just before the stop, is played to its end."""
    ping = spec("ping", 1, (Signal,), (Echo,))
    pong = spec("pong", 2, (Echo,), (Signal,))
    world = World()

    async def play(service: Service, message: Message) -> None:
        assert isinstance(message, Pair)
        if message.value < 50:
            kind = service.SPEC.publishes[0]
            await service._publish(kind(message.key, message.value + 1))

    async def serve(service: Service) -> None:
        if service.SPEC.name == "ping":
            await service._publish(Signal(0, 0))

    world.on_message, world.on_start = play, serve
    process = world.process(manifest(ping, pong), "ping", "pong")
    async with process:
        pass
    assert world.handled() == list(range(51))
    assert process.exit_code is ExitCode.CLEAN


@settings(max_examples=40, deadline=None)
@given(
    capacity=st.integers(1, 5),
    count=st.integers(0, 60),
    pauses=st.lists(st.integers(0, 20), min_size=1, max_size=8),
    stop_after=st.integers(0, 60),
    crashes=st.sets(st.integers(0, 59), max_size=3),
)
def test_a_clean_stop_loses_no_message(
    capacity: int, count: int, pauses: list[int], stop_after: int, crashes: set[int]
) -> None:
    """Whenever the stop comes: what was published is handled, or is a dead letter of a crash."""

    async def scenario() -> None:
        world, clock = World(), ManualClock()
        published: list[int] = []

        async def produce(service: Service) -> None:
            for number in range(count):
                if number == stop_after:
                    process.request_stop()
                await asyncio.gather(
                    *(asyncio.sleep(0) for _ in range(pauses[number % len(pauses)]))
                )
                published.append(number)
                await service._publish(Tick(number, number))

        def start(service: Service) -> None:
            if service.SPEC is FEED:
                service.spawn(produce(service))

        async def handle(service: Service, message: Message) -> None:
            assert isinstance(message, Pair)
            for _ in range(pauses[message.value % len(pauses)]):
                await asyncio.sleep(0)
            if service.SPEC is BRAIN:
                await service._publish(Signal(message.key, message.value))
                if message.value in crashes:
                    raise ValueError("crash")

        async def pass_time() -> None:
            while True:
                await give_time(clock, 1.0)

        world.on_start, world.on_message = start, handle
        process = world.process(manifest(), "feed", "brain", "relay", mailbox=capacity, clock=clock)
        ticking = asyncio.create_task(pass_time())
        async with asyncio.timeout(20), process:
            await process.finished()
        ticking.cancel()
        counts = process.bus.counts()
        assert counts.of("feed", "Tick").published == len(published)
        brain = counts.of("brain", "Tick")
        assert brain.handled + brain.failed == len(published)
        assert brain.failed == len(crashes & set(published))
        assert counts.of("relay", "Signal").handled == len(published)
        assert [m[1].value for m in world.diary if isinstance(m, tuple) and m[0] == "relay"] == (
            published
        )
        assert process.exit_code is ExitCode.CLEAN

    asyncio.run(scenario())
