"""Within one process: the message itself is handed over, nothing is encoded."""

from __future__ import annotations

from collections.abc import Sequence

from mycelium.protocol.message import Message
from mycelium.transports import Link


class LocalTransport:
    """Order per (source, type) is kept; nothing is lost while the process lives."""

    __slots__ = ("_links",)

    def __init__(self) -> None:
        self._links: dict[type[Message], list[Link]] = {}

    def links(self, source: int, message: type[Message]) -> Sequence[Link]:
        """The message's subscribers; whoever publishes it."""
        return self._links.setdefault(message, [])

    def subscribe(self, message: type[Message], link: Link) -> None:
        """From now on the link gets the message."""
        self._links.setdefault(message, []).append(link)

    def unsubscribe(self, message: type[Message], link: Link) -> None:
        """From now on the link gets nothing."""
        self._links[message].remove(link)

    async def start(self) -> None:
        """There is nothing to connect."""

    async def stop(self) -> None:
        """There is nothing to disconnect."""
