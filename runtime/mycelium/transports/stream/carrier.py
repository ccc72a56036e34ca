"""Unix sockets and TCP for one process: it listens for subscribers and dials publishers."""

from __future__ import annotations

import asyncio
import uuid
from collections import Counter, defaultdict
from collections.abc import Mapping

from mycelium.manifest import Manifest, OnFull
from mycelium.protocol.message import Message
from mycelium.topology import Topology
from mycelium.transports import Joint, Port
from mycelium.transports.stream.dialing import Publishers
from mycelium.transports.stream.fetching import publishers_of
from mycelium.transports.stream.limits import Limits
from mycelium.transports.stream.offering import Publishing


class StreamCarrier:
    """Joins one process to the others that its topology links to it by Unix sockets or TCP."""

    def __init__(
        self, topology: Topology, process: str, manifest: Manifest, limits: Limits | None = None
    ) -> None:
        self._topology = topology
        self._plan = topology.process(process)
        self._manifest = manifest
        self._limits = limits or Limits(retry_secs=topology.retry_secs)
        self._instance = uuid.uuid4().hex
        self._counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._wanted: dict[type[Message], OnFull] = {}
        self._changed = asyncio.Event()
        self._publishers: tuple[Publishers, ...] | None = None
        self._sorting = False
        self._left = False

    def attach(self, port: Port, joint: Joint) -> None:
        """Says whose carrier this is."""
        self._port = port
        self._publishing = Publishing(
            self._topology,
            self._plan,
            port,
            joint,
            self._limits,
            instance=self._instance,
            changed=self._wake,
            counts=self._counts,
        )

    def want(self, message: type[Message], on_full: OnFull | None) -> None:
        """What subscriptions here need of a message."""
        if on_full is None:
            self._wanted.pop(message, None)
        else:
            self._wanted[message] = on_full
        for publishers in self._publishers or ():
            if message in publishers.messages:
                publishers.want(message, on_full)
        self._sort_soon()

    async def start(self) -> None:
        """Listens for subscribers, and dials publishers.

        Raises:
            TransportError: an address or a certificate cannot be used
        """
        await self._publishing.start()
        self._publishers = publishers_of(
            self._topology,
            self._plan,
            self._port,
            self._limits,
            instance=self._instance,
            changed=self._on_change,
            counts=self._counts,
        )
        for message, on_full in self._wanted.items():
            self.want(message, on_full)

    async def ready(self) -> None:
        """Returns once the subscribers elsewhere that the topology names are connected."""
        while self.missing():
            self._changed.clear()
            await self._changed.wait()

    def missing(self) -> tuple[str, ...]:
        """The processes that do not subscribe yet to what they should, and to what."""
        return self._publishing.missing()

    async def subscribed(self) -> None:
        """Returns once every publishers' process knows the subscriptions made so far."""
        while self._sorting or not all(p.settled for p in self._publishers or ()):
            self._changed.clear()
            await self._changed.wait()

    async def quiet(self, secs: float) -> None:
        """Takes leave of publishers elsewhere; what is on its way comes in before it returns."""
        self._left = True
        self._publishing.leave()
        dialers = [dialer for p in self._publishers or () for dialer in p.dialers]
        await asyncio.gather(*(dialer.leave(secs) for dialer in dialers))

    async def stop(self, secs: float) -> None:
        """Sends what waits, then disconnects."""
        if not self._left:
            await self.quiet(secs)
        await self._publishing.stop(secs)

    def counts(self) -> Mapping[str, Mapping[str, int]]:
        """Per other process: connects, losses, refusals of its hello."""
        return {name: dict(counter) for name, counter in self._counts.items()}

    def _wake(self) -> None:
        self._changed.set()

    def _on_change(self) -> None:
        self._changed.set()
        self._sort_soon()

    def _sort_soon(self) -> None:
        """Sorts once after all changes of this turn of the loop."""
        if self._publishers is not None and not self._sorting and not self._left:
            self._sorting = True
            asyncio.get_running_loop().call_soon(self._sort)

    def _sort(self) -> None:
        self._sorting = False
        if not self._left:
            for publishers in self._publishers or ():
                publishers.sort()
        self._changed.set()
