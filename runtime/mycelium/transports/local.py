"""Within one process: the message itself is handed over, nothing is encoded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from mycelium.manifest import OnFull
from mycelium.protocol.message import Message
from mycelium.transports import Entrance, Port, Route


class LocalTransport:
    """Order per (source, type) is kept; nothing is lost while the process lives."""

    __slots__ = ("_inlets", "_routes")

    def __init__(self) -> None:
        self._routes: dict[type[Message], Route] = {}
        self._inlets: dict[type[Message], list[Entrance]] = {}

    def attach(self, port: Port) -> None:
        """Nothing comes from outside."""

    def links(self, source: int, message: type[Message]) -> Route:
        """The message's subscribers; whoever publishes it."""
        return self._route(message)

    def inlets(self, message: type[Message]) -> Sequence[Entrance]:
        """The message's subscribers."""
        return self._inlets.setdefault(message, [])

    def subscribe(
        self, message: type[Message], link: Entrance, on_full: OnFull = OnFull.BLOCK
    ) -> None:
        """From now on the link gets the message."""
        self._route(message).append(link)
        self._inlets.setdefault(message, []).append(link)

    def unsubscribe(self, message: type[Message], link: Entrance) -> None:
        """From now on the link gets nothing."""
        self._routes[message].remove(link)
        self._inlets[message].remove(link)

    async def start(self) -> None:
        """There is nothing to connect."""

    async def ready(self) -> None:
        """There is nobody elsewhere."""

    def missing(self) -> tuple[str, ...]:
        """Nothing ever is."""
        return ()

    async def subscribed(self) -> None:
        """Publishers see subscriptions at once."""

    async def quiet(self, secs: float) -> None:
        """Nothing comes from outside."""

    async def stop(self, secs: float) -> None:
        """There is nothing to disconnect."""

    def counts(self) -> Mapping[str, Mapping[str, int]]:
        """There are no connections."""
        return MappingProxyType({})

    def _route(self, message: type[Message]) -> Route:
        return self._routes.setdefault(message, Route())
