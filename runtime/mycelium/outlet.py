"""The publisher's end of the bus: stamps messages and puts them into their links."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, Final, Generic, TypeAlias, TypeVar

from msgspec.structs import force_setattr

from mycelium._native import codec
from mycelium.counters import Tally
from mycelium.envelope import Envelope
from mycelium.errors import (
    AmbiguousSourceError,
    MailboxFullError,
    StoppingError,
    UndeclaredPublishError,
)
from mycelium.mailbox import Inlet, Mailbox
from mycelium.manifest import Manifest, ServiceSpec
from mycelium.protocol.message import Message
from mycelium.transports import Link, Put, Route

M = TypeVar("M", bound=Message)
Watcher: TypeAlias = Callable[[Envelope], None]
MakeEnvelope: TypeAlias = Callable[[Message, int, int, int], Envelope]

_TAKEN: Final = Put.TAKEN
# The compiled way counts without a lock: threads that read the counts rely on the interpreter's.
_LOCKED: Final[bool] = getattr(sys, "_is_gil_enabled", lambda: True)()
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


class Done(Coroutine[Any, Any, None]):
    """What has happened already; it may be awaited any number of times.

    It is made once: a coroutine for each message that nobody waits for would cost as much as
    putting the message into a mailbox. So sets and `asyncio.as_completed`, which makes a set of
    what it is given, count it once.
    """

    __slots__ = ()
    __await__ = iter(()).__iter__  # type: ignore[assignment]  # at its end, and not of Python's

    def send(self, value: None, /) -> None:
        """For tasks that are made of it."""
        raise StopIteration

    def throw(self, kind: Any, error: Any = None, *_: Any) -> None:
        """For tasks that are cancelled before they begin."""
        raise kind if error is None else error

    def close(self) -> None:
        """There is nothing left to do."""


_DONE: Final[Coroutine[Any, Any, None]] = Done() if codec is None else codec.Done()


class Outlet:
    """The way of one source's messages of one type: sequences count from 1.

    ``watchers`` see each envelope before anybody gets it; one that raises stops the publication.
    Both lists are live: others add and remove.

    ``send(message)`` publishes at once; what it gives has to be awaited, and is over when no
    blocking subscriber's mailbox is overfull. A publisher that is cancelled while it waits has
    published. It raises:

    - TypeError: the message is of another type
    - StoppingError: the outlet is closed
    - EncodeError: bytes are needed and a value does not fit its field; nobody has it
    - MailboxFullError, when awaited: subscribers that say ``on_full: fail`` had no room; others
      have it
    """

    __slots__ = (
        "_closed",
        "_links",
        "_make",
        "_source",
        "_tally",
        "_watchers",
        "message",
        "send",
        "sequence",
    )

    def __init__(
        self,
        source: Source,
        message: type[Message],
        links: Route,
        watchers: list[Watcher],
        tally: Tally,
        make: MakeEnvelope = Envelope,
    ) -> None:
        self._closed = ""
        self._source = source
        self._make = make
        self._links = links
        self._watchers = watchers
        self._tally = tally
        self.message: type[Message] | None = message
        self.sequence = 0
        self.send: Callable[[Message], Coroutine[Any, Any, None]] = self._native() or self._send

    def close(self, why: str) -> None:
        """Publishes nothing any more."""
        self.message = None
        self._closed = why

    def _native(self) -> Any:
        """The same, compiled; it calls the method for what is not as it almost always is."""
        if codec is None or self._make is not Envelope or not _LOCKED:
            return None
        source = self._source
        return codec.Sender(
            self,
            source,
            self._tally,
            self._links,
            self._watchers,
            self._send,
            self._settled,
            source.now,
            source.number,
            _TURN,
            _TAKEN,
            _DONE,
            Inlet,
            Mailbox,
            Envelope,
        )

    def _send(self, message: Message) -> Coroutine[Any, Any, None]:
        if type(message) is not self.message:
            self._refuse(message)
        source, links = self._source, self._links
        sequence, number = self.sequence + 1, source.number
        timestamp = source.now()
        if timestamp <= source.last:
            timestamp = source.last + 1
        envelope = self._make(message, number, sequence, timestamp)
        if links.encoded:
            force_setattr(envelope, "frame", envelope.to_frame())  # nobody else has it yet
        if self._watchers:
            for watch in tuple(self._watchers):  # a tap may close itself meanwhile
                watch(envelope)
        self.sequence = sequence
        source.last = timestamp
        self._tally.published += 1
        troubled = None
        for link in links:
            outcome = link.put(envelope)
            if outcome is not _TAKEN:
                troubled = troubled or []
                troubled.append((link, outcome))
        if troubled is not None:
            return self._settled(troubled, message)
        return _DONE if sequence % _TURN else asyncio.sleep(0)

    def _settled(
        self, troubled: Sequence[tuple[Link, Put]], message: Message
    ) -> Coroutine[Any, Any, None]:
        return settle(troubled, self._source.spec.name, message)

    def _refuse(self, message: Message) -> None:
        if self.message is None:
            raise StoppingError(self._closed)
        raise TypeError(f"expected a {self.message.__name__}, found a {type(message).__name__}")


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

    ``publish(message)`` sends a message of its type at once; what it gives has to be awaited. It is
    the ``send`` of `Outlet`, since a call in between would cost as much as the rest.
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
