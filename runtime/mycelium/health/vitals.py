"""What a process says of itself: is it alive, is it ready, and if not, why."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, TypeVar

from mycelium.bus import Bus
from mycelium.deadletters import error_text
from mycelium.health.heartbeat import Heartbeat
from mycelium.supervisor import Supervisor
from mycelium.worker import Worker

T = TypeVar("T")

_TRIES: Final = 10


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
        """Alive: the event loop turns, and no service was given up that a new process would bring.

        A service that is never restarted is left out: the process manager must not restart it.
        """
        problems = [_given_up(worker) for worker in self._workers if worker.escalates]
        if self.heartbeat.stalled:
            problems.append(
                f"expected the event loop to turn within {self.heartbeat.stall_secs:g} s, "
                f"found it stuck for {self.heartbeat.silence:.0f} s"
            )
        return self._report(problems)

    def ready(self) -> Report:
        """Alive, and all services have started and every connection is there."""
        problems = list(self.health().problems)
        problems += [
            _given_up(worker)
            for worker in self._workers
            if worker.given_up is not None and not worker.escalates
        ]
        if self.bus.stopping:
            problems.append("the process is being stopped")
        problems += [
            f"{worker.spec.name} has not started yet"
            for worker in self._workers
            if not worker.ready.is_set()
        ]
        problems += [f"{peer} is not connected" for peer in self.missing()]
        return self._report(problems)

    def missing(self) -> tuple[str, ...]:
        """The processes that ought to be connected and are not."""
        return steadily(self.bus.transport.missing)

    @property
    def _workers(self) -> tuple[Worker, ...]:
        return tuple(self.supervisor.workers.values())

    def _report(self, problems: list[str]) -> Report:
        services = {worker.spec.name: _state(worker) for worker in self._workers}
        return Report(self.process, tuple(problems), services)


def steadily(ask: Callable[[], T]) -> T:
    """The answer of something that looks through what another thread may change meanwhile."""
    for _ in range(_TRIES):
        with contextlib.suppress(RuntimeError):  # it changed size during iteration
            return ask()
    return ask()


def _given_up(worker: Worker) -> str:
    assert worker.given_up is not None
    return f"{worker.spec.name} was given up: {error_text(worker.given_up)}"


def _state(worker: Worker) -> str:
    if worker.given_up is not None:
        return "failed"
    if not worker.started:
        return "waiting"
    return "running" if worker.ready.is_set() else "starting"
