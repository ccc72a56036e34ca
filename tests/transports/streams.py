"""Two buses that are two processes of a topology, joined by real sockets."""

from __future__ import annotations

import asyncio
import socket
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

from mycelium import transports
from mycelium.bus import Bus
from mycelium.inbound import DeliveryLane
from mycelium.manifest import Manifest
from mycelium.topology import Address, LinkKind, Mode, ProcessPlan, Topology
from mycelium.transports.hybrid import HybridTransport
from mycelium.transports.stream.carrier import StreamCarrier
from mycelium.transports.stream.confirming import Sent
from mycelium.transports.stream.limits import Limits
from mycelium.transports.stream.outbound import Outbound
from mycelium.transports.stream.serving import Subscriber
from tests.transports.suite import Ends, TransportSuite
from tests.unit.mycelium.helpers import settle

FIRST, SECOND = "adapters", "strategies"
QUICK = Limits(
    first_retry_secs=0.001,
    retry_secs=0.01,
    linger_secs=2.0,
    socket_bytes=1 << 15,  # small, so that few messages fill what is on the way
    high_bytes=1 << 15,
    low_bytes=1 << 13,
)


def free_port() -> int:
    """A TCP port of this machine that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def topology(first: ProcessPlan, second: ProcessPlan, kind: LinkKind, **parts: Any) -> Topology:
    """Two processes with links of one kind."""
    return Topology(processes=(first, second), mode=Mode.BUNDLED, transport=kind, **parts)


def unix_topology(folder: Path, **parts: Any) -> Topology:
    return topology(
        ProcessPlan(name=FIRST, services=("feed",), unix=folder / "a.sock"),
        ProcessPlan(name=SECOND, services=("brain", "relay"), unix=folder / "b.sock"),
        LinkKind.UNIX,
        **parts,
    )


def tcp_topology(**parts: Any) -> Topology:
    return topology(
        ProcessPlan(name=FIRST, services=("feed",), tcp=Address("127.0.0.1", free_port())),
        ProcessPlan(
            name=SECOND, services=("brain", "relay"), tcp=Address("127.0.0.1", free_port())
        ),
        LinkKind.TCP,
        **parts,
    )


def bus(plan: Topology, process: str, system: Manifest, limits: Limits = QUICK) -> Bus:
    """The bus of one process."""
    return Bus(system, transport=transports.of(plan, process, system, limits=limits))


async def until(holds: Callable[[], bool]) -> None:
    """Returns once it holds; the test's own limit ends a wait in vain."""
    while not holds():  # noqa: ASYNC110 - sockets tell no event
        await asyncio.sleep(0.001)


def arrived(ends: Ends) -> bool:
    """Whether the last of what was published and is subscribed to has come in."""
    for (source, message), outlet in ends.publishing._outlets.items():
        if ends.subscribing.transport.inlets(message) and outlet.sequence:
            lane = ends.subscribing.lane(source, message)
            assert isinstance(lane, DeliveryLane)
            if lane.track.sequence != outlet.sequence:
                return False
    return True


def subscribers(of: Bus) -> list[Subscriber]:
    """Other processes, by class of connection."""
    transport = of.transport
    assert isinstance(transport, HybridTransport)
    (carrier,) = transport._carriers
    assert isinstance(carrier, StreamCarrier)
    return list(carrier._publishing._subscribers.values())


def outbounds(of: Bus) -> list[Outbound]:
    """What goes to other processes."""
    return [subscriber.outbound for subscriber in subscribers(of)]


def sents(of: Bus) -> list[Sent]:
    """What other processes were given."""
    return [subscriber.sent for subscriber in subscribers(of)]


def publishers_wait(publishing: Bus) -> bool:
    return any(outbound._waiting for outbound in outbounds(publishing))


class StreamSuite(TransportSuite):
    """The suite over sockets: inherit, and say what the topology is."""

    def topologies(self, folder: Path) -> tuple[Topology, Topology]:
        """The topology as the first and as the second process know it."""
        raise NotImplementedError

    def connect(self, system: Manifest) -> AbstractAsyncContextManager[Ends]:
        return self.joined(system)

    @asynccontextmanager
    async def joined(self, system: Manifest, limits: Limits = QUICK) -> AsyncIterator[Ends]:
        with tempfile.TemporaryDirectory() as folder:
            first, second = self.topologies(Path(folder))
            async with (
                bus(second, SECOND, system, limits) as subscribing,
                bus(first, FIRST, system, limits) as publishing,
            ):
                yield Ends(publishing, subscribing)

    async def delivered(self, ends: Ends) -> None:
        await until(lambda: arrived(ends))
        await ends.subscribing.idle()

    async def calm(self, ends: Ends) -> None:
        """What was published has come in, or publishers wait because it cannot."""
        await until(lambda: arrived(ends) or publishers_wait(ends.publishing))
        await settle()

    def failures_that_reach_the_publisher(self, dropped: int) -> int:
        return 0
