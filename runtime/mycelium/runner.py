"""One process: services, bus and supervisor together, and what signals do to them."""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import signal
import sys
from collections.abc import Callable, Coroutine, Iterator, Mapping
from enum import IntEnum
from typing import Any, Self, TypeAlias, TypeVar

from mycelium import transports
from mycelium.bus import Bus
from mycelium.clock import SYSTEM_CLOCK, Clock
from mycelium.deadletters import DeadLetters, FolderDeadLetters, MemoryDeadLetters
from mycelium.errors import StartTimeoutError
from mycelium.instruments import Instruments
from mycelium.loading import check_service, load_service
from mycelium.manifest import Manifest, ServiceSpec
from mycelium.monitors.watching import Mode, Monitors
from mycelium.service import Service
from mycelium.supervisor import HALT_SECS, StopReport, Supervisor
from mycelium.topology import Topology
from mycelium.transports import Transport
from mycelium.transports.local import LocalTransport
from mycelium.worker import Build, Worker

T = TypeVar("T")
Services: TypeAlias = Mapping[str, Callable[[Mapping[str, Any]], Service]]
"""By service name, what builds the service from its settings: its class, mostly."""


class ExitCode(IntEnum):
    """How a process ended; the numbers above 0 are those of sysexits.h."""

    CLEAN = 0
    UNCLEAN = 74
    """Stopped, but messages were not delivered or a service did not end (EX_IOERR)."""
    ESCALATED = 75
    """A service was given up; the process manager should start again (EX_TEMPFAIL)."""


class Process:
    """One process of a topology: its services on one bus, as an asynchronous context manager.

    Entering starts them and leaving stops them; ``report`` then says what was left undone.
    ``started`` is true once all of them run: not when a stop was requested before.
    ``services`` builds the named ones in place of their implementation path. ``name`` is the
    process's; it may be left out when the topology has only one.

    Raises:
        ServiceLoadError: a service's class cannot be used
        UnknownProcessError: the topology has no such process, or several and none was named
        TransportError: a link that the topology asks for cannot be made
        UnknownPromiseError: the topology has a mode for a promise that nobody makes
        MissingLibraryError: the topology asks for what needs a library that is not installed
    """

    def __init__(
        self,
        manifest: Manifest,
        topology: Topology,
        services: Services | None = None,
        *,
        name: str | None = None,
        clock: Clock = SYSTEM_CLOCK,
    ) -> None:
        self.plan = topology.process(name) if name is not None else topology.only_process
        self.bus = Bus(
            manifest,
            transport=_transport(topology, self.plan.name, manifest),
            monitors=_monitors(topology, manifest, clock),
            dead_letters=_dead_letters(topology),
            clock=clock,
        )
        self.instruments = Instruments(
            self.bus, self.plan, tracing=topology.tracing, stall_secs=topology.stall_secs
        )
        self.report: StopReport | None = None
        self.started = False
        self._stop_requested = asyncio.Event()
        self._hurry = asyncio.Event()
        self._start_secs = topology.start_secs
        self._asked = False
        builds = {
            spec: _build(spec, topology, services or {})
            for spec in map(manifest.service, self.plan.services)
        }
        self.supervisor = Supervisor(
            self.bus,
            [
                Worker(self.bus, spec, build, topology.capacity(spec.name))
                for spec, build in builds.items()
            ],
            start_secs=topology.start_secs,
            drain_secs=topology.drain_secs,
        )

    async def __aenter__(self) -> Self:
        try:
            await self._start()
        except BaseException:
            await self._stop()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stop()

    @property
    def exit_code(self) -> ExitCode:
        """How the process ended; of meaning once it was left."""
        if self.supervisor.escalated.is_set():
            return ExitCode.ESCALATED
        if self.report is not None and not self.report.clean:
            return ExitCode.UNCLEAN
        return ExitCode.CLEAN

    def request_stop(self) -> None:
        """Ends `wait`; called again, what waits in mailboxes is given up at once."""
        if self._asked:
            self._hurry.set()
        self._asked = True
        self._stop_requested.set()

    async def wait(self) -> None:
        """Returns when a stop was requested or a service was escalated."""
        await _first_of(self._stop_requested.wait(), self.supervisor.escalated.wait())

    async def finished(self) -> None:
        """Returns when no service has a background task left and everything is handled.

        Returns at once when a stop was requested or a service was escalated.
        """
        await _first_of(self.supervisor.finished(), self.wait())

    async def until_stopped(self, work: Coroutine[Any, Any, object]) -> None:
        """Awaits the work; cancels it once a stop was requested or a service was escalated."""
        if self._stop_requested.is_set() or self.supervisor.escalated.is_set():
            work.close()
            return
        await _first_of(work, self.wait())

    async def _start(self) -> None:
        """Connects and starts the services, unless a stop is requested before they are ready."""
        await _first_of(self._begin(), self._stop_requested.wait())

    async def _begin(self) -> None:
        """Connects, waits for the subscribers elsewhere, and starts the services.

        Raises:
            StartTimeoutError: subscribers were not connected, or services not ready in time
        """
        transport = self.bus.transport
        await self.instruments.open(self.supervisor)
        await transport.start()
        try:
            async with asyncio.timeout(self._start_secs):
                await transport.ready()
        except TimeoutError:
            late = ", ".join(transport.missing())
            raise StartTimeoutError(
                f"expected {late} to be connected within {self._start_secs:g} s"
            ) from None
        await self.supervisor.start()
        self.started = not self.supervisor.escalated.is_set()

    async def _stop(self) -> None:
        self._stop_requested.set()
        try:
            self.report = await self.supervisor.stop(hurry=self._hurry)
        finally:
            await self.instruments.close()


