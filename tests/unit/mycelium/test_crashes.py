"""How services crash, are restarted and given up."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest

from mycelium.envelope import Envelope
from mycelium.errors import (
    NotRunningError,
    RecordingInUseError,
)
from mycelium.protocol import Message
from mycelium.runner import ExitCode, Process
from mycelium.service import Service
from mycelium.testing import ManualClock
from mycelium.topology import Topology
from tests.unit.mycelium.helpers import (
    BRAIN,
    FEED,
    QUICK,
    RELAY,
    Meta,
    Signal,
    Tick,
    asynchronous,
    manifest,
    settle,
    spec,
    values,
)
from tests.unit.mycelium.world import NEVER, SYSTEMD, World, fail_on, give_time


@asynchronous
async def test_a_handlers_exception_restarts_the_service_and_nothing_else_is_lost(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A new instance goes on with the next message; the bad one is a dead letter."""
    world, clock = World(), ManualClock()
    world.on_message = fail_on(2)
    process = world.process(manifest(), "brain", clock=clock)
    async with process:
        await values(process.bus, Tick, 5)
        await give_time(clock, 0.1)
        await process.bus.idle()
        counts = process.bus.counts()
    assert world.handled() == [0, 1, 2, 3, 4]
    assert world.diary.count("brain starts") == world.diary.count("brain stops") == 2
    row = counts.of("brain", "Tick")
    assert (row.handled, row.failed, row.dead, row.undelivered) == (4, 1, 1, 0)
    assert counts.crashes == {"brain": 1}
    assert process.exit_code is ExitCode.CLEAN
    frame = Tick(2, 2).to_tlv().hex()
    assert any(
        "brain failed on Tick, source 1, sequence 3 (ValueError: no 2)" in m and frame in m
        for m in caplog.messages
    )
    assert "brain crashed, restart in 0.1 s" in caplog.messages


@asynchronous
async def test_sequences_go_on_over_a_restart() -> None:
    """What the service publishes after its restart is no repeat of what it published before."""
    world, clock = World(), ManualClock()
    seen: list[Envelope] = []

    async def answer(service: Service, message: Message) -> None:
        if service.SPEC is RELAY:
            seen.append(service.envelope)
            return
        assert isinstance(message, Tick)
        await service._publish(Signal(message.key, message.value))
        fail_on(1)(service, message)

    world.on_message = answer
    process = world.process(manifest(), "brain", "relay", clock=clock)
    async with process:
        await values(process.bus, Tick, 3)
        await give_time(clock, 0.1)
        await process.bus.idle()
    assert [e.sequence for e in seen] == [1, 2, 3]
    assert [e.timestamp for e in seen] == sorted({e.timestamp for e in seen})


@asynchronous
async def test_a_restarted_service_gets_retained_values_before_live_ones() -> None:
    world, clock = World(), ManualClock()
    world.on_message = fail_on(99)
    process = world.process(manifest(), "brain", clock=clock)
    async with process:
        metas, ticks = process.bus.publisher(Meta), process.bus.publisher(Tick)
        await metas.publish(Meta(1, 1))
        await process.bus.idle()
        await ticks.publish(Tick(0, 99))
        await settle()
        await ticks.publish(Tick(0, 5))
        await metas.publish(Meta(2, 2))
        await give_time(clock, 0.1)
        await process.bus.idle()
        assert process.bus.counts().of("brain", "Meta").retained == 1
    after = world.diary[world.diary.index("brain stops") :]
    assert after[2:-1] == [
        ("brain", Meta(1, 1), True),
        ("brain", Tick(0, 5), False),
        ("brain", Meta(2, 2), False),
    ]


@asynchronous
async def test_a_retained_value_that_crashed_the_service_does_not_crash_it_again() -> None:
    world, clock = World(), ManualClock()
    world.on_message = fail_on(1)
    process = world.process(manifest(), "brain", clock=clock)
    async with process:
        await process.bus.publisher(Meta).publish(Meta(1, 1))
        await give_time(clock, 0.1)
        await process.bus.idle()
        assert process.bus.counts().crashes == {"brain": 1}
    assert process.exit_code is ExitCode.CLEAN


