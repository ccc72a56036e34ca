from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from mycelium.bus import Bus
from mycelium.manifest import Manifest
from tests.transports.suite import Ends, Reader, TransportSuite
from tests.unit.mycelium.helpers import Tick, asynchronous, manifest, settle


class TestLocal(TransportSuite):
    """Everything in one process; also, the very object arrives."""

    @asynccontextmanager
    async def connect(self, system: Manifest) -> AsyncIterator[Ends]:
        async with Bus(system) as bus:
            yield Ends(bus, bus)

    async def delivered(self, ends: Ends) -> None:
        await ends.subscribing.idle()

    async def calm(self, ends: Ends) -> None:
        await settle()

    def failures_that_reach_the_publisher(self, dropped: int) -> int:
        return dropped

    @asynchronous
    async def test_the_message_itself_is_handed_over_unencoded(self) -> None:
        async with self.connect(manifest()) as ends:
            reader = Reader()
            reader.watch(ends.subscribing, Tick)
            message = Tick(1, 1 << 70)  # no frame could carry it
            await ends.publishing.publisher(Tick).publish(message)
            await self.delivered(ends)
            assert reader.envelopes[0].message is message
