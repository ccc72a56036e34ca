"""Two buses that are two processes of a topology, joined by a NATS server."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from mycelium.bus import Bus
from mycelium.manifest import Manifest, ServiceSpec
from mycelium.service import Service
from mycelium.supervisor import Supervisor
from mycelium.topology import LinkKind, Nats, ProcessPlan, Topology
from mycelium.transports.hybrid import HybridTransport
from mycelium.transports.nats import carrier_of
from mycelium.transports.nats.carrier import NatsCarrier
from mycelium.transports.nats.limits import NatsLimits
from mycelium.worker import Worker
from tests.transports.nats_servers import NatsServer, nats_server
from tests.transports.streams import FIRST, SECOND, arrived, topology, until
from tests.transports.suite import Ends, TransportSuite
from tests.unit.mycelium.helpers import manifest, settle

QUICK = NatsLimits(
    first_retry_secs=0.01,
    retry_secs=0.05,
    linger_secs=2.0,
    beat_secs=0.1,
    ack_secs=0.5,
    window_frames=1024,
)


def nats_topology(url: str, *, jetstream: bool, parts: Any = None, **nats: Any) -> Topology:
    """The two processes of the sample system."""
    return topology(
        ProcessPlan(name=FIRST, services=("feed",)),
        ProcessPlan(name=SECOND, services=("brain", "relay")),
        LinkKind.NATS,
        nats=Nats(url=url, jetstream=jetstream, **nats),
        **(parts or {}),
    )


def nats_bus(plan: Topology, process: str, system: Manifest, limits: NatsLimits = QUICK) -> Bus:
    """The bus of one process."""
    return Bus(system, transport=HybridTransport([carrier_of(plan, process, system, limits)]))


def carrier(bus: Bus) -> NatsCarrier:
    """What joins the bus to the server."""
    transport = bus.transport
    assert isinstance(transport, HybridTransport)
    (found,) = transport._carriers
    assert isinstance(found, NatsCarrier)
    return found


def publishers_wait(publishing: Bus) -> bool:
    """Whether a subscriber is too far behind; for JetStream's acceptance each one waits a while."""
    return any(link._waiting for link in carrier(publishing)._publishing.links.values())


class NatsSuite(TransportSuite):
    """The suite over a server: inherit, and say whether it is JetStream's."""

    flood = 20_000
    jetstream: bool

    @pytest.fixture(autouse=True)
    def _server(self, tmp_path: Path) -> Iterator[None]:
        with nats_server(tmp_path) as server:
            self.server: NatsServer = server
            yield

    def connect(self, system: Manifest) -> AbstractAsyncContextManager[Ends]:
        return self.joined(system)

    @asynccontextmanager
    async def joined(self, system: Manifest, limits: NatsLimits = QUICK) -> AsyncIterator[Ends]:
        plan = nats_topology(self.server.url, jetstream=self.jetstream)
        async with (
            nats_bus(plan, SECOND, system, limits) as subscribing,
            nats_bus(plan, FIRST, system, limits) as publishing,
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


@asynccontextmanager
async def services_on(
    plan: Topology,
    process: str,
    builds: Mapping[ServiceSpec, Callable[[Any], Service]],
    limits: NatsLimits = QUICK,
    system: Manifest | None = None,
) -> AsyncIterator[Supervisor]:
    """The services of one process, running and connected."""
    bus = nats_bus(plan, process, system or manifest(), limits)
    supervisor = Supervisor(
        bus, [Worker(bus, spec, partial(build, {}), 8) for spec, build in builds.items()]
    )
    await bus.transport.start()
    try:
        await bus.transport.ready()
        await supervisor.start()
        yield supervisor
    finally:
        await supervisor.stop()


def bus_of(supervisor: Supervisor) -> Bus:
    return supervisor._bus
