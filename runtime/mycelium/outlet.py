"""The publisher's end of the bus: stamps messages and puts them into their links."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, Final, Generic, TypeAlias, TypeVar

from msgspec.structs import force_setattr

from mycelium.counters import Tally
from mycelium.envelope import Envelope
from mycelium.errors import (
    AmbiguousSourceError,
    MailboxFullError,
    StoppingError,
    UndeclaredPublishError,
)
from mycelium.manifest import Manifest, ServiceSpec
from mycelium.protocol.message import Message
from mycelium.transports import Link, Put, Route

M = TypeVar("M", bound=Message)
Watcher: TypeAlias = Callable[[Envelope], None]
MakeEnvelope: TypeAlias = Callable[[Message, int, int, int], Envelope]

_TAKEN: Final = Put.TAKEN
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

    __slots__ = (
        "_closed",
        "_links",
        "_make",
        "_message",
        "_sequence",
        "_source",
        "_tally",
        "_watchers",
    )

    def __init__(
        self,
        source: Source,
        message: type[Message],
        links: Route,
        watchers: Sequence[Watcher],
        tally: Tally,
        make: MakeEnvelope = Envelope,
    ) -> None:
        self._closed = ""
        self._source = source
        self._message: type[Message] | None = message
        self._make = make
        self._links = links
        self._watchers = watchers
        self._tally = tally
        self._sequence = 0

    async def send(self, message: Message) -> None:
        """Publishes; returns when no blocking subscriber's mailbox is overfull.

        A publisher that is cancelled while it waits has published.

        Raises:
            TypeError: the message is of another type
            StoppingError: the outlet is closed
            MailboxFullError: subscribers that say ``on_full: fail`` had no room; others have it
            EncodeError: bytes are needed and a value does not fit its field; nobody has it
        """
        if type(message) is not self._message:
            self._refuse(message)
        source = self._source
        now, make, links, watchers = source.now, self._make, self._links, self._watchers
        sequence = self._sequence + 1
        timestamp = now()
        if timestamp <= source.last:
            timestamp = source.last + 1
        number = source.number
        if not links.encoded:
            envelope = make(message, number, sequence, timestamp)
        elif make is Envelope:
            frame = message.to_frame(source=number, sequence=sequence, timestamp=timestamp)
            envelope = Envelope(message, number, sequence, timestamp, False, frame)
        else:
            envelope = make(message, number, sequence, timestamp)
            force_setattr(envelope, "frame", envelope.to_frame())  # nobody else has it yet
        if watchers:
            for watch in tuple(watchers):  # a tap may close itself meanwhile
                watch(envelope)
        self._sequence = sequence
        source.last = timestamp
        self._tally.published += 1
        troubled = None
        for link in links:
            outcome = link.put(envelope)
            if outcome is not _TAKEN:
                troubled = troubled or []
                troubled.append((link, outcome))
        if troubled is not None:
            await settle(troubled, source.spec.name, message)
        elif not sequence % _TURN:
            await asyncio.sleep(0)

    def close(self, why: str) -> None:
        """Publishes nothing any more."""
        self._message = None
        self._closed = why

    def _refuse(self, message: Message) -> None:
        if self._message is None:
            raise StoppingError(self._closed)
        raise TypeError(f"expected a {self._message.__name__}, found a {type(message).__name__}")


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
    """Publishes one message for code that is not a service; see `Bus.publisher`.

    ``publish`` sends a message of its type and has to be awaited; see `Outlet.send`, which it is,
    since a call in between would cost as much as the rest.
    """

    __slots__ = ("publish", "source")

    def __init__(self, source: int, outlet: Outlet) -> None:
        self.source = source
        self.publish: Callable[[M], Coroutine[Any, Any, None]] = outlet.send


def publishing(manifest: Manifest, message: type[Message], service: str | None) -> ServiceSpec:
    """The named service, or the one that alone publishes the message.

    Raises:
        AmbiguousSourceError: no or several services publish the message
        UndeclaredPublishError: ``service`` does not
    """
    publishers = manifest.publishers(message)
    if service is not None:
        spec = manifest.service(service)
        if spec not in publishers:
            declared = [m.__name__ for m in spec.publishes]
            raise UndeclaredPublishError(spec.name, message.__name__, declared)
        return spec
    if len(publishers) != 1:
        names = ", ".join(spec.name for spec in publishers) or "none"
        raise AmbiguousSourceError(
            f"expected one service that publishes {message.__name__}, found {names}"
        )
    return publishers[0]
