"""Topologies: which services run in which process, and over what they reach each other."""

from mycelium.topology.model import (
    EVERY_SERVICE,
    MONOLITH,
    Address,
    LinkKind,
    Mode,
    Nats,
    ProcessPlan,
    Tls,
    Topology,
)
from mycelium.topology.watching import Logs, Monitoring, Tracing

__all__ = [
    "EVERY_SERVICE",
    "MONOLITH",
    "Address",
    "LinkKind",
    "Logs",
    "Mode",
    "Monitoring",
    "Nats",
    "ProcessPlan",
    "Tls",
    "Topology",
    "Tracing",
]
