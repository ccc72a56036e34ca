from __future__ import annotations

from pathlib import Path

from mycelium.topology import Topology
from tests.transports.streams import StreamSuite, tcp_topology


class TestTcp(StreamSuite):
    """Two processes over TCP of this machine."""

    def topologies(self, folder: Path) -> tuple[Topology, Topology]:
        plan = tcp_topology()
        return plan, plan
