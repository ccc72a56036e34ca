"""Transports: how envelopes get from publishers to subscribers.

A publisher never knows which transport carries its message. It asks for the route of its (source,
message) once and puts each envelope into all of its links. A link into this process is a
subscription's way into a mailbox; a `Carrier` between processes adds links that write to a
connection, and gives what it reads to the lanes of the bus.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import IntEnum
from typing import TYPE_CHECKING, Any, Protocol

from mycelium.manifest import OnFull

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from typing import TypeAlias

    from mycelium.counters import Counters
    from mycelium.envelope import Envelope
    from mycelium.manifest import Manifest
    from mycelium.protocol.message import Message
    from mycelium.topology import Topology

    Handler: TypeAlias = Callable[[Any], Awaitable[None]]
    Around: TypeAlias = Callable[[str, type[Message], Handler], Handler]


class Put(IntEnum):
    """What became of an envelope; only what needs no more care is false."""

    TAKEN = 0
    HELD = 1
    """It was taken; the publisher has to wait for `Link.room`."""
    REFUSED = 2
    """It was not taken and the publisher has to be told."""


class Link(Protocol):
    """Where envelopes of one message type go: one subscription, here or elsewhere."""

    @property
    def subscriber(self) -> str:
        """The subscriber's name, for messages to people."""

    def put(self, envelope: Envelope) -> Put:
        """Takes the envelope at once, in order, without waiting."""

    async def room(self) -> None:
        """Returns once the publisher may go on after `Put.HELD`."""


class Entrance(Link, Protocol):
    """A link into a mailbox of this process."""

    @property
    def free(self) -> int:
        """How many envelopes it takes now without filling up."""

    def put_all(self, envelopes: Sequence[Envelope]) -> None:
        """As `put` of each, in order; no more than are ``free``."""

    def checkpoint(self) -> Callable[[], bool]:
        """What tells later whether all that has been put until now was handled."""


class Route(list[Link]):
    """The links of one message. When ``encoded``, envelopes that are put have their frame."""

    __slots__ = ("encoded",)

    def __init__(self) -> None:
        super().__init__()
        self.encoded = False


class Lane(Protocol):
    """The way of one source's messages of one type from elsewhere into this process."""

    @property
    def free(self) -> int:
        """How many envelopes `take_all` may get now; 0 where each has to be taken alone."""

    def take_all(self, envelopes: list[Envelope]) -> None:
        """As `take` of each, for less; nobody is in trouble.

        There is at least one, and they follow each other; see `mycelium.envelope.Following`.
        """

    def take(self, envelope: Envelope) -> list[tuple[Link, Put]] | None:
        """Judges, counts and delivers; the links that were in trouble, if any was."""

    def checkpoint(self) -> Callable[[], bool]:
        """What tells later whether all that has been taken until now was handled."""

    def admit(self, envelope: Envelope) -> bool:
        """Judges and counts as `take` does; whether the caller is to deliver it."""

    def admit_all(self, envelopes: list[Envelope]) -> bool:
        """As `admit` of each, if all are to be delivered; False, and nothing done, if in doubt.

        There is at least one, and they follow each other.
        """

    def take_retained(self, envelope: Envelope) -> list[tuple[Link, Put]] | None:
        """Delivers a last value, marked as such, unless it is known here already."""


class Port(Protocol):
    """What a bus is to the transports that join it to others."""

    manifest: Manifest
    counters: Counters
    around: Around

    def lane(self, source: int, message: type[Message]) -> Lane:
        """The one lane of a source's messages of one type."""

    def closed_lane(self, source: int, message: type[Message], why: str) -> Lane:
        """A lane that refuses what comes, as `refuse` does."""

    def refuse(self, publisher: str, message: str, frame: bytes, why: str) -> None:
        """Counts a frame that is not delivered, keeps it as a dead letter, and says so."""

    def give_up(self, subscriber: str, envelope: Envelope, why: str) -> None:
        """Makes a dead letter of a message that the subscriber was given in vain."""

    def retained(self, message: type[Message]) -> tuple[Envelope, ...]:
        """The message's last values, the longest unchanged first."""


class Transport(Protocol):
    """Connects the publishers and subscribers of one process with each other, and with others."""

    def attach(self, port: Port) -> None:
        """Says whose transport this is; called once, before anything else."""

    def links(self, source: int, message: type[Message]) -> Route:
        """The links for a publisher's message: a live view that follows later subscriptions."""

    def inlets(self, message: type[Message]) -> Sequence[Entrance]:
        """The links of subscriptions in this process: a live view."""

    def subscribe(
        self, message: type[Message], link: Entrance, on_full: OnFull = OnFull.BLOCK
    ) -> None:
        """From now on the link gets the message."""

    def unsubscribe(self, message: type[Message], link: Entrance) -> None:
        """From now on the link gets nothing."""

    async def start(self) -> None:
        """Begins to connect; the links can be used before.

        Raises:
            TransportError: this process cannot be reached or prove who it is as its topology says
        """

    async def ready(self) -> None:
        """Returns once the subscribers elsewhere that the topology names are connected."""

    def missing(self) -> tuple[str, ...]:
        """What `ready` still waits for, in words."""

    async def subscribed(self) -> None:
        """Returns once every publishers' process knows the subscriptions made so far."""

    async def quiet(self, secs: float) -> None:
        """Takes leave of publishers elsewhere; what is on its way comes in before it returns.

        Gives up after ``secs`` seconds. Mailboxes have to be emptied meanwhile.
        """

    async def stop(self, secs: float) -> None:
        """Sends what waits, then disconnects, after ``secs`` seconds at the latest.

        What could not be sent is counted as undelivered to the process that it was for.
        """

    def counts(self) -> Mapping[str, Mapping[str, int]]:
        """What was counted of connections: per other process, by name of the count."""


class Carrier(Protocol):
    """A transport's way to other processes: one of these for each kind of connection."""

    def attach(self, port: Port, joint: Joint) -> None:
        """Says whose carrier this is; called once, before anything else."""

    def want(self, message: type[Message], on_full: OnFull | None) -> None:
        """What subscriptions here need of a message; ``block`` if one blocks; None for nothing.

        Called whenever a subscription comes or goes, also when the need stays the same.
        """

    async def start(self) -> None:
        """As `Transport.start`."""

    async def ready(self) -> None:
        """As `Transport.ready`."""

    def missing(self) -> tuple[str, ...]:
        """As `Transport.missing`."""

    async def subscribed(self) -> None:
        """As `Transport.subscribed`."""

    async def quiet(self, secs: float) -> None:
        """As `Transport.quiet`."""

    async def stop(self, secs: float) -> None:
        """As `Transport.stop`."""

    def counts(self) -> Mapping[str, Mapping[str, int]]:
        """As `Transport.counts`."""


class Joint(Protocol):
    """Where a carrier hangs up its links."""

    def join(self, message: type[Message], link: Link) -> None:
        """From now on what is published here goes to the link, too, with its frame."""

    def part(self, message: type[Message], link: Link) -> None:
        """From now on the link gets nothing."""

    def takers(self, message: type[Message]) -> Sequence[tuple[Entrance, OnFull]]:
        """The links of the subscriptions in this process, as they are now."""


def of(topology: Topology, process: str, manifest: Manifest, **options: Any) -> Transport:
    """The transport of one process of a topology, by the topology's links.

    ``options`` are those of the carriers.

    Raises:
        UnknownProcessError: the topology has no such process
        TransportError: a link that the topology asks for cannot be made
    """
    from mycelium.transports.joining import joined

    return joined(topology, process, manifest, **options)
