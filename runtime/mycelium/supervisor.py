"""Starts the services of one process, watches over them, and stops them without loss."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Coroutine, Iterable, Mapping
from types import MappingProxyType
from typing import Final

import msgspec

from mycelium.bus import Bus
from mycelium.consumer import until_idle
from mycelium.errors import StartTimeoutError
from mycelium.graph import drain_order
from mycelium.worker import Worker

DEFAULT_START_SECS: Final = 30.0
DEFAULT_DRAIN_SECS: Final = 10.0

_LOG: Final = logging.getLogger("mycelium.supervisor")
HALT_SECS: Final = 1.0
"""What a service gets to end once it was cancelled."""


class StopReport(msgspec.Struct, frozen=True):
    """What a stop could not do.

    ``undelivered`` counts messages by names of subscriber and message, since the bus began;
    ``stuck`` names services that did not end, not even when cancelled.
    """

    undelivered: Mapping[tuple[str, str], int]
    stuck: tuple[str, ...] = ()

    @property
    def clean(self) -> bool:
        """Whether every message was delivered and every service has ended."""
        return not self.undelivered and not self.stuck


class Supervisor:
    """The workers of one bus, as one.

    ``escalated`` is set when a service was given up and the process has to end; ``culprit`` is its
    worker.
    """

    def __init__(
        self,
        bus: Bus,
        workers: Iterable[Worker],
        *,
        start_secs: float = DEFAULT_START_SECS,
        drain_secs: float = DEFAULT_DRAIN_SECS,
    ) -> None:
        self.workers: Mapping[str, Worker] = MappingProxyType({w.spec.name: w for w in workers})
        self.escalated = asyncio.Event()
        self.culprit: Worker | None = None
        self._bus = bus
        self._start_secs = start_secs
        self._drain_secs = drain_secs
        self._order = drain_order(worker.spec for worker in self.workers.values())

    async def start(self) -> None:
        """Starts subscribers before their publishers; returns when all are ready.

        It returns early when a service had to be escalated.

        Raises:
            StartTimeoutError: services of one step were not ready in time
        """
        for names in reversed(self._order):
            group = [self.workers[name] for name in names]
            for worker in group:
                worker.start(self._on_end)
            try:
                async with asyncio.timeout(self._start_secs):
                    for worker in group:
                        await worker.ready.wait()
            except TimeoutError:
                late = ", ".join(w.spec.name for w in group if not w.ready.is_set())
                raise StartTimeoutError(
                    f"expected {late} to be ready within {self._start_secs:g} s"
                ) from None
            if any(worker.escalates for worker in group):
                return

    async def stop(self, *, hurry: asyncio.Event | None = None) -> StopReport:
        """Cancels background tasks, drains mailboxes in the graph's order, stops the services.

        Before that, what other processes have sent is received. That, draining and `on_stop` each
        get the drain deadline; ``hurry`` ends the first two when set.
        """
        for worker in self.workers.values():
            worker.hush()
        await self._within_deadline(self._bus.transport.quiet(self._drain_secs), hurry)
        self._bus.begin_stopping()
        await self._drain(hurry)
        stuck = await self._finish()
        await self._bus.close(drain_secs=self._drain_secs)
        rows = self._bus.counts().rows
        report = StopReport(
            MappingProxyType({k: row.undelivered for k, row in rows.items() if row.undelivered}),
            tuple(worker.spec.name for worker in stuck),
        )
        _tell(report, self._drain_secs)
        return report

    async def finished(self) -> None:
        """Returns when no service has a background task left and the bus is idle.

        A service that crashed and is to be started again is waited for, and so are its tasks.
        """
        while True:
            while tasks := [task for worker in self.workers.values() for task in worker.spawned]:
                await asyncio.wait(tasks)
            await self._bus.idle()  # a service that waits for its restart is not
            if not any(worker.busy for worker in self.workers.values()):
                return
            await asyncio.sleep(0)

    async def _drain(self, hurry: asyncio.Event | None) -> None:
        """Lets every mailbox become empty, publishers first."""
        await self._within_deadline(self._drain_in_order(), hurry)
        for worker in self.workers.values():
            if not worker.consumer.mailbox.idle:
                worker.halt()

    async def _within_deadline(
        self, work: Coroutine[None, None, None], hurry: asyncio.Event | None
    ) -> None:
        """Awaits the work until the drain deadline or until ``hurry`` is set."""
        working = asyncio.create_task(work, name="drain")
        hurried = asyncio.create_task((hurry or asyncio.Event()).wait(), name="hurry")
        try:
            await asyncio.wait(
                [working, hurried], timeout=self._drain_secs, return_when=asyncio.FIRST_COMPLETED
            )
        finally:
            for task in (working, hurried):
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await task

    async def _drain_in_order(self) -> None:
        workers = self.workers
        for worker in workers.values():
            if not worker.started:
                self._bus.abandon(worker.consumer)
        for worker in workers.values():
            await worker.hushed()
        for names in self._order:
            await until_idle(workers[name].consumer for name in names)

    async def _finish(self) -> list[Worker]:
        """Stops all services; those that do not end in time are cancelled, and named if stuck."""
        finishing = {
            asyncio.create_task(worker.finish(), name=f"{worker.spec.name} finishes"): worker
            for worker in self.workers.values()
        }
        if not finishing:
            return []
        _, late = await asyncio.wait(finishing, timeout=self._drain_secs)
        for _ in range(2):  # the first cancels handlers, the second what is left
            for task in late:
                finishing[task].halt()
            if late:
                _, late = await asyncio.wait(late, timeout=HALT_SECS)
        for task in late:
            task.cancel()
        return [finishing[task] for task in late]

    def _on_end(self, worker: Worker) -> None:
        if worker.escalates and self.culprit is None:
            self.culprit = worker
            self.escalated.set()


def _tell(report: StopReport, drain_secs: float) -> None:
    for (service, message), count in report.undelivered.items():
        _LOG.warning("%d %s not delivered to %s in this run", count, message, service)
    for name in report.stuck:
        _LOG.error("%s did not end within %g s, even when cancelled", name, drain_secs)
