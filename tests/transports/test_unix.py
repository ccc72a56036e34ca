from __future__ import annotations

from pathlib import Path

from mycelium.topology import Topology
from tests.transports.streams import StreamSuite, unix_topology


class TestUnix(StreamSuite):
    """Two processes of one machine."""

    def topologies(self, folder: Path) -> tuple[Topology, Topology]:
        plan = unix_topology(folder)
        return plan, plan
