"""What watches one process from outside of its services: health, metrics, traces.

All of it is off unless the topology says otherwise, and what is off costs nothing.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Final, Protocol

from mycelium.bus import Bus
from mycelium.consumer import Around, Handler
from mycelium.protocol.message import Message

if TYPE_CHECKING:
    from mycelium.health.latency import Latencies
    from mycelium.health.server import HealthServer
    from mycelium.supervisor import Supervisor
    from mycelium.topology import ProcessPlan
    from mycelium.tracing.export import Export

_LOG: Final = logging.getLogger("mycelium.health")


class Tracing(Protocol):
    """How to trace; see `mycelium.tracing.export.open_tracer`."""

    @property
    def export(self) -> Export:
        """Where spans go."""

    @property
    def endpoint(self) -> str:
        """A collector's address, or empty."""

    @property
    def sample(self) -> float:
        """The share of the traces begun here that are kept, 0 to 1."""


class Instruments:
    """The instruments of one process; make them before its workers.

    Raises:
        MissingLibraryError: tracing is on and its libraries are not installed
    """

    def __init__(
        self,
        bus: Bus,
        plan: ProcessPlan,
        *,
        tracing: Tracing | None = None,
        stall_secs: float | None = None,
    ) -> None:
        self._bus = bus
        self._plan = plan
        self._stall_secs = stall_secs
        self._latencies: Latencies | None = None
        self._server: HealthServer | None = None
        self._heart: asyncio.Task[None] | None = None
        self._end_traces: Callable[[], Awaitable[None]] | None = None
        if tracing is not None:
            self._trace(tracing)
        if plan.health is not None:
            self._measure()

    @property
    def address(self) -> tuple[str, int] | None:
        """Where health and metrics are served, if they are."""
        return self._server.address if self._server is not None else None

    async def open(self, supervisor: Supervisor) -> None:
        """Serves health and metrics, if there is an address for them.

        Raises:
            HealthAddressError: the address cannot be listened at
        """
        if self._plan.health is None or self._latencies is None:
            return
        from mycelium.health.heartbeat import STALL_SECS, Heartbeat
        from mycelium.health.pages import pages_of
        from mycelium.health.server import HealthServer
        from mycelium.health.vitals import Vitals

        heartbeat = Heartbeat(self._stall_secs or STALL_SECS)
        vitals = Vitals(self._plan.name, self._bus, supervisor, heartbeat)
        server = HealthServer(self._plan.health, pages_of(vitals, self._latencies))
        await server.start()
        self._server = server
        self._heart = asyncio.create_task(heartbeat.run(), name="heartbeat")
        _LOG.info("health and metrics at http://%s:%d", *server.address)

    async def close(self) -> None:
        """Ends what `open` began, and sends the last spans. Closing twice is fine."""
        if self._heart is not None:
            self._heart.cancel()
        server, self._server = self._server, None
        if server is not None:
            await server.stop()
        end, self._end_traces = self._end_traces, None
        if end is not None:
            await end()

    def _trace(self, tracing: Tracing) -> None:
        from mycelium.tracing.export import open_tracer

        manifest = self._bus.manifest
        tracer, self._end_traces = open_tracer(
            manifest.system, self._plan.name, tracing.export, tracing.endpoint, tracing.sample
        )
        from mycelium.tracing.spans import Spans

        spans = Spans(tracer, manifest.source_name)
        self._bus.make_envelope = spans.envelope
        self._bus.around = _both(self._bus.around, spans.around)

    def _measure(self) -> None:
        from mycelium.health.latency import Latencies

        self._latencies = Latencies()
        self._bus.around = _both(self._bus.around, self._latencies.around)


def _both(inner: Around, outer: Around) -> Around:
    def around(service: str, message: type[Message], handler: Handler) -> Handler:
        return outer(service, message, inner(service, message, handler))

    return around
