"""Which transport a process of a topology needs."""

from __future__ import annotations

from typing import Any

from mycelium.manifest import Manifest
from mycelium.topology import LinkKind, Topology
from mycelium.transports import Carrier, Transport
from mycelium.transports.local import LocalTransport


def joined(topology: Topology, process: str, manifest: Manifest, **options: Any) -> Transport:
    """Local for a process that is alone; else local and what its links ask for.

    Raises:
        UnknownProcessError: the topology has no such process
        TransportError: a link that the topology asks for cannot be made
    """
    plan = topology.process(process)
    others = [other.name for other in topology.processes if other is not plan]
    kinds = {topology.kind_of(a, b) for o in others for a, b in ((process, o), (o, process))}
    if not kinds:
        return LocalTransport()
    from mycelium.transports.hybrid import HybridTransport

    carriers: list[Carrier] = []
    if kinds & {LinkKind.UNIX, LinkKind.TCP}:
        from mycelium.transports.stream.carrier import StreamCarrier

        carriers.append(StreamCarrier(topology, process, manifest, **options))
    if LinkKind.NATS in kinds:
        from mycelium.transports.nats import carrier_of

        carriers.append(carrier_of(topology, process, manifest))
    return HybridTransport(carriers)
