"""A topology file's text to a topology, or to everything that is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from mycelium.topology import page as read
from mycelium.topology.checks import check
from mycelium.topology.faults import Fault, FaultKind, near
from mycelium.topology.model import LinkKind, Mode, Topology
from mycelium.topology.page import Page, Read
from mycelium.topology.places import Place
from mycelium.topology.placing import Said, place
from mycelium.topology.roster import Roster
from mycelium.topology.sections import SECTIONS, sections

_SECTIONS: Final = (
    "deployment",
    "mailboxes",
    "services",
    "processes",
    "links",
    *SECTIONS,
)
_DEPLOYMENT: Final[Mapping[str, Read]] = {
    "mode": read.one_of(Mode),
    "actors": read.names,
    "transport": read.one_of(LinkKind),
    "mailbox": read.messages,
    "dead_letters": read.path,
    "dead_letters_mib": read.mebibytes,
    "sockets": read.path,
    "tcp": read.address,
    "health": read.own_address,
    "start_secs": read.seconds,
    "drain_secs": read.seconds,
    "retry_secs": read.seconds,
    "stall_secs": read.seconds,
    "insecure": read.flag,
}
_SERVICE: Final[Mapping[str, Read]] = {"mode": read.one_of(Mode), "nodes": read.addresses}
_PROCESS: Final[Mapping[str, Read]] = {
    "actors": read.names,
    "host": read.host,
    "unix": read.path,
    "tcp": read.address,
    "listen": read.address,
    "health": read.own_address,
    "uid": read.user,
}
_OWN_OF_TOPOLOGY: Final = (
    "transport",
    "mailbox",
    "dead_letters",
    "dead_letters_mib",
    "start_secs",
    "drain_secs",
    "retry_secs",
    "stall_secs",
    "insecure",
)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a text says. ``topology`` is None when there are faults that prevent it."""

    topology: Topology | None
    faults: tuple[Fault, ...]


def parse(text: str, folder: Path, roster: Roster) -> Reading:
    """Reads and checks a text; paths in it are relative to ``folder``."""
    import tomllib
    from decimal import Decimal

    try:
        content = tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        said = str(error)
        found = said[:1].lower() + said[1:].partition(" (at ")[0]
        fault = Fault(FaultKind.UNUSABLE, (), "a TOML file", found, _place_of(said))
        return Reading(None, (fault,))
    page = Page(folder, text)
    topology = _read(page, content, roster)
    if topology is not None and not page.faults:
        check(page, topology, roster)
    prevented = any(fault.kind.prevents for fault in page.faults)
    return Reading(None if prevented else topology, tuple(page.faults))


def _read(page: Page, content: Mapping[str, Any], roster: Roster) -> Topology | None:
    for key in content:
        if key not in _SECTIONS:
            page.unknown((key,), key, _SECTIONS)
    tables = {name: page.table(content, (name,)) for name in _SECTIONS}
    said = _said(page, tables, roster)
    sizes = _by_service(page, "mailboxes", tables["mailboxes"], roster)
    settings = _by_service(page, "services", tables["services"], roster)
    parts: dict[str, Any] = {
        k: said.deployment[k] for k in _OWN_OF_TOPOLOGY if k in said.deployment
    }
    parts["mailboxes"] = {
        name: size
        for name in sizes
        if (size := read.messages(page, ("mailboxes", name), sizes[name])) is not None
    }
    parts["settings"] = {name: page.table(settings, ("services", name)) for name in settings}
    parts |= sections(page, tables, roster)
    plans = place(page, said, roster)
    parts["links"] = _links(page, tables["links"], [plan.name for plan in plans])
    if page.faults:
        return None
    return Topology(processes=plans, mode=said.mode, **parts)


def _said(page: Page, tables: Mapping[str, Mapping[str, Any]], roster: Roster) -> Said:
    """What the file says about services and processes."""
    raw = tables["deployment"]
    alone = {key: value for key, value in raw.items() if isinstance(value, dict)}
    own = {key: value for key, value in raw.items() if key not in alone}
    deployment = page.fields(("deployment",), own, _DEPLOYMENT)
    services: dict[str, dict[str, Any]] = {}
    for name, table in alone.items():
        keys = ("deployment", name)
        if name in _DEPLOYMENT:
            _DEPLOYMENT[name](page, keys, table)
        elif name not in roster.members:
            page.unknown(keys, name, roster.members)
        else:
            services[name] = page.fields(keys, table, _SERVICE)
    if "mode" not in own and not services:
        page.fault(("deployment",), 'mode = "monolith", "bundled" or "distributed"', "no mode")
    processes = {
        name: page.fields(
            ("processes", name), page.table(tables["processes"], ("processes", name)), _PROCESS
        )
        for name in tables["processes"]
        if _is_name(page, name)
    }
    mode = deployment.get("mode", Mode.DISTRIBUTED if services else Mode.MONOLITH)
    return Said(mode, deployment, services, processes)


def _is_name(page: Page, name: str) -> bool:
    if re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}", name):
        return True
    page.fault(("processes", name), "a name of letters, digits, _, - and .", repr(name))
    return False


def _by_service(
    page: Page, section: str, table: Mapping[str, Any], roster: Roster
) -> dict[str, Any]:
    for name in table:
        if name not in roster.members:
            page.unknown((section, name), name, roster.members)
    return {name: value for name, value in table.items() if name in roster.members}


def _links(
    page: Page, table: Mapping[str, Any], processes: list[str]
) -> Mapping[tuple[str, str], LinkKind]:
    found: dict[tuple[str, str], LinkKind] = {}
    kind = read.one_of(LinkKind)
    for key, value in table.items():
        ends = tuple(end.strip() for end in key.split("->"))
        if len(ends) != 2:
            page.fault(("links", key), '"publisher -> subscriber"', repr(key))
            continue
        strange = [end for end in ends if end not in processes]
        for end in strange:
            known = ", ".join(processes)
            page.fault(
                ("links", key),
                f"processes of the topology ({known})",
                f"{end}{near(end, processes)}",
            )
        said = kind(page, ("links", key), value)
        if said is not None and not strange:
            found[ends[0], ends[1]] = said
    return found


def _place_of(said: str) -> Place | None:
    """The place that tomllib's message ends with."""
    at = re.search(r"at line (\d+), column (\d+)", said)
    return Place(*(2 * (int(at[1]), int(at[2])))) if at is not None else None