@asynchronous
async def test_a_crash_among_retained_values_gives_the_others_once() -> None:
    world, clock = World(), ManualClock()
    world.on_message = fail_on(1)
    process = world.process(manifest(), "brain", clock=clock)
    publisher = process.bus.publisher(Meta)
    for number in (1, 2, 3):
        await publisher.publish(Meta(number, number))
    process.supervisor.workers["brain"].consumer.mailbox.items.clear()  # it came too late for them
    async with process:
        await give_time(clock, 0.1)
        await process.bus.idle()
    assert world.handled() == [1, 2, 3]


@asynchronous
async def test_too_many_crashes_end_the_process_after_the_others_stopped_cleanly(
    caplog: pytest.LogCaptureFixture,
) -> None:
    world, clock = World(), ManualClock()

    def fail(service: Service, message: Message) -> None:
        if service.SPEC is BRAIN:
            raise ValueError("always")

    world.on_message = fail
    process = world.process(manifest(), "brain", "relay", clock=clock)
    async with process:
        publishing = asyncio.create_task(values(process.bus, Tick, 6))
        for _ in range(QUICK.max_restarts):
            await give_time(clock, 1)
        await process.wait()
        await publishing
    assert process.exit_code is ExitCode.ESCALATED
    assert world.diary.count("brain starts") == 1 + QUICK.max_restarts
    assert world.diary[-1] == "relay stops"
    row = process.bus.counts().of("brain", "Tick")
    assert (row.failed, row.undelivered, row.dead) == (4, 2, 6)
    assert "brain crashed and is not restarted (one_for_one, 3 restarts in 60 s)" in caplog.messages


@asynchronous
async def test_systemd_ends_the_process_at_the_first_crash() -> None:
    world = World()
    world.on_message = fail_on(0)
    brain = spec("brain", 2, (Signal,), (Tick, Meta), restart=SYSTEMD)
    process = world.process(manifest(FEED, brain), "brain")
    async with process:
        await values(process.bus, Tick, 1)
        await process.wait()
    assert process.exit_code is ExitCode.ESCALATED
    assert process.supervisor.culprit is process.supervisor.workers["brain"]


@asynchronous
async def test_never_leaves_the_service_dead_and_its_publishers_free() -> None:
    world = World()
    world.on_message = fail_on(0)
    brain = spec("brain", 2, (Signal,), (Tick, Meta), restart=NEVER)
    process = world.process(manifest(FEED, brain, RELAY), "brain", "relay", mailbox=2)
    async with process:
        await values(process.bus, Tick, 10)
        await process.bus.idle()
        assert world.diary.count("brain starts") == 1
        assert not process.supervisor.escalated.is_set()
    row = process.bus.counts().of("brain", "Tick")
    assert row.handled + row.failed + row.undelivered == 10
    assert row.failed == 1
    assert process.exit_code is ExitCode.UNCLEAN


@asynchronous
async def test_a_crash_in_on_start_counts_like_any_other_and_is_not_stopped() -> None:
    world, clock = World(), ManualClock()
    failures = iter([True, True, False])

    def start(service: Service) -> None:
        if next(failures):
            raise OSError("no connection")

    world.on_start = start
    process = world.process(manifest(), "brain", clock=clock)
    entering = asyncio.create_task(process.__aenter__())
    await give_time(clock, 0.1)
    await give_time(clock, 0.2)
    await entering
    await values(process.bus, Tick, 1)
    await process.__aexit__()
    assert world.diary == [
        *["brain starts"] * 3,
        ("brain", Tick(0, 0), False),
        "brain stops",
    ]
    assert process.bus.counts().crashes == {"brain": 2}


@asynchronous
async def test_a_service_that_never_starts_is_escalated_and_publishers_never_start() -> None:
    world = World()

    def start(service: Service) -> None:
        if service.SPEC.name == "brain":
            raise OSError("no connection")

    world.on_start = start
    brain = spec("brain", 2, (Signal,), (Tick, Meta), restart=SYSTEMD)
    process = world.process(manifest(FEED, brain, RELAY), "feed", "brain", "relay")
    async with process:
        await process.wait()
    assert world.diary == ["relay starts", "brain starts", "relay stops"]
    assert process.exit_code is ExitCode.ESCALATED


