"""What a process says of itself: is it alive, is it ready, and if not, why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mycelium.bus import Bus
from mycelium.health.heartbeat import Heartbeat
from mycelium.supervisor import Supervisor
from mycelium.worker import Worker


@dataclass(frozen=True, slots=True)
class Report:
    """``problems`` is empty when all is well; ``services`` has a word for each."""

    process: str
    problems: tuple[str, ...]
    services: Mapping[str, str]

    @property
    def good(self) -> bool:
        """Whether all is well."""
        return not self.problems


class Vitals:
    """Looks at a process; from any thread, since it only reads."""

    def __init__(
        self, process: str, bus: Bus, supervisor: Supervisor, heartbeat: Heartbeat
    ) -> None:
        self.process = process
        self.bus = bus
        self.supervisor = supervisor
        self.heartbeat = heartbeat

    def health(self) -> Report:
        """Alive: the event loop turns, and no service was given up."""
        problems = [_given_up(worker) for worker in self._workers if worker.given_up is not None]
        if self.heartbeat.stalled:
            problems.append(
                f"expected the event loop to turn within {self.heartbeat.stall_secs:g} s, "
                f"found it stuck for {self.heartbeat.silence:.0f} s"
            )
        return self._report(problems)

    def ready(self) -> Report:
        """Alive, and all services have started and every connection is there."""
        problems = list(self.health().problems)
        if self.bus.stopping:
            problems.append("the process is being stopped")
        problems += [
            f"{worker.spec.name} has not started yet"
            for worker in self._workers
            if not worker.ready.is_set()
        ]
        problems += [
            f"{peer} is not connected"
            for peer, connected in connections(self.bus).items()
            if not connected
        ]
        return self._report(problems)

    @property
    def _workers(self) -> tuple[Worker, ...]:
        return tuple(self.supervisor.workers.values())

    def _report(self, problems: list[str]) -> Report:
        services = {worker.spec.name: _state(worker) for worker in self._workers}
        return Report(self.process, tuple(problems), services)


def connections(bus: Bus) -> Mapping[str, bool]:
    """Whether each process that the transport connects to is there; a local one has none."""
    ask = getattr(bus.transport, "connections", None)
    found: Mapping[str, bool] = ask() if ask is not None else {}
    return found


def _given_up(worker: Worker) -> str:
    error = worker.given_up
    return f"{worker.spec.name} was given up: {type(error).__name__}: {error}"


def _state(worker: Worker) -> str:
    if worker.given_up is not None:
        return "failed"
    if not worker.started:
        return "waiting"
    return "running" if worker.ready.is_set() else "starting"
