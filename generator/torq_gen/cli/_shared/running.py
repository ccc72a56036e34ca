"""Runs services of a project in this process, and keeps a file that says how they are."""

from __future__ import annotations

import asyncio
import importlib
import logging
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from mycelium.errors import MyceliumError, StartTimeoutError
from mycelium.manifest import Manifest
from mycelium.runner import ExitCode, Process, in_loop, stop_signals
from mycelium.topology import Topology
from torq_gen.cli._shared.failures import CommandError, UsageError, did_you_mean
from torq_gen.cli._shared.notifying import notify
from torq_gen.cli._shared.project import TOPOLOGY, Project
from torq_gen.cli._shared.statusfile import STATUS_SECONDS, StatusFile

if TYPE_CHECKING:
    from mycelium.worker import Worker

_LOG = logging.getLogger("torq_gen.run")
_NOTICES = {"running": ("READY=1",), "stopping": ("STOPPING=1",)}
_LOG_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"


class Ended(NamedTuple):
    """How a run ended; ``signal`` is the first one that asked it to stop."""

    code: ExitCode
    signal: signal.Signals | None


def manifest_of(project: Project) -> Manifest:
    """The manifest of the generated package; makes the project's code importable.

    Raises:
        CommandError: the package is not there or does not import.
    """
    root = project.root.resolve()
    sys.path[:0] = [str(root), str(root / "generated" / "python")]
    package = project.system.package
    try:
        found = importlib.import_module(f"{package}.manifest").MANIFEST
    except ModuleNotFoundError as error:
        raise CommandError(
            f"the generated package {package} cannot be imported: {error}",
            "run `torq-gen generate`",
        ) from None
    if not isinstance(found, Manifest):
        raise CommandError(f"{package}.manifest: expected a Manifest, found {found!r}")
    return found


def topology_of(
    manifest: Manifest, root: Path, file: str | None, services: Sequence[str], *, say: bool = True
) -> Topology:
    """What the file says, or the project's usual one, or all that is active.

    Of it the named services only; which file is used is said, unless ``say`` is false.

    Raises:
        CommandError: the file cannot be used.
        UsageError: the topology has no such service.
    """
    path = Path(file) if file is not None else root / TOPOLOGY
    absent = file is None and not path.exists()
    try:
        found = Topology.of(manifest) if absent else Topology.load(path, manifest)
    except MyceliumError as error:
        raise CommandError(str(error)) from None
    said = f"none: there is no {TOPOLOGY}" if absent else file or TOPOLOGY
    if say:
        print(f"topology: {said}", file=sys.stderr)
    for name in services:
        if name not in found.services:
            near = did_you_mean(name, found.services)
            help = near or f"services: {', '.join(found.services) or 'none'}"
            raise UsageError(f"no active service {name!r} in the topology", help)
    return found.only(services) if services else found


def process_of(topology: Topology, name: str | None, services: Sequence[str]) -> str:
    """The name of the process to run: the given one, or the only one.

    Raises:
        UsageError: there is none of this name, several and none was named, or it lacks a service.
    """
    names = [plan.name for plan in topology.processes]
    if name is None and len(names) == 1:
        return names[0]
    if name is None:
        raise UsageError(
            f"the topology has {len(names)} processes: {', '.join(names)}",
            "--process NAME runs one of them, --all every one of this machine",
        )
    if name not in names:
        near = did_you_mean(name, names)
        raise UsageError(f"no process {name!r}", near or f"processes: {', '.join(names)}")
    for service in services:
        plan = topology.process_of(service)
        if plan is not None and plan.name != name:
            raise UsageError(f"{service} does not run in {name}, but in {plan.name}")
    return name


def log_as_told(topology: Topology, manifest: Manifest, process: str) -> None:
    """Log as the topology says, or in plain lines to standard error.

    Raises:
        CommandError: that needs a library that is not installed.
    """
    if topology.logs is None:
        logging.basicConfig(level=logging.INFO, format=_LOG_FORMAT)
        return
    from mycelium.logs import configure_logging

    level, format = topology.logs.level, topology.logs.format
    try:
        configure_logging(level, format, process=process, source_name=manifest.source_name)
    except MyceliumError as error:
        raise CommandError(str(error)) from None


def maker(manifest: Manifest, topology: Topology, name: str | None = None) -> Callable[[], Process]:
    """What makes the process, which has to be done in its event loop."""
    return lambda: Process(manifest, topology, name=name)


def serve(
    process: Callable[[], Process], work: Callable[[Process], Awaitable[None]], status: Path | None
) -> Ended:
    """Run until ``work`` is done or a signal says stop, then stop without loss.

    Services that are not ready in time make the exit code 75: it may work when tried again.

    Raises:
        CommandError: a service cannot be loaded or does not start, or ``status`` not be written.
    """
    file = StatusFile.opened(status)
    try:
        return in_loop(_serve(process, work, file))
    except StartTimeoutError as error:
        file.keep("not started", services={})
        _LOG.error("%s", error)
        return Ended(ExitCode.ESCALATED, None)
    except MyceliumError as error:
        file.keep("not started", services={})
        raise CommandError(str(error)) from None


async def _serve(
    make: Callable[[], Process], work: Callable[[Process], Awaitable[None]], status: StatusFile
) -> Ended:
    process = make()
    asked: list[signal.Signals] = []

    def stop(number: signal.Signals) -> None:
        asked.append(number)
        process.request_stop()

    with stop_signals(stop):
        await _serve_process(process, work, status)
    return Ended(process.exit_code, asked[0] if asked else None)


async def _serve_process(
    process: Process, work: Callable[[Process], Awaitable[None]], status: StatusFile
) -> None:
    async with _telling(process, status) as tell:
        tell("starting")
        async with process:
            if process.started:
                tell("running")
            await work(process)
            tell("stopping")
        tell("stopped" if process.exit_code is ExitCode.CLEAN else "ended uncleanly")


@asynccontextmanager
async def _telling(process: Process, status: StatusFile) -> AsyncIterator[Callable[[str], None]]:
    """Keeps ``status`` up to date, and gives the way to say what state the process is in."""
    state = ""

    def tell(now: str) -> None:
        nonlocal state
        if now != state:
            services = ", ".join(process.supervisor.workers) or "no service"
            _LOG.info("%s: %s", now, services)
            notify(*_NOTICES.get(now, ()), f"STATUS={now}: {services}")
        state = now
        notify("WATCHDOG=1")
        status.keep(state, services=states_of(process))

    async def keep() -> None:
        while True:
            await asyncio.sleep(STATUS_SECONDS)
            tell(state)

    keeping = asyncio.create_task(keep())
    try:
        yield tell
    finally:
        keeping.cancel()


def states_of(process: Process) -> dict[str, dict[str, Any]]:
    """Each service's state and what it has published and handled."""
    counts = process.bus.counts()
    found: dict[str, dict[str, Any]] = {}
    for name, worker in process.supervisor.workers.items():
        rows = [row for (service, _), row in counts.rows.items() if service == name]
        found[name] = {
            "state": _state(process, worker),
            "published": sum(row.published for row in rows),
            "handled": sum(row.handled for row in rows),
            "crashes": counts.crashes.get(name, 0),
        }
    return found


def _state(process: Process, worker: Worker) -> str:
    if worker.given_up is not None:
        return "failed"
    if process.report is not None:
        return "stuck" if worker.spec.name in process.report.stuck else "stopped"
    if not worker.started:
        return "waiting"
    return "running" if worker.ready.is_set() else "starting"
