"""How services live: started, crashed, restarted, given up, stopped."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mycelium.deadletters import MemoryDeadLetters
from mycelium.envelope import Envelope
from mycelium.errors import (
    NoMessageInHandError,
    NotRunningError,
    RecordingInUseError,
    StartTimeoutError,
    StoppingError,
)
from mycelium.manifest import Manifest, Restart, RestartStrategy, ServiceSpec
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

Build = Callable[[Mapping[str, Any]], Service]
NEVER = Restart(RestartStrategy.NEVER)
SYSTEMD = Restart(RestartStrategy.SYSTEMD)


class World:
    """What the services of one test share: a diary, and what to do with a message."""

    def __init__(self) -> None:
        self.diary: list[object] = []
        self.on_message: Callable[[Service, Message], Any] | None = None
        self.on_start: Callable[[Service], Any] | None = None
        self.on_stop: Callable[[Service], Any] | None = None

    def service(self, of: ServiceSpec) -> Build:
        world = self

        class Told(Service):
            SPEC: ClassVar[ServiceSpec] = of
            HANDLERS: ClassVar[Mapping[type[Message], str]] = {
                subscription.message: "handle" for subscription in of.subscribes
            }

            async def on_start(self) -> None:
                world.diary.append(f"{of.name} starts")
                await _maybe(world.on_start, self)

            async def on_stop(self) -> None:
                world.diary.append(f"{of.name} stops")
                await _maybe(world.on_stop, self)

            async def handle(self, message: Message) -> None:
                world.diary.append((of.name, message, self.envelope.retained))
                await _maybe(world.on_message, self, message)

        return Told

    def process(
        self, system: Manifest, *names: str, clock: ManualClock | None = None, **parts: Any
    ) -> Process:
        topology = Topology.of(system, services=names, **{"drain_secs": 5.0, **parts})
        builds = {name: self.service(system.service(name)) for name in names}
        return Process(system, topology, builds, clock=clock or ManualClock())

    def handled(self) -> list[int]:
        return [m[1].value for m in self.diary if isinstance(m, tuple)]


async def _maybe(action: Callable[..., Any] | None, *args: object) -> None:
    if action is not None:
        result = action(*args)
        if result is not None:
            await result


def fail_on(number: int) -> Callable[[Service, Message], None]:
    def check(service: Service, message: Message) -> None:
        if isinstance(message, Pair) and message.value == number:
            raise ValueError(f"no {number}")

    return check


async def give_time(clock: ManualClock, seconds: float) -> None:
    """Waits until somebody sleeps, then lets the time pass."""
    await clock.asleep()
    clock.advance(seconds)


# starting and stopping --------------------------------------------------------------------------


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


# crashes ----------------------------------------------------------------------------------------


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


# stopping under load ----------------------------------------------------------------------------


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
