from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from mycelium.topology import Topology
from tests.transports.certificates import Authority
from tests.transports.streams import StreamSuite, tcp_topology


class TestTls(StreamSuite):
    """TCP with TLS 1.3; both ends have certificates."""

    def topologies(self, folder: Path) -> tuple[Topology, Topology]:
        authority = Authority(folder)
        plan = tcp_topology()
        return (
            replace(plan, tls=authority.issue("first", ["feed"])),
            replace(plan, tls=authority.issue("second", ["brain", "relay"])),
        )
