"""Whether a topology can work: who has to reach whom, and over what."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from mycelium.topology.faults import FaultKind
from mycelium.topology.model import (
    LOCALHOST,
    Address,
    LinkKind,
    ProcessPlan,
    Topology,
    is_loopback,
    same_host,
)
from mycelium.topology.page import Page
from mycelium.topology.places import Keys
from mycelium.topology.roster import Roster

_ANY: Final = frozenset(("0.0.0.0", "::"))
_LOCAL: Final = frozenset((LOCALHOST, "127.0.0.1"))


def check(page: Page, topology: Topology, roster: Roster) -> None:
    """Notes every fault of the topology on its page."""
    used = routes(topology, roster)
    for (publisher, subscriber), messages in used.items():
        _check_link(page, topology, publisher, subscriber, messages)
    _check_addresses(page, topology)
    _check_privacy(page, topology, used)
    _check_subscribers(page, topology, roster)


def routes(topology: Topology, roster: Roster) -> Mapping[tuple[str, str], tuple[str, ...]]:
    """The messages that go from one process to another, by the processes' names."""
    found: dict[tuple[str, str], dict[str, None]] = {}
    for publisher in topology.processes:
        published = [m for s in publisher.services for m in roster.members[s].publishes]
        for subscriber in topology.processes:
            wanted = {m for s in subscriber.services for m in roster.members[s].subscribes}
            both = [message for message in published if message in wanted]
            if both and publisher is not subscriber:
                found[publisher.name, subscriber.name] = dict.fromkeys(both)
    return {ends: tuple(messages) for ends, messages in found.items()}


def _check_link(
    page: Page, topology: Topology, publisher: str, subscriber: str, messages: tuple[str, ...]
) -> None:
    source, target = topology.process(publisher), topology.process(subscriber)
    kind = topology.kind_of(publisher, subscriber)
    expected, found = _lack(topology, kind, source, target)
    if expected:
        said = (publisher, subscriber) in topology.links
        shown = ", ".join(messages[:3]) + (", …" if len(messages) > 3 else "")
        page.fault(
            ("links", f"{publisher} -> {subscriber}") if said else ("processes", publisher),
            f"{expected} for {shown} to {subscriber}",
            found,
            kind=FaultKind.NO_TRANSPORT,
        )


def _lack(
    topology: Topology, kind: LinkKind, source: ProcessPlan, target: ProcessPlan
) -> tuple[str, str]:
    """What a link would need and what there is in its place; two empty texts when it has it."""
    if kind is LinkKind.LOCAL:
        return "unix, tcp or nats", "local, which joins services of one process"
    if kind is LinkKind.UNIX and not same_host(source.host, target.host):
        return "tcp or nats", f"unix between the hosts {source.host} and {target.host}"
    if kind is LinkKind.TCP and source.tcp is None:
        return 'tcp = "HOST:PORT"', "no address"
    if kind is LinkKind.NATS and topology.nats is None:
        return '[nats] with url = "nats://HOST:4222"', "none"
    return "", ""


def _check_addresses(page: Page, topology: Topology) -> None:
    taken: list[tuple[_Door, str]] = []
    for plan in topology.processes:
        for key, door in _doors(plan):
            other = next((owner for known, owner in taken if known.meets(door)), None)
            if other is not None:
                page.fault(
                    ("processes", plan.name, key),
                    "an address of its own",
                    f"{door.where}, which is {other}'s",
                    kind=FaultKind.ADDRESS,
                )
            taken.append((door, f"{plan.name}.{key}"))


class _Door(NamedTuple):
    """Where a process takes connections: a path, or an address, on a machine."""

    machine: str
    where: Path | Address

    def meets(self, other: _Door) -> bool:
        """Whether the two cannot both be listened at."""
        if not same_host(self.machine, other.machine):
            return False
        one, two = self.where, other.where
        if isinstance(one, Path) or isinstance(two, Path):
            return one == two
        either = one.host in _ANY or two.host in _ANY or one.host == two.host
        return one.port == two.port and (either or {one.host, two.host} == _LOCAL)


def _doors(plan: ProcessPlan) -> Iterator[tuple[str, _Door]]:
    """Where a process listens, each with the key that says so."""
    listen = "listen" if plan.listen != plan.tcp else "tcp"
    for key, where in (("unix", plan.unix), (listen, plan.listen), ("health", plan.health)):
        if where is not None:
            yield key, _Door(plan.host, where)


def _check_privacy(
    page: Page, topology: Topology, used: Mapping[tuple[str, str], tuple[str, ...]]
) -> None:
    if topology.insecure:
        return
    kinds = {ends: topology.kind_of(*ends) for ends in used}
    dialled = [publisher for (publisher, _), kind in kinds.items() if kind is LinkKind.TCP]
    for name in dict.fromkeys(dialled):
        plan = topology.process(name)
        open_ = [a for a in (plan.tcp, plan.listen, *plan.standbys) if a and not a.loopback]
        if open_ and topology.tls is None:
            _expose(page, ("processes", name, "tcp"), "[tls]", f"plain TCP at {open_[0]}")
    if LinkKind.NATS in kinds.values() and topology.nats is not None:
        url = urlsplit(topology.nats.url)
        safe = url.scheme in ("tls", "wss") or topology.nats.tls is not None
        if not safe and not is_loopback(url.hostname or ""):
            _expose(page, ("nats", "url"), '"tls://…" or [nats.tls]', f"plain {topology.nats.url}")


def _expose(page: Page, keys: Keys, expected: str, found: str) -> None:
    page.fault(
        keys,
        expected,
        f"{found}, which is not loopback",
        kind=FaultKind.INSECURE,
        help="or insecure = true under [deployment]",
    )


def _check_subscribers(page: Page, topology: Topology, roster: Roster) -> None:
    placed = set(topology.services)
    for plan in topology.processes:
        for name in plan.services:
            for message in roster.members[name].subscribes:
                sources = [
                    m.name for m in roster.members.values() if message in m.publishes and m.active
                ]
                if sources and not placed.intersection(sources):
                    page.fault(
                        ("deployment", "actors"),
                        f"{' or '.join(sources)}, which {name} has {message} from",
                        "it in no process",
                        kind=FaultKind.UNREACHED,
                    )
