"""One process among several: subscribers here get the message itself, those elsewhere its frame."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence

from mycelium.manifest import OnFull
from mycelium.protocol.message import Message
from mycelium.transports import Carrier, Entrance, Link, Port, Route

_STRONGEST_FIRST = (OnFull.BLOCK, OnFull.DROP_OLDEST, OnFull.FAIL)


class _Ways:
    """The links of one message: those of carriers, and those into this process."""

    __slots__ = ("away", "here", "modes", "route")

    def __init__(self) -> None:
        self.away: list[Link] = []
        self.here: list[Entrance] = []
        self.modes: list[OnFull] = []
        self.route = Route()

    def renew(self) -> None:
        """Makes the route anew, in place: publishers hold it."""
        self.route[:] = [*self.away, *self.here]
        self.route.encoded = bool(self.away)

    @property
    def need(self) -> OnFull | None:
        """What the subscriptions here need of a carrier."""
        return next((mode for mode in _STRONGEST_FIRST if mode in self.modes), None)


class HybridTransport:
    """Joins the subscribers of this process and the carriers to others."""

    __slots__ = ("_carriers", "_ways")

    def __init__(self, carriers: Sequence[Carrier]) -> None:
        self._carriers = tuple(carriers)
        self._ways: dict[type[Message], _Ways] = {}

    def attach(self, port: Port) -> None:
        """Says whose transport this is."""
        for carrier in self._carriers:
            carrier.attach(port, self)

    def links(self, source: int, message: type[Message]) -> Route:
        """The message's subscribers, here and elsewhere."""
        return self._of(message).route

    def inlets(self, message: type[Message]) -> Sequence[Entrance]:
        """The message's subscribers here: what came from elsewhere is not sent on."""
        return self._of(message).here

    def subscribe(
        self, message: type[Message], link: Entrance, on_full: OnFull = OnFull.BLOCK
    ) -> None:
        """From now on the link gets the message, published here or elsewhere."""
        ways = self._of(message)
        ways.here.append(link)
        ways.modes.append(on_full)
        self._changed(message, ways)

    def unsubscribe(self, message: type[Message], link: Entrance) -> None:
        """From now on the link gets nothing."""
        ways = self._of(message)
        at = ways.here.index(link)
        del ways.here[at], ways.modes[at]
        self._changed(message, ways)

    def join(self, message: type[Message], link: Link) -> None:
        """From now on the carrier's link gets what is published here."""
        ways = self._of(message)
        ways.away.append(link)
        ways.renew()

    def part(self, message: type[Message], link: Link) -> None:
        """From now on the carrier's link gets nothing."""
        ways = self._of(message)
        ways.away.remove(link)
        ways.renew()

    def takers(self, message: type[Message]) -> Sequence[tuple[Entrance, OnFull]]:
        """The message's subscribers here, as they are now."""
        ways = self._of(message)
        return tuple(zip(ways.here, ways.modes, strict=True))

    async def start(self) -> None:
        """Begins to connect."""
        for carrier in self._carriers:
            await carrier.start()

    async def ready(self) -> None:
        """Returns once the subscribers elsewhere that the topology names are connected."""
        for carrier in self._carriers:
            await carrier.ready()

    def missing(self) -> tuple[str, ...]:
        """What `ready` still waits for, in words."""
        return tuple(text for carrier in self._carriers for text in carrier.missing())

    async def subscribed(self) -> None:
        """Returns once every publishers' process knows the subscriptions made so far."""
        for carrier in self._carriers:
            await carrier.subscribed()

    async def quiet(self, secs: float) -> None:
        """Takes leave of publishers elsewhere."""
        await asyncio.gather(*(carrier.quiet(secs) for carrier in self._carriers))

    async def stop(self, secs: float) -> None:
        """Sends what waits, then disconnects."""
        await asyncio.gather(*(carrier.stop(secs) for carrier in self._carriers))

    def counts(self) -> Mapping[str, Mapping[str, int]]:
        """What was counted of connections, per other process."""
        found: dict[str, Counter[str]] = {}
        for carrier in self._carriers:
            for name, row in carrier.counts().items():
                found.setdefault(name, Counter()).update(row)
        return found

    def _of(self, message: type[Message]) -> _Ways:
        ways = self._ways.get(message)
        if ways is None:
            ways = self._ways[message] = _Ways()
        return ways

    def _changed(self, message: type[Message], ways: _Ways) -> None:
        ways.renew()
        for carrier in self._carriers:
            carrier.want(message, ways.need)
