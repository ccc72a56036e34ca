"""What comes with a message: who sent it, when, and as which."""

from __future__ import annotations

from contextvars import ContextVar
from typing import Final

import msgspec

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
