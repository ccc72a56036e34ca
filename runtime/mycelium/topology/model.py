"""A deployment as one frozen value.

Plain dataclasses, not msgspec: `torq-gen check` reads topologies and has to start fast.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from mycelium.errors import UnknownProcessError
from mycelium.topology.watching import Logs, Monitoring, Tracing

if TYPE_CHECKING:
    from mycelium.manifest import Manifest

EVERY_SERVICE: Final = "*"
MONOLITH: Final = "monolith"
"""The name of a monolith's one process."""
LOCALHOST: Final = "localhost"
LOOPBACK: Final = "127.0.0.1"


class Mode(Enum):
    """How services are spread where nothing else is said."""

    MONOLITH = "monolith"
    """All in one process."""
    BUNDLED = "bundled"
    """A process for each bundle of system.yaml; a service without one is alone."""
    DISTRIBUTED = "distributed"
    """A process for each service."""


class LinkKind(Enum):
    """What carries messages from one process to another, or within one."""

    LOCAL = "local"
    UNIX = "unix"
    TCP = "tcp"
    NATS = "nats"


class Address(NamedTuple):
    """A host and a port."""

    host: str
    port: int

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"

    @property
    def loopback(self) -> bool:
        """Whether only this machine can reach it."""
        return is_loopback(self.host)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tls:
    """PEM files: whom to trust, and who this process is."""

    ca: Path
    certificate: Path
    key: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Nats:
    """A NATS server, and how JetStream is used where ``jetstream`` is true.

    ``stream`` is the stream's name; a repeat within ``duplicate_window_secs`` is dropped; a message
    is given ``max_deliver`` times before it is a dead letter.
    """

    url: str
    jetstream: bool = True
    stream: str = ""
    duplicate_window_secs: float = 120.0
    max_deliver: int = 5
    credentials: Path | None = None
    tls: Tls | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessPlan:
    """One process of a deployment: what it runs, where, and where others find it.

    ``unix`` and ``tcp`` are what subscribers' processes dial; ``listen`` is where it takes TCP
    connections, which is ``tcp`` unless said otherwise. ``standbys`` are further addresses at which
    it may run in place of ``tcp``: they are dialled in turn when it does not answer.
    ``uid`` is the user that it runs as, which Unix sockets prove.
    """

    name: str
    services: tuple[str, ...]
    host: str = LOCALHOST
    unix: Path | None = None
    tcp: Address | None = None
    listen: Address | None = None
    standbys: tuple[Address, ...] = ()
    health: Address | None = None
    uid: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Topology:
    """A whole deployment. What names it mentions was checked against the system.

    ``transport`` joins processes of one host where ``links`` says nothing; processes of different
    hosts are joined by TCP in place of Unix sockets. ``retry_secs`` is the longest pause between
    two attempts to connect; ``dead_letters_mib`` bounds the dead letters of one service;
    ``stall_secs`` is how long an event loop may stand still before its process counts as ill.
    """

    processes: tuple[ProcessPlan, ...]
    mode: Mode = Mode.MONOLITH
    transport: LinkKind = LinkKind.UNIX
    links: Mapping[tuple[str, str], LinkKind] = field(default_factory=dict)
    tls: Tls | None = None
    insecure: bool = False
    nats: Nats | None = None
    settings: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    mailboxes: Mapping[str, int] = field(default_factory=dict)
    mailbox: int = 1024
    dead_letters: Path | None = None
    dead_letters_mib: int = 64
    start_secs: float = 30.0
    drain_secs: float = 10.0
    retry_secs: float = 10.0
    stall_secs: float = 10.0
    monitors: Monitoring = field(default_factory=Monitoring)
    tracing: Tracing | None = None
    logs: Logs | None = None

    @classmethod
    def of(
        cls, manifest: Manifest, services: Collection[str] | None = None, **parts: Any
    ) -> Topology:
        """A monolith of the named services, or of everything that is active."""
        active = (spec.name for spec in manifest.services if spec.active)
        names = tuple(active if services is None else services)
        return cls(processes=(ProcessPlan(name=MONOLITH, services=names),), **parts)

    @classmethod
    def load(cls, path: Path, manifest: Manifest) -> Topology:
        """The topology of a file.

        Raises:
            TopologyError: the file cannot be read, or something in it is unknown or misplaced;
                each fault is a line
        """
        from mycelium.topology.loading import load
        from mycelium.topology.roster import Roster

        return load(path, Roster.of(manifest))

    @property
    def services(self) -> tuple[str, ...]:
        """Every service of every process."""
        return tuple(name for plan in self.processes for name in plan.services)

    def process(self, name: str) -> ProcessPlan:
        """The process of this name.

        Raises:
            UnknownProcessError
        """
        for plan in self.processes:
            if plan.name == name:
                return plan
        known = ", ".join(plan.name for plan in self.processes)
        raise UnknownProcessError(f"expected a process of the topology ({known}), found {name!r}")

    @property
    def only_process(self) -> ProcessPlan:
        """The process of a topology that has one.

        Raises:
            UnknownProcessError: it has several, or none
        """
        if len(self.processes) == 1:
            return self.processes[0]
        names = ", ".join(plan.name for plan in self.processes) or "none"
        raise UnknownProcessError(f"expected a topology of one process, found {names}")

    def process_of(self, service: str) -> ProcessPlan | None:
        """The process that runs the service, or None."""
        return next((plan for plan in self.processes if service in plan.services), None)

    def kind_of(self, publisher: str, subscriber: str) -> LinkKind:
        """What carries messages from one process to another, by their names.

        Raises:
            UnknownProcessError
        """
        if publisher == subscriber:
            return LinkKind.LOCAL
        said = self.links.get((publisher, subscriber))
        if said is not None:
            return said
        near = same_host(self.process(publisher).host, self.process(subscriber).host)
        return LinkKind.TCP if self.transport is LinkKind.UNIX and not near else self.transport

    def capacity(self, service: str) -> int:
        """How many messages wait for the service before its mailbox is full."""
        return self.mailboxes.get(service, self.mailbox)

    def only(self, services: Collection[str]) -> Topology:
        """The topology without all other services; a process that runs none of them stays."""
        plans = (
            replace(plan, services=tuple(name for name in plan.services if name in services))
            for plan in self.processes
        )
        return replace(self, processes=tuple(plans))

    def merged(self, services: Collection[str]) -> Topology:
        """The named services in one process, which needs no transport; all else as it is."""
        plan = ProcessPlan(name=MONOLITH, services=tuple(services))
        return replace(self, mode=Mode.MONOLITH, processes=(plan,), links={})


def is_loopback(host: str) -> bool:
    """Whether a host's name or address is this machine's to itself."""
    return host in (LOCALHOST, "::1") or host.startswith("127.")


def same_host(one: str, other: str) -> bool:
    """Whether two hosts are one machine, as far as their names tell."""
    return one == other or (is_loopback(one) and is_loopback(other))
