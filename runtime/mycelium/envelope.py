"""What comes with a message: who sent it, when, and as which."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from typing import Final, TypeAlias

import msgspec

from mycelium._native import codec
from mycelium.errors import NoMessageInHandError
from mycelium.protocol.accelerated import Shape
from mycelium.protocol.frame import append_tlvs
from mycelium.protocol.message import Message


class Envelope(msgspec.Struct, frozen=True, gc=False):
    """A message on its way.

    ``source`` is the publishing service's id, ``sequence`` counts its messages of this type from
    1, ``timestamp`` is ns since the Unix epoch. ``retained`` marks a last value that is given to a
    late or restarted subscriber. ``frame`` holds the bytes when the message came as bytes;
    ``extra`` is protocol TLVs that follow the message in its frame.
    """

    message: Message
    source: int
    sequence: int
    timestamp: int
    retained: bool = False
    frame: bytes | None = None
    extra: bytes = b""

    def to_frame(self) -> bytes:
        """The frame that carries the message: the one it came in, or a new one.

        Raises:
            EncodeError: a value does not fit its field
        """
        if self.frame is not None:
            return self.frame
        frame = self.message.to_frame(
            source=self.source, sequence=self.sequence, timestamp=self.timestamp
        )
        return append_tlvs(frame, self.extra) if self.extra else frame

    def as_retained(self) -> Envelope:
        """The same envelope, marked as retained."""
        return Envelope(
            self.message,
            self.source,
            self.sequence,
            self.timestamp,
            True,
            self.frame,
            self.extra,
        )


ENVELOPE: Final = Shape(
    Envelope,
    (
        *((name, name) for name in ("message", "source", "sequence", "timestamp")),
        ("retained", "constant", False),
        ("frame", "data"),
        ("extra", "constant", b""),
    ),
    lambda frame, data: Envelope(
        frame.message, frame.source, frame.sequence, frame.timestamp, False, data
    ),
)
"""What decoding makes of a frame from elsewhere."""

Following: TypeAlias = Callable[[list[Envelope] | list[bytes | Envelope], int, int], int]
"""Of a list, a place in it and a number: behind the last of at most so many envelopes that follow
each other from there on, with one source and message type, the next sequence and a later timestamp
each; the place itself where there is none."""


def _following(items: list[Envelope] | list[bytes | Envelope], at: int, most: int) -> int:
    last: Envelope | None = None
    end = min(len(items), at + most)
    for place in range(at, end):
        item = items[place]
        if not isinstance(item, Envelope) or not (last is None or _follows(last, item)):
            return place
        last = item
    return max(at, end)


def _follows(last: Envelope, following: Envelope) -> bool:
    return (
        following.sequence == last.sequence + 1
        and following.timestamp > last.timestamp
        and following.source == last.source
        and type(following.message) is type(last.message)
    )


following: Final[Following] = _following if codec is None else codec.Runs(Envelope)

# A context variable, so that a task spawned by a handler keeps the envelope that it started under.
IN_HAND: Final[ContextVar[Envelope | None]] = ContextVar("mycelium_envelope", default=None)
IN_SERVICE: Final[ContextVar[str]] = ContextVar("mycelium_service", default="")
"""The service whose code runs."""


def current_envelope() -> Envelope:
    """The envelope of the message in hand.

    Raises:
        NoMessageInHandError: no handler is running
    """
    envelope = IN_HAND.get()
    if envelope is None:
        raise NoMessageInHandError("expected to be called while a message is handled")
    return envelope
