"""Transports: how envelopes get from publishers to subscribers.

A publisher never knows which transport carries its message. It asks for the links of its (source,
message) once and puts each envelope into all of them. A link into this process is a subscription's
way into a mailbox; a transport between processes adds links that write to a connection, and gives
what it reads to `Bus.receive`.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from mycelium.envelope import Envelope
    from mycelium.protocol.message import Message


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
        """Takes the envelope at once, in order, without waiting.

        Raises:
            EncodeError: the link needs bytes and a value does not fit its field
        """

    async def room(self) -> None:
        """Returns once the publisher may go on after `Put.HELD`."""


class Transport(Protocol):
    """Connects publishers and subscribers."""

    def links(self, source: int, message: type[Message]) -> Sequence[Link]:
        """The links for a publisher's message: a live view that follows later subscriptions."""

    def subscribe(self, message: type[Message], link: Link) -> None:
        """From now on the link gets the message."""

    def unsubscribe(self, message: type[Message], link: Link) -> None:
        """From now on the link gets nothing."""

    async def start(self) -> None:
        """Connects; the links can be used before."""

    async def stop(self) -> None:
        """Sends what waits, then disconnects."""
