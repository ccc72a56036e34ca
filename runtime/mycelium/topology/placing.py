"""Which service runs in which process, and where each process is found.

A process that lists its ``actors`` runs those and no others; ``*`` stands for what no other
process lists. A service that is listed nowhere goes where its mode says: into the monolith, the
process of its bundle, or one of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from mycelium.topology.faults import FaultKind, near
from mycelium.topology.model import (
    EVERY_SERVICE,
    LOCALHOST,
    MONOLITH,
    Address,
    Mode,
    ProcessPlan,
)
from mycelium.topology.page import Page
from mycelium.topology.places import Keys
from mycelium.topology.roster import Roster

MAX_PORT: Final = 0xFFFF
ANYWHERE: Final = "0.0.0.0"
_SOCKETS: Final = ".torq"


@dataclass(frozen=True, slots=True)
class Said:
    """What a file says: the fields of its tables, read and checked one by one."""

    mode: Mode
    deployment: Mapping[str, Any]
    services: Mapping[str, Mapping[str, Any]]
    processes: Mapping[str, Mapping[str, Any]]


def place(page: Page, said: Said, roster: Roster) -> tuple[ProcessPlan, ...]:
    """The processes; what is placed twice or nowhere is a fault of the page."""
    actors = said.deployment.get("actors")
    chosen = _chosen(page, ("deployment", "actors"), actors, roster)
    listed = {
        name: _chosen(page, ("processes", name, "actors"), fields["actors"], roster, chosen)
        for name, fields in said.processes.items()
        if "actors" in fields
    }
    homes = _homes(page, said, roster, chosen, listed)
    names = list(dict.fromkeys([*listed, *homes.values()]))
    if said.mode is Mode.MONOLITH and not names:
        names = [MONOLITH]
    for name in said.processes:
        if name not in names:
            found = f"{name}, which has no actors{near(name, names)}"
            page.fault(("processes", name), f"one of {', '.join(names)}, or actors", found)
    return tuple(
        _plan(page, said, name, tuple(s for s in chosen if homes.get(s) == name), index, len(names))
        for index, name in enumerate(names)
    )


def _chosen(
    page: Page,
    keys: Keys,
    names: Sequence[str] | None,
    roster: Roster,
    among: Sequence[str] | None = None,
) -> tuple[str, ...]:
    """The active services that a list names; all of them without one, or when it says so."""
    every = roster.active if among is None else tuple(among)
    if names is None or EVERY_SERVICE in names:
        return every
    for name in names:
        if name not in roster.members:
            page.unknown(keys, name, roster.members, listed=True)
        elif not roster.members[name].active:
            page.fault(keys, "active services", f"{name} (planned)", element=name)
        elif name not in every:
            page.fault(keys, "services of deployment.actors", name, element=name)
    return tuple(name for name in names if name in every)


def _homes(
    page: Page,
    said: Said,
    roster: Roster,
    chosen: Iterable[str],
    listed: Mapping[str, Sequence[str]],
) -> dict[str, str]:
    """The process of each service."""
    rest = [name for name in listed if EVERY_SERVICE in said.processes[name]["actors"]]
    for name in rest[1:]:
        keys = ("processes", name, "actors")
        page.fault(keys, f'"*" in one process ({rest[0]})', "a second one", element=EVERY_SERVICE)
    homes: dict[str, str] = {}
    for service in chosen:
        at = [name for name in listed if service in listed[name] and name not in rest]
        for other in at[1:]:
            page.fault(
                ("processes", other, "actors"),
                f"{service} in one process",
                f"it in {at[0]}, too",
                kind=FaultKind.TWICE,
                element=service,
            )
        home = (at or rest or [_default(said, roster, service)])[0]
        if home in listed and service not in listed[home]:
            page.fault(
                ("processes", home, "actors"),
                f"{service}, or another process for it",
                "it nowhere",
                kind=FaultKind.NOWHERE,
            )
            continue
        homes[service] = home
    return homes


def _default(said: Said, roster: Roster, service: str) -> str:
    """The process of a service that no process lists."""
    mode = said.services.get(service, {}).get("mode", said.mode)
    if mode is Mode.MONOLITH:
        return MONOLITH
    if mode is Mode.BUNDLED:
        return roster.members[service].bundle or service
    return service


def _plan(
    page: Page, said: Said, name: str, services: tuple[str, ...], index: int, count: int
) -> ProcessPlan:
    own = {key: value for key, value in said.processes.get(name, {}).items() if key != "actors"}
    nodes = _nodes(page, said, name, services)
    if nodes:
        own = {"tcp": nodes[0], "standbys": nodes[1:], **own}
    for key in ("tcp", "health"):
        base = said.deployment.get(key)
        if base is not None and key not in own:
            own[key] = Address(base.host, base.port + index)
            if index == count - 1 and own[key].port > MAX_PORT:
                expected = f"a port that leaves room to count up for {count} processes"
                page.fault(("deployment", key), expected, str(base))
    if "tcp" in own:
        tcp = own["tcp"]
        own.setdefault("listen", Address(ANYWHERE, tcp.port) if own.get("standbys") else tcp)
        own.setdefault("host", tcp.host)
    own.setdefault("host", LOCALHOST)
    if count > 1 and "unix" not in own:
        own["unix"] = _sockets(page, said) / f"{name}.sock"
    return ProcessPlan(name=name, services=services, **own)


def _nodes(page: Page, said: Said, name: str, services: Iterable[str]) -> tuple[Address, ...]:
    """The addresses that a service of the process brings along."""
    for service in services:
        nodes: tuple[Address, ...] = said.services.get(service, {}).get("nodes", ())
        keys = ("deployment", service, "nodes")
        if nodes and name != service:
            page.fault(keys, "nodes of a service that is alone in its process", f"it in {name}")
        elif len({node.port for node in nodes}) > 1:
            page.fault(keys, "one port on all nodes", ", ".join(map(str, nodes)))
        elif nodes:
            return nodes
    return ()


def _sockets(page: Page, said: Said) -> Path:
    found = said.deployment.get("sockets")
    return found if isinstance(found, Path) else page.folder / _SOCKETS
