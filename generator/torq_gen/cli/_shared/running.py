"""Runs services of a project in this process, and keeps a file that says how they are."""

from __future__ import annotations

import asyncio
import importlib
import json
import logging
import os
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from msgspec.structs import replace

from mycelium.errors import MyceliumError
from mycelium.manifest import Manifest
from mycelium.runner import ExitCode, Process, stop_signals
from mycelium.topology import Topology
from torq_gen.cli._shared.failures import CommandError, UsageError, did_you_mean
from torq_gen.cli._shared.project import TOPOLOGY, Project

if TYPE_CHECKING:
    from mycelium.worker import Worker

_STATUS_SECONDS = 1.0
_LOG = logging.getLogger("torq_gen.run")
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
    manifest: Manifest, root: Path, file: str | None, services: Sequence[str]
) -> Topology:
    """What the file says, or the project's usual one, or all that is active.

    Of it the named services only; which file is used is said.

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
    print(f"topology: {said}", file=sys.stderr)
    for name in services:
        if name not in found.services:
            near = did_you_mean(name, found.services)
            help = near or f"services: {', '.join(found.services) or 'none'}"
            raise UsageError(f"no active service {name!r} in the topology", help)
    return replace(found, services=tuple(services)) if services else found


def serve(
    process: Callable[[], Process], work: Callable[[Process], Awaitable[None]], status: Path | None
) -> Ended:
    """Run until ``work`` is done or a signal says stop, then stop without loss.

    Raises:
        CommandError: a service cannot be loaded or does not start, or ``status`` not be written.
    """
    if status is not None:
        _check_status(status)
    logging.basicConfig(level=logging.INFO, format=_LOG_FORMAT)
    try:
        return asyncio.run(_serve(process, work, status))
    except MyceliumError as error:
        if status is not None:
            _keep(status, "not started", {})
        raise CommandError(str(error)) from None


async def _serve(
    make: Callable[[], Process], work: Callable[[Process], Awaitable[None]], status: Path | None
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
    process: Process, work: Callable[[Process], Awaitable[None]], status: Path | None
) -> None:
    async with _telling(process, status) as tell:
        tell("starting")
        async with process:
            if not process.supervisor.escalated.is_set():
                tell("running")
            await work(process)
            tell("stopping")
        tell("stopped" if process.exit_code is ExitCode.CLEAN else "ended uncleanly")


@asynccontextmanager
async def _telling(process: Process, status: Path | None) -> AsyncIterator[Callable[[str], None]]:
    """Keeps ``status`` up to date, and gives the way to say what state the process is in."""
    state = ""

    def tell(now: str) -> None:
        nonlocal state
        if now != state:
            _LOG.info("%s: %s", now, ", ".join(process.supervisor.workers) or "no service")
        state = now
        if status is not None:
            _keep(status, state, states_of(process))

    async def keep() -> None:
        while True:
            await asyncio.sleep(_STATUS_SECONDS)
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


def _check_status(path: Path) -> None:
    """Write the first status before anything starts: what cannot be written is noticed here."""
    try:
        _write(path, "starting", {})
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise CommandError(
            f"--status {path}: expected a file that can be written, found: {reason}"
        ) from None


def _keep(path: Path, state: str, services: dict[str, dict[str, Any]]) -> None:
    """A status that cannot be written is no reason to stop services that run."""
    try:
        _write(path, state, services)
    except OSError as error:
        _LOG.warning("the status cannot be written: %s", error)


def _write(path: Path, state: str, services: dict[str, dict[str, Any]]) -> None:
    """Whole or not at all: somebody may be reading.

    A process that is killed leaves its last status; its id and the time tell that it is old.
    """
    now = datetime.now(UTC).isoformat(timespec="seconds")
    content = {"state": state, "pid": os.getpid(), "time": now, "services": services}
    temporary = path.with_name(f"{path.name}.tmp")
    temporary.write_text(json.dumps(content) + "\n", encoding="utf-8")
    temporary.replace(path)
