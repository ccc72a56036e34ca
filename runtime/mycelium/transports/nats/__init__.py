"""Processes joined by a NATS server: core, which loses what nobody takes, or JetStream."""

from __future__ import annotations

import re
from dataclasses import replace
from importlib.util import find_spec
from typing import TYPE_CHECKING, Final

from mycelium.transports.errors import TransportError

if TYPE_CHECKING:
    from mycelium.manifest import Manifest
    from mycelium.topology import Topology
    from mycelium.transports import Carrier
    from mycelium.transports.nats.limits import NatsLimits

_STREAM: Final = re.compile(r"[^\s.*>/\\]+")


def carrier_of(
    topology: Topology, process: str, manifest: Manifest, limits: NatsLimits | None = None
) -> Carrier:
    """The carrier of one process of a topology.

    Raises:
        TransportError: nats-py is not installed, or the topology says nothing usable of a server
    """
    if topology.nats is None:
        raise TransportError(
            'links over NATS: expected [nats] url = "nats://HOST:4222", found none'
        )
    if find_spec("nats") is None:
        raise TransportError(
            "links over NATS: expected nats-py, found none: pip install 'torq-gen[nats]'"
        )
    nats = replace(topology.nats, stream=topology.nats.stream or manifest.system)
    if nats.jetstream and not _STREAM.fullmatch(nats.stream):
        raise TransportError(
            "nats.stream: expected a name without spaces, dots, slashes, * and >, "
            f"found {nats.stream!r}"
        )
    from mycelium.transports.nats.carrier import NatsCarrier

    return NatsCarrier(topology, process, manifest, nats, limits)
