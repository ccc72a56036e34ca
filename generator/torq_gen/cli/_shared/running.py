"""Runs services of a project in this process, and keeps a file that says how they are."""

from __future__ import annotations

import asyncio
import importlib
import json
import logging
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from mycelium.errors import MyceliumError
from mycelium.manifest import Manifest
from mycelium.runner import ExitCode, Process
from mycelium.topology import Topology
from mycelium.worker import Worker
from torq_gen.cli._shared.failures import CommandError, UsageError, did_you_mean
from torq_gen.cli._shared.project import Project

_STATUS_SECONDS = 1.0
_LOG = logging.getLogger("torq_gen.run")
_LOG_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"


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


def topology_of(manifest: Manifest, file: str | None, services: Sequence[str]) -> Topology:
    """What the file says, or all that is active; of it the named services only.

    Raises:
        CommandError: the file cannot be used.
        UsageError: the topology has no such service.
    """
    try:
        found = Topology.load(Path(file), manifest) if file else Topology.of(manifest)
    except MyceliumError as error:
        raise CommandError(str(error)) from None
    for name in services:
        if name not in found.services:
            near = did_you_mean(name, found.services)
            help = near or f"services: {', '.join(found.services) or 'none'}"
            raise UsageError(f"no active service {name!r} in the topology", help)
    return replace(found, services=tuple(services)) if services else found


def serve(
    process: Callable[[], Process], work: Callable[[Process], Awaitable[None]], status: Path | None
) -> ExitCode:
    """Run until ``work`` is done or a signal says stop, then stop without loss.

    Raises:
        CommandError: a service cannot be loaded or does not start.
    """
    logging.basicConfig(level=logging.INFO, format=_LOG_FORMAT)
    try:
        return asyncio.run(_serve(process, work, status))
    except MyceliumError as error:
        raise CommandError(str(error)) from None


async def _serve(
    make: Callable[[], Process], work: Callable[[Process], Awaitable[None]], status: Path | None
) -> ExitCode:
    process = make()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, process.request_stop)
    async with _telling(process, status) as tell:
        tell("starting")
        async with process:
            tell("running")
            await work(process)
            tell("stopping")
        tell("stopped" if process.exit_code is ExitCode.CLEAN else "ended uncleanly")
    return process.exit_code


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
            _write(status, {"state": state, "services": states_of(process)})

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
            "state": "stopped" if process.report is not None else _state(worker),
            "published": sum(row.published for row in rows),
            "handled": sum(row.handled for row in rows),
            "crashes": counts.crashes.get(name, 0),
        }
    return found


def _state(worker: Worker) -> str:
    if worker.given_up is not None:
        return "given up"
    if not worker.started:
        return "waiting"
    return "running" if worker.ready.is_set() else "starting"


def _write(path: Path, content: dict[str, Any]) -> None:
    """Whole or not at all: somebody may be reading."""
    temporary = path.with_name(f"{path.name}.tmp")
    temporary.write_text(json.dumps(content) + "\n", encoding="utf-8")
    temporary.replace(path)