@asynchronous
async def test_what_a_restart_would_meet_again_gives_the_service_up_at_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    world = World()

    def start(service: Service) -> None:
        raise RecordingInUseError("day.frames: taken")

    world.on_start = start
    process = world.process(manifest(), "brain")
    async with process:
        await process.wait()
    assert world.diary == ["brain starts"]
    assert caplog.messages == ["brain is given up, a restart is in vain: day.frames: taken"]
    assert process.exit_code is ExitCode.ESCALATED


@asynchronous
async def test_a_constructor_that_raises_is_a_crash() -> None:
    def build(settings: Mapping[str, Any]) -> Service:
        raise KeyError("pools")

    brain = spec("brain", 2, (Signal,), (Tick, Meta), restart=SYSTEMD)
    system = manifest(FEED, brain)
    process = Process(system, Topology.of(system, services=("brain",)), {"brain": build})
    async with process:
        await process.wait()
    assert process.exit_code is ExitCode.ESCALATED
    assert isinstance(process.supervisor.workers["brain"].given_up, KeyError)


@asynchronous
async def test_a_crash_in_on_stop_is_told_and_the_stop_goes_on(
    caplog: pytest.LogCaptureFixture,
) -> None:
    world = World()

    def stop(service: Service) -> None:
        if service.SPEC is BRAIN:
            raise OSError("cannot flush")

    world.on_stop = stop
    process = world.process(manifest(), "brain", "relay")
    async with process:
        pass
    assert "brain failed in on_stop" in caplog.messages
    assert process.bus.counts().crashes == {"brain": 1}
    assert "relay stops" in world.diary


@asynchronous
async def test_an_old_instance_is_silent_after_a_crash() -> None:
    world, clock = World(), ManualClock()
    instances: list[Service] = []
    world.on_start = instances.append
    world.on_message = fail_on(0)
    process = world.process(manifest(), "brain", clock=clock)
    async with process:
        await values(process.bus, Tick, 1)
        await give_time(clock, 0.1)
        await process.bus.idle()
        assert len(instances) == 2
        with pytest.raises(NotRunningError):
            await instances[0]._publish(Signal(1))
        with pytest.raises(NotRunningError):
            instances[0].spawn(asyncio.sleep(0))
        await instances[1]._publish(Signal(1))


@asynchronous
async def test_a_message_of_a_crashing_service_that_cannot_be_encoded_is_logged_as_text(
    caplog: pytest.LogCaptureFixture,
) -> None:
    world, clock = World(), ManualClock()
    world.on_message = fail_on(1 << 64)
    process = world.process(manifest(), "brain", clock=clock)
    async with process:
        await process.bus.publisher(Tick).publish(Tick(0, 1 << 64))
        await give_time(clock, 0.1)
        await process.bus.idle()
    assert "Tick(key=0, value=18446744073709551616)" in caplog.text


@asynchronous
async def test_an_on_stop_that_hangs_cannot_prevent_a_restart(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("mycelium.worker.ON_STOP_SECS", 0.01)
    world, clock = World(), ManualClock()
    world.on_message = fail_on(0)
    hangs = iter([True])
    world.on_stop = lambda service: asyncio.Event().wait() if next(hangs, False) else None
    process = world.process(manifest(), "brain", clock=clock)
    async with process:
        await values(process.bus, Tick, 2)
        await give_time(clock, 0.1)
        await process.bus.idle()
    assert world.handled() == [0, 1]


@asynchronous
async def test_a_failure_of_the_runtime_itself_ends_the_process() -> None:
    class Broken(ManualClock):
        def monotonic(self) -> float:
            raise RuntimeError("no clock")

    world = World()
    world.on_message = fail_on(0)
    process = world.process(manifest(), "brain", clock=Broken())
    async with process:
        await values(process.bus, Tick, 1)
        await process.wait()
    assert process.exit_code is ExitCode.ESCALATED
    assert isinstance(process.supervisor.workers["brain"].given_up, RuntimeError)


@asynchronous
async def test_a_process_without_services_is_fine() -> None:
    process = World().process(manifest())
    async with process:
        await process.finished()
    assert process.exit_code is ExitCode.CLEAN
