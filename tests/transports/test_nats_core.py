from __future__ import annotations

from tests.transports.nats_buses import NatsSuite


class TestNatsCore(NatsSuite):
    """Two processes and a server that keeps nothing."""

    jetstream = False
