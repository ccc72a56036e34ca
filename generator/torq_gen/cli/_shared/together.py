"""``torq-gen run --all``: a topology's processes on this machine, as children of this one."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import socket
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Collection, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from mycelium.graph import strong_components
from mycelium.runner import longest_stop
from mycelium.topology import ProcessPlan, Topology
from mycelium.topology.checks import routes
from mycelium.topology.model import is_loopback
from mycelium.topology.roster import Roster
from torq_gen.cli._shared.child import Child
from torq_gen.cli._shared.failures import UsageError
from torq_gen.cli._shared.fleet import Fleet
from torq_gen.cli._shared.notifying import notify
from torq_gen.cli._shared.statusfile import STATUS_SECONDS, StatusFile

_LOG = logging.getLogger("torq_gen.run")
_KILL_SECS = 5.0  # after its own deadlines a process gets these before it is killed


class Call(NamedTuple):
    """What the command line says; each child gets its part of it."""

    root: Path
    topology: Path
    services: Sequence[str]
    status: Path | None
    until_finished: bool


def run_all(call: Call, topology: Topology, roster: Roster) -> int:
    """Run every process of this machine until a signal or one of them ends it; the exit code.

    Raises:
        UsageError: no process of the topology belongs to this machine.
        CommandError: the status cannot be written.
    """
    here = local_processes(topology)
    steps = starting_order(topology, roster, here)
    sources = _sources(topology, roster, here) if call.until_finished else frozenset[str]()
    status = StatusFile.opened(call.status)
    with tempfile.TemporaryDirectory(prefix="torq-") as folder, _lifeline() as lifeline:
        Path(folder).chmod(0o711)  # a process that becomes another user tells its state there
        in_words = topology.logs is None or topology.logs.format == "text"
        width = max(map(len, here)) if in_words else None

        def child(index: int, name: str) -> Child:
            return Child(
                name,
                _command(call, topology.process(name), finite=name in sources),
                notify=Path(folder) / str(index),
                lifeline=lifeline,
                width=width,
            )

        numbers = {name: index for index, name in enumerate(here)}
        fleet = Fleet(
            [[child(numbers[name], name) for name in step] for step in steps],
            grace_secs=longest_stop(topology) + _KILL_SECS,
            finite=sources,
        )
        return asyncio.run(_run(fleet, status))


def local_processes(topology: Topology) -> tuple[str, ...]:
    """The processes that run services and whose host is this machine.

    Raises:
        UsageError: there is none.
    """
    busy = [plan for plan in topology.processes if plan.services]
    here = tuple(plan.name for plan in busy if is_here(plan.host))
    for plan in busy:
        if plan.name not in here:
            print(f"not here: {plan.name} runs on {plan.host}", file=sys.stderr)
    if not here:
        hosts = ", ".join(dict.fromkeys(plan.host for plan in busy)) or "none"
        raise UsageError(
            f"no process of the topology runs on this machine; its hosts: {hosts}",
            "--process NAME runs one of them here all the same",
        )
    return here


def is_here(host: str) -> bool:
    """Whether a host's name or address is one of this machine."""
    if is_loopback(host) or host in (socket.gethostname(), socket.getfqdn()):
        return True
    try:
        found = socket.getaddrinfo(host, 0, type=socket.SOCK_DGRAM)
    except OSError:
        return False
    return any(_can_bind(family, address) for family, _, _, _, address in found)


def _can_bind(family: int, address: tuple[object, ...]) -> bool:
    """Only an address of this machine can be bound."""
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind(address)
        except OSError:
            return False
    return True


def starting_order(
    topology: Topology, roster: Roster, names: Collection[str]
) -> tuple[tuple[str, ...], ...]:
    """The processes in steps, subscribers before their publishers; a cycle is one step."""
    edges: dict[str, list[str]] = {name: [] for name in names}
    for publisher, subscriber in routes(topology, roster):
        if publisher in edges and subscriber in edges:
            edges[publisher].append(subscriber)
    return tuple(strong_components(edges))


def _sources(topology: Topology, roster: Roster, names: Collection[str]) -> frozenset[str]:
    """The processes that get nothing from others: they alone know when they have finished."""
    return frozenset(names) - {subscriber for _, subscriber in routes(topology, roster)}


def _command(call: Call, plan: ProcessPlan, *, finite: bool) -> list[str]:
    command = [sys.executable, "-m", "torq_gen", "-C", str(call.root), "run"]
    command += ["--topology", str(call.topology), "--process", plan.name]
    if call.status is not None:
        command += ["--status", str(status_of(call.status, plan.name))]
    if finite:
        command.append("--until-finished")
    return [*command, *(name for name in plan.services if name in call.services)]


def status_of(status: Path, process: str) -> Path:
    """Where a process of a topology keeps its status, beside its parent's."""
    return status.with_name(f"{status.stem}.{process}{status.suffix}")


@contextlib.contextmanager
def _lifeline() -> Iterator[int]:
    """The reading end of a pipe whose writing end only this process has."""
    reading, writing = os.pipe()
    try:
        yield reading
    finally:
        os.close(reading)
        os.close(writing)


async def _run(fleet: Fleet, status: StatusFile) -> int:
    def tell() -> None:
        _LOG.info("%s: %s", fleet.state, ", ".join(fleet.children))
        if fleet.state == "running":
            notify("READY=1")
        elif fleet.state == "stopping":
            notify("STOPPING=1")
        keep()

    def keep() -> None:
        notify("WATCHDOG=1")
        status.keep(
            fleet.state,
            processes={
                name: {"state": fleet.state_of(child), "pid": child.pid, "restarts": child.restarts}
                for name, child in fleet.children.items()
            },
        )

    async with _each_second(keep):
        return await fleet.run(tell)


@contextlib.asynccontextmanager
async def _each_second(work: Callable[[], None]) -> AsyncIterator[None]:
    async def repeat() -> None:
        while True:
            await asyncio.sleep(STATUS_SECONDS)
            work()

    repeating = asyncio.create_task(repeat())
    try:
        yield
    finally:
        repeating.cancel()
