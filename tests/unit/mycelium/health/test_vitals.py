"""When a process says that it is healthy and ready, and why not."""

from __future__ import annotations

from collections.abc import Mapping

from mycelium.bus import Bus
from mycelium.health.heartbeat import Heartbeat
from mycelium.health.vitals import Vitals, steadily
from mycelium.manifest import Restart, RestartStrategy, ServiceSpec
from mycelium.service import Service
from mycelium.supervisor import Supervisor
from mycelium.worker import Worker
from tests.unit.mycelium.helpers import Meta, Signal, Tick, asynchronous, collecting, manifest, spec

BRAIN = spec("brain", 2, (Signal,), (Tick, Meta), restart=Restart(RestartStrategy.NEVER))
GUARDED = spec("brain", 2, (Signal,), (Tick, Meta), restart=Restart(RestartStrategy.SYSTEMD))


class Time:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def vitals_of(
    build: type[Service] | None = None, found: ServiceSpec = BRAIN
) -> tuple[Vitals, Time]:
    time = Time()
    bus = Bus(manifest(found))
    factory = build or collecting(found, [])
    worker = Worker(bus, found, lambda: factory({}), 10)
    supervisor = Supervisor(bus, [worker])
    return Vitals("main", bus, supervisor, Heartbeat(10.0, now=time)), time


class Broken(Service):
    SPEC = BRAIN

    def __init__(self, settings: Mapping[str, object]) -> None:
        raise ValueError("no settings")


@asynchronous
async def test_a_process_that_starts_is_healthy_and_not_ready() -> None:
    vitals, _ = vitals_of()
    assert vitals.health().good
    found = vitals.ready()
    assert (found.process, found.problems) == ("main", ("brain has not started yet",))
    assert found.services == {"brain": "waiting"}


@asynchronous
async def test_a_process_whose_services_run_is_ready_until_it_stops() -> None:
    vitals, _ = vitals_of()
    await vitals.supervisor.start()
    assert vitals.ready().good
    assert vitals.ready().services == {"brain": "running"}
    await vitals.supervisor.stop()
    assert vitals.ready().problems == ("the process is being stopped",)
    assert vitals.health().good


@asynchronous
async def test_a_service_that_is_never_restarted_makes_it_unready_alone() -> None:
    vitals, _ = vitals_of(Broken)
    await vitals.supervisor.start()
    assert vitals.health().good
    assert vitals.ready().problems == ("brain was given up: ValueError: no settings",)
    await vitals.supervisor.stop()


@asynchronous
async def test_a_service_that_was_given_up_makes_it_ill() -> None:
    vitals, _ = vitals_of(Broken, GUARDED)
    await vitals.supervisor.start()
    problem = "brain was given up: ValueError: no settings"
    assert vitals.health().problems == (problem,)
    assert vitals.ready().problems == (problem,)
    assert vitals.health().services == {"brain": "failed"}
    await vitals.supervisor.stop()


@asynchronous
async def test_a_loop_that_is_stuck_makes_it_ill() -> None:
    vitals, time = vitals_of()
    time.now += 10.0
    assert vitals.health().good
    time.now += 2.0
    assert vitals.health().problems == (
        "expected the event loop to turn within 10 s, found it stuck for 12 s",
    )
    vitals.heartbeat.beat()
    assert vitals.health().good


@asynchronous
async def test_a_peer_that_is_not_connected_makes_it_unready() -> None:
    vitals, _ = vitals_of()
    await vitals.supervisor.start()

    class Joined(type(vitals.bus.transport)):  # type: ignore[misc]
        def missing(self) -> tuple[str, ...]:
            return ("adapters",)

    vitals.bus.transport = Joined()
    assert vitals.ready().problems == ("adapters is not connected",)
    assert vitals.health().good


def test_what_changes_while_it_is_looked_through_is_looked_through_again() -> None:
    numbers = dict.fromkeys(range(3))
    tries = []

    def ask() -> list[int]:
        tries.append(1)
        found = []
        for number in numbers:
            if len(tries) == 1:
                numbers[7] = None
            found.append(number)
        return found

    assert steadily(ask) == [0, 1, 2, 7]
    assert len(tries) == 2


def test_the_lag_is_that_of_the_last_beat_or_of_the_one_that_does_not_come() -> None:
    time = Time()
    heart = Heartbeat(now=time)
    time.now += 1.25
    heart.beat()
    assert heart.lag == 0.25
    time.now += 1.0
    heart.beat()
    assert heart.lag == 0.0
    time.now += 4.0
    assert (heart.lag, heart.silence, heart.stalled) == (3.0, 4.0, False)
