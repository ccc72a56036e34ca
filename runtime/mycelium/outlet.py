"""The publisher's end of the bus: stamps messages and puts them into their links."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, Final, Generic, TypeAlias, TypeVar

from msgspec.structs import force_setattr

from mycelium.counters import Tally
from mycelium.envelope import Envelope
from mycelium.errors import MailboxFullError
from mycelium.manifest import ServiceSpec
from mycelium.protocol.message import Message
from mycelium.transports import Link, Put, Route

M = TypeVar("M", bound=Message)
Watcher: TypeAlias = Callable[[Envelope], None]
MakeEnvelope: TypeAlias = Callable[[Message, int, int, int], Envelope]

# A publisher that is never held up gives way to its subscribers after this many messages.
_TURN: Final = 256


class Source:
    """What all outlets of one service share: its id and its last timestamp."""

    __slots__ = ("last", "now", "number", "spec")

    def __init__(self, spec: ServiceSpec, now: Callable[[], int]) -> None:
        self.spec = spec
        self.number = spec.source
        self.now = now
        self.last = 0


class Outlet:
    """The way of one source's messages of one type: sequences count from 1.

    ``watchers`` see each envelope before anybody gets it; one that raises stops the publication.
    Both lists are live: others add and remove.
    """

    __slots__ = ("_links", "_make", "_sequence", "_source", "_tally", "_watchers")

    def __init__(
        self,
        source: Source,
        links: Route,
        watchers: Sequence[Watcher],
        tally: Tally,
        make: MakeEnvelope = Envelope,
    ) -> None:
        self._source = source
        self._make = make
        self._links = links
        self._watchers = watchers
        self._tally = tally
        self._sequence = 0

    async def send(self, message: Message) -> None:
        """Publishes; returns when no blocking subscriber's mailbox is overfull.

        A publisher that is cancelled while it waits has published.

        Raises:
            MailboxFullError: subscribers that say ``on_full: fail`` had no room; others have it
            EncodeError: bytes are needed and a value does not fit its field; nobody has it
        """
        source = self._source
        sequence = self._sequence + 1
        timestamp = source.now()
        if timestamp <= source.last:
            timestamp = source.last + 1
        envelope = self._make(message, source.number, sequence, timestamp)
        links = self._links
        if links.encoded:  # once for all of them; nobody else has the envelope yet
            frame = (
                envelope.to_frame()
                if envelope.extra
                else message.to_frame(source=source.number, sequence=sequence, timestamp=timestamp)
            )
            force_setattr(envelope, "frame", frame)
        if self._watchers:
            for watch in tuple(self._watchers):  # a tap may close itself meanwhile
                watch(envelope)
        self._sequence = sequence
        source.last = timestamp
        self._tally.published += 1
        troubled = None
        for link in links:
            outcome = link.put(envelope)
            if outcome:
                troubled = troubled or []
                troubled.append((link, outcome))
        if troubled is not None:
            await settle(troubled, source.spec.name, message)
        elif not sequence % _TURN:
            await asyncio.sleep(0)


async def settle(troubled: Sequence[tuple[Link, Put]], publisher: str, message: Message) -> None:
    """Waits for the links that hold the publisher up, then says which refused.

    Raises:
        MailboxFullError: naming them
    """
    for link, outcome in troubled:
        if outcome is Put.HELD:
            await link.room()
    refused = [link.subscriber for link, outcome in troubled if outcome is Put.REFUSED]
    if refused:
        await asyncio.sleep(0)  # a publisher that tries again at once must not starve the reader
        raise MailboxFullError(publisher, type(message).__name__, refused)


class Publisher(Generic[M]):
    """Publishes one message for code that is not a service; see `Bus.publisher`."""

    __slots__ = ("_guard", "_message", "_outlet", "source")

    def __init__(
        self, source: int, message: type[M], outlet: Outlet, guard: Callable[[], None]
    ) -> None:
        self.source = source
        self._message = message
        self._outlet = outlet
        self._guard = guard

    def publish(self, message: M) -> Coroutine[Any, Any, None]:
        """Sends a message of the publisher's type; has to be awaited.

        Raises:
            TypeError: the message is of another type
            StoppingError: the bus is being stopped
            MailboxFullError, EncodeError: as `Outlet.send`
        """
        if type(message) is not self._message:
            raise TypeError(
                f"expected a {self._message.__name__}, found a {type(message).__name__}"
            )
        self._guard()
        return self._outlet.send(message)  # no coroutine of its own: it would cost as much again
