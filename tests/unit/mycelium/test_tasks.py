"""What services spawn: crashes, ends and cancelling of their tasks."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest

from mycelium.deadletters import MemoryDeadLetters
from mycelium.protocol import Message
from mycelium.runner import Process
from mycelium.service import Service
from mycelium.testing import ManualClock
from mycelium.topology import Topology
from tests.unit.mycelium.helpers import (
    Tick,
    asynchronous,
    manifest,
    settle,
    spec,
    values,
)
from tests.unit.mycelium.world import NEVER, World, give_time


@asynchronous
async def test_a_crash_in_a_spawned_task_restarts_the_service_and_buries_the_message_in_hand() -> (
    None
):
    """Its handler is cancelled: it may have waited for the very task that crashed."""
    world, clock = World(), ManualClock()
    crash = asyncio.Event()

    async def read_loop() -> None:
        await crash.wait()
        crash.clear()
        raise ConnectionError("gone")

    def start(service: Service) -> None:
        service.spawn(read_loop(), name="read loop")

    async def handle(service: Service, message: Message) -> None:
        if message == Tick(0, 0):
            crash.set()
            await asyncio.Event().wait()

    world.on_start, world.on_message = start, handle
    process = world.process(manifest(), "brain", clock=clock)
    async with process:
        await values(process.bus, Tick, 3)
        await give_time(clock, 0.1)
        await process.bus.idle()
        row = process.bus.counts().of("brain", "Tick")
        assert (row.handled, row.failed, row.dead) == (2, 1, 1)
        assert process.bus.counts().crashes == {"brain": 1}
    assert world.handled() == [0, 1, 2]


@asynchronous
async def test_a_spawned_task_that_ends_or_is_cancelled_is_no_crash() -> None:
    world = World()
    process = world.process(manifest(), "brain")
    tasks: list[asyncio.Task[Any]] = []

    def start(service: Service) -> None:
        tasks.append(service.spawn(asyncio.sleep(0, "done")))
        tasks.append(service.spawn(asyncio.Event().wait()))
        tasks[1].cancel()

    world.on_start = start
    async with process:
        await process.finished()
        assert await tasks[0] == "done"
        assert process.bus.counts().crashes == {}


@asynchronous
async def test_a_service_whose_task_crashed_is_not_finished_before_its_restart_is() -> None:
    world, clock = World(), ManualClock()
    process = world.process(manifest(), "feed", clock=clock)
    lives: list[int] = []
    go = asyncio.Event()

    async def work(service: Service) -> None:
        lives.append(len(lives))
        if len(lives) < 3:
            raise ValueError("unlucky")
        await go.wait()
        await service._publish(Tick(1, 1))

    world.on_start = lambda service: service.spawn(work(service)) and None
    async with process:
        finished = asyncio.create_task(process.finished())
        await give_time(clock, 0.1)
        await give_time(clock, 0.2)
        await settle()
        assert (lives, finished.done()) == ([0, 1, 2], False)
        go.set()
        await finished
        assert process.bus.counts().of("feed", "Tick").published == 1


@pytest.mark.parametrize("where", ["on_start", "on_stop", "a background task", "__init__"])
@asynchronous
async def test_a_service_that_exits_has_crashed_and_the_process_goes_on(
    where: str, caplog: pytest.LogCaptureFixture
) -> None:
    world = World()
    system = manifest(spec("feed", 1, publishes=(Tick,), restart=NEVER), spec("brain", 2))

    def leave(_: Service) -> None:
        raise SystemExit(3)

    async def work() -> None:
        raise SystemExit(3)

    def build(_: Mapping[str, Any]) -> Service:
        raise SystemExit(3)

    def start(service: Service) -> None:
        if service.SPEC.name == "feed" and where == "a background task":
            service.spawn(work())
        elif service.SPEC.name == "feed" and where == "on_start":
            leave(service)

    world.on_start = start
    world.on_stop = leave if where == "on_stop" else None
    builds = {"feed": world.service(system.service("feed"))}
    if where == "__init__":
        builds["feed"] = build
    process = Process(system, Topology.of(system, services=["feed"]), builds, clock=ManualClock())
    async with process:
        await process.finished()
    assert f"feed: {where} called exit(3)" in caplog.text
    assert process.bus.counts().crashes == {"feed": 1}


@asynchronous
async def test_a_task_that_is_cancelled_before_it_begins_is_closed() -> None:
    world = World()
    began: list[int] = []

    async def work() -> None:
        began.append(1)

    world.on_start = lambda service: service.spawn(work()).cancel() and None
    async with world.process(manifest(), "feed"):
        pass  # warnings are errors: of a coroutine that nobody awaited, say
    assert began == []


@asynchronous
async def test_only_a_coroutine_is_spawned() -> None:
    world = World()
    refusals: list[str] = []

    def start(service: Service) -> None:
        try:
            service.spawn(asyncio.sleep)  # type: ignore[arg-type]
        except TypeError as error:
            refusals.append(str(error))

    world.on_start = start
    async with world.process(manifest(), "feed"):
        pass
    assert refusals == [f"expected a coroutine to spawn, found {asyncio.sleep!r}"]


@asynchronous
async def test_a_message_whose_error_has_no_text_is_a_dead_letter_all_the_same() -> None:
    class MuteError(Exception):
        def __str__(self) -> str:
            raise ValueError("no text")

    def fail(_: Service, message: Message) -> None:
        raise MuteError

    world, clock = World(), ManualClock()
    world.on_message = fail
    process = world.process(manifest(), "brain", clock=clock)
    async with process:
        await values(process.bus, Tick, 1)
        await give_time(clock, 0.1)
    letters = process.bus.dead_letters
    assert isinstance(letters, MemoryDeadLetters)
    assert [letter.error for letter in letters.letters] == ["MuteError, which cannot be shown"]


@asynchronous
async def test_a_spawned_task_keeps_the_envelope_that_it_was_started_under() -> None:
    world = World()
    seen: list[int] = []

    async def later(service: Service, go: asyncio.Event) -> None:
        await go.wait()
        seen.append(service.envelope.sequence)

    go = asyncio.Event()

    def handle(service: Service, message: Message) -> None:
        if message == Tick(0, 0):
            service.spawn(later(service, go))

    world.on_message = handle
    process = world.process(manifest(), "brain")
    async with process:
        await values(process.bus, Tick, 3)
        await process.bus.idle()
        go.set()
        await process.finished()
    assert seen == [1]
