"""Who is joined to a process by NATS, and what they exchange: what a topology says of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from mycelium.manifest import Manifest, OnFull, ServiceSpec
from mycelium.protocol.message import Message
from mycelium.topology import LinkKind, ProcessPlan, Topology
from mycelium.transports.shared.offer import Offer, needed


@dataclass(frozen=True, slots=True)
class Roster:
    """What one process has to do with others over NATS.

    - ``offer``: what its services publish
    - ``expected``: by process, the types of those messages that its services subscribe to
    - ``sources``: by message, the services in other processes that publish it to this one
    - ``homes``: the process of each of these services, by the service's name
    - ``kept``: by service of the whole system, what JetStream keeps for it, and of whom
    """

    offer: Offer
    expected: Mapping[str, frozenset[int]]
    sources: Mapping[type[Message], tuple[ServiceSpec, ...]]
    homes: Mapping[str, str]
    kept: Mapping[str, tuple[tuple[ServiceSpec, type[Message]], ...]]

    @classmethod
    def of(cls, topology: Topology, plan: ProcessPlan, manifest: Manifest) -> Self:
        """The roster of one process."""
        offer = Offer.of(plan, manifest)
        expected = {}
        sources: dict[type[Message], list[ServiceSpec]] = {}
        homes = {}
        for other in topology.processes:
            if other is plan:
                continue
            if topology.kind_of(plan.name, other.name) is LinkKind.NATS:
                expected[other.name] = needed(other, manifest) & offer.messages.keys()
            if topology.kind_of(other.name, plan.name) is LinkKind.NATS:
                for spec in map(manifest.service, other.services):
                    homes[spec.name] = other.name
                    for message in spec.publishes:
                        sources.setdefault(message, []).append(spec)
        return cls(
            offer,
            expected,
            {message: tuple(specs) for message, specs in sources.items()},
            homes,
            _kept(topology, manifest),
        )

    @property
    def others(self) -> frozenset[str]:
        """The processes at the other ends."""
        return frozenset(self.expected) | frozenset(self.homes.values())

    def keeps(self, message: type[Message]) -> bool:
        """Whether JetStream keeps what this process publishes of a message for some service."""
        return any(
            publisher.source in self.offer.sources and kept is message
            for messages in self.kept.values()
            for publisher, kept in messages
        )


def _kept(
    topology: Topology, manifest: Manifest
) -> Mapping[str, tuple[tuple[ServiceSpec, type[Message]], ...]]:
    """What comes to a service from a process that is joined to its own by NATS, and blocks."""
    found = {}
    for plan in topology.processes:
        others = [
            manifest.service(name)
            for other in topology.processes
            if other is not plan and topology.kind_of(other.name, plan.name) is LinkKind.NATS
            for name in other.services
        ]
        for name in plan.services:
            wanted = [
                s.message for s in manifest.service(name).subscribes if s.on_full is OnFull.BLOCK
            ]
            kept = tuple((o, m) for o in others for m in o.publishes if m in wanted)
            if kept:
                found[name] = kept
    return found
