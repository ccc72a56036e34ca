"""How services start, and how the bus runs meanwhile."""

from __future__ import annotations

import asyncio

import pytest

from mycelium.errors import (
    NoMessageInHandError,
    NotRunningError,
    StartTimeoutError,
    StoppingError,
)
from mycelium.protocol import Message
from mycelium.runner import ExitCode
from mycelium.service import Service
from tests.unit.mycelium.helpers import (
    BRAIN,
    FEED,
    Meta,
    Tick,
    asynchronous,
    manifest,
    values,
)
from tests.unit.mycelium.world import World


@asynchronous
async def test_subscribers_start_before_publishers_and_stop_after_the_last_message() -> None:
    world = World()

    async def work(service: Service) -> None:
        for number in range(3):
            await service._publish(Tick(number, number))

    def start(service: Service) -> None:
        if service.SPEC is FEED:
            service.spawn(work(service))

    world.on_start = start
    process = world.process(manifest(), "feed", "brain", "relay")
    async with process:
        assert world.diary[:3] == ["relay starts", "brain starts", "feed starts"]
        await process.finished()
    assert world.handled() == [0, 1, 2]
    assert sorted(map(str, world.diary[-3:])) == ["brain stops", "feed stops", "relay stops"]
    assert process.exit_code is ExitCode.CLEAN
    assert process.report is not None
    assert process.report.clean


@asynchronous
async def test_on_start_may_publish_and_on_stop_may_not() -> None:
    world = World()
    refusals: list[Exception] = []

    async def start(service: Service) -> None:
        if service.SPEC is FEED:
            await service._publish(Tick(1, 1))

    async def stop(service: Service) -> None:
        if service.SPEC is FEED:
            with pytest.raises(NotRunningError, match="no bus runs it") as caught:
                await service._publish(Tick(2, 2))
            refusals.append(caught.value)
            with pytest.raises(NoMessageInHandError):
                _ = service.envelope

    world.on_start, world.on_stop = start, stop
    async with world.process(manifest(), "feed", "brain"):
        pass
    assert world.handled() == [1]
    assert len(refusals) == 1


@asynchronous
async def test_one_message_at_a_time_even_if_the_handler_waits() -> None:
    world = World()
    inside = 0

    async def check(service: Service, message: Message) -> None:
        nonlocal inside
        inside += 1
        await asyncio.sleep(0)
        assert inside == 1
        inside -= 1

    world.on_message = check
    process = world.process(manifest(), "brain")
    async with process:
        await asyncio.gather(values(process.bus, Tick, 50), values(process.bus, Meta, 50))
        await process.bus.idle()
    assert len(world.handled()) == 100


@asynchronous
async def test_start_that_takes_too_long_is_refused_and_everything_is_stopped() -> None:
    world = World()
    world.on_start = lambda service: asyncio.Event().wait() if service.SPEC is BRAIN else None
    process = world.process(manifest(), "feed", "brain", "relay", start_secs=0.01, drain_secs=0.01)
    with pytest.raises(StartTimeoutError, match=r"brain to be ready within 0.01 s"):
        async with process:
            pytest.fail("must not start")
    assert world.diary == ["relay starts", "brain starts", "relay stops"]


@asynchronous
async def test_a_stop_that_is_asked_for_while_starting_ends_the_start() -> None:
    world = World()
    process = world.process(manifest(), "brain", drain_secs=0.01)

    async def start(service: Service) -> None:
        process.request_stop()
        await asyncio.Event().wait()

    world.on_start = start
    async with process:
        await process.wait()
    assert world.diary == ["brain starts"]


@asynchronous
async def test_waiting_ends_with_a_requested_stop() -> None:
    process = World().process(manifest(), "brain")
    async with process:
        asyncio.get_running_loop().call_soon(process.request_stop)
        await process.wait()
    assert process.exit_code is ExitCode.CLEAN


@asynchronous
async def test_nothing_comes_in_from_outside_while_stopping() -> None:
    process = World().process(manifest(), "brain")
    async with process:
        publisher = process.bus.publisher(Tick)
    with pytest.raises(StoppingError):
        await publisher.publish(Tick(1))