def run(
    manifest: Manifest,
    topology: Topology,
    services: Services | None = None,
    *,
    name: str | None = None,
    until_finished: bool = False,
) -> ExitCode:
    """Runs one process of the topology until SIGTERM, SIGINT, SIGHUP or an escalation; stops it.

    ``name`` may be left out when the topology has one process only. A second signal
    gives up what still waits. ``until_finished`` ends the run, too, when all background tasks have
    ended and everything is handled.

    Raises:
        ServiceLoadError: a service's class cannot be used
        StartTimeoutError: services were not ready in time
        UnknownProcessError, TransportError: as `Process`
    """
    return in_loop(_run(manifest, topology, services, name, until_finished=until_finished))


def in_loop(main: Coroutine[Any, Any, T]) -> T:
    """Runs to its end in a new event loop: uvloop's where that is installed."""
    try:
        factory = importlib.import_module("uvloop").new_event_loop
    except ModuleNotFoundError:
        factory = None
    with asyncio.Runner(loop_factory=factory) as runner:
        return runner.run(main)


async def _run(
    manifest: Manifest,
    topology: Topology,
    services: Services | None,
    name: str | None,
    *,
    until_finished: bool,
) -> ExitCode:
    process = Process(manifest, topology, services, name=name)
    with stop_signals(lambda _: process.request_stop()):
        async with process:
            await (process.finished() if until_finished else process.wait())
    return process.exit_code


@contextlib.contextmanager
def stop_signals(tell: Callable[[signal.Signals], None]) -> Iterator[None]:
    """Within it ``tell`` gets the signals that ask the process to stop.

    SIGHUP is among them, unless it is ignored already, which is what ``nohup`` does.
    """
    loop = asyncio.get_running_loop()
    numbers = [signal.SIGTERM, signal.SIGINT]
    if sys.platform != "win32" and signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        numbers.append(signal.SIGHUP)
    for number in numbers:
        loop.add_signal_handler(number, tell, number)
    try:
        yield
    finally:
        for number in numbers:
            loop.remove_signal_handler(number)


def longest_stop(topology: Topology) -> float:
    """Seconds after which a process of the topology has stopped, or never will."""
    # what others have sent (twice), mailboxes, on_stop, observers, what is to be sent
    return 6 * topology.drain_secs + 2 * HALT_SECS


def _monitors(topology: Topology, manifest: Manifest, clock: Clock) -> Monitors | None:
    """What watches the promises, where the topology asks for it."""
    said = topology.monitors
    if not said.on:
        return None
    modes = {promise: Mode(mode) for promise, mode in said.modes.items()}
    return Monitors(manifest, Mode(said.mode), modes=modes, limit=said.limit, clock=clock)


def _dead_letters(topology: Topology) -> DeadLetters:
    """Where the topology wants them kept."""
    if topology.dead_letters is None:
        return MemoryDeadLetters()
    return FolderDeadLetters(topology.dead_letters, limit=topology.dead_letters_mib << 20)


def _transport(topology: Topology, process: str, manifest: Manifest) -> Transport:
    """What joins the process to the others."""
    if len(topology.processes) == 1:
        return LocalTransport()
    return transports.of(topology, process, manifest)


def _build(spec: ServiceSpec, topology: Topology, services: Services) -> Build:
    factory = services.get(spec.name) or load_service(spec)
    if isinstance(factory, type):
        check_service(spec, factory)
    settings = topology.settings.get(spec.name, {})
    return lambda: factory(settings)


async def _first_of(*coroutines: Any) -> None:
    """Waits for the first to end, cancels the others, and raises what the first one raised."""
    tasks = [asyncio.ensure_future(coroutine) for coroutine in coroutines]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    for task in done:
        task.result()
