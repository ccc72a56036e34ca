"""What two processes say about their connection: frames of source 0, which no service has.

Their one TLV has the type 65534 and holds a JSON object.
"""

from __future__ import annotations

from typing import Final, TypeAlias

import msgspec

from mycelium.protocol.errors import MalformedValueError
from mycelium.protocol.frame import HEADER_SIZE, check_frame, encode_frame, read_header
from mycelium.protocol.tlv import TLV_HEADER, read_tlv
from mycelium.transports.shared.offer import Needs
from mycelium.transports.shared.schemas import Schemas

CONNECTION_PROTOCOL: Final = 1
CONTROL_TYPE: Final = 65534


class Hello(msgspec.Struct, frozen=True, tag="hello", forbid_unknown_fields=True):
    """A subscribers' process: who it is, and what it needs. The first of a connection."""

    protocol: int
    system: str
    process: str
    instance: str
    blocking: bool
    needs: Needs
    schemas: Schemas


class Welcome(msgspec.Struct, frozen=True, tag="welcome", forbid_unknown_fields=True):
    """The answer of the publishers' process; the next ``retained`` frames are last values."""

    process: str
    instance: str
    retained: int


class Refuse(msgspec.Struct, frozen=True, tag="refuse", forbid_unknown_fields=True):
    """The other answer; the connection ends."""

    why: str


class Want(msgspec.Struct, frozen=True, tag="want", forbid_unknown_fields=True):
    """All that the subscribers' process needs from now on; ``number`` counts from 1."""

    number: int
    needs: Needs
    schemas: Schemas


class Have(msgspec.Struct, frozen=True, tag="have", forbid_unknown_fields=True):
    """What was wanted holds from here on; the next ``retained`` frames are last values."""

    number: int
    retained: int


class Mark(msgspec.Struct, frozen=True, tag="mark", forbid_unknown_fields=True):
    """How many messages of this connection were handled, by type; last values do not count."""

    handled: dict[int, int]


class Bye(msgspec.Struct, frozen=True, tag="bye", forbid_unknown_fields=True):
    """The subscribers' process stops: it wants what waits, and then the end."""


class End(msgspec.Struct, frozen=True, tag="end", forbid_unknown_fields=True):
    """Nothing follows; who reads it closes the connection."""


class Beat(msgspec.Struct, frozen=True, tag="beat", forbid_unknown_fields=True):
    """Still there."""


Control: TypeAlias = Hello | Welcome | Refuse | Want | Have | Mark | Bye | End | Beat

_DECODER: Final[msgspec.json.Decoder[Control]] = msgspec.json.Decoder(Control)


def encode(control: Control) -> bytes:
    """The frame of a control."""
    body = msgspec.json.encode(control)
    return encode_frame(
        TLV_HEADER.pack(CONTROL_TYPE, 1, 0, len(body)) + body,
        domain=0,
        source=0,
        sequence=0,
        timestamp=0,
    )


def is_control(data: bytes) -> bool:
    """Whether a frame is one of these."""
    return data[6:8] == b"\0\0"


def decode(data: bytes) -> Control:
    """The control of a frame.

    Raises:
        DecodeError: the bytes are no such frame
    """
    # a header whose source is 1 and that is otherwise the same: 0 is refused everywhere else
    header = read_header(data[:6] + b"\1\0" + data[8:HEADER_SIZE], max_frame=len(data))
    check_frame(data, header)
    type_id, _, at, end = read_tlv(data, HEADER_SIZE, len(data))
    if type_id != CONTROL_TYPE or end != len(data):
        raise MalformedValueError(f"one TLV of type {CONTROL_TYPE}", str(type_id), HEADER_SIZE)
    try:
        return _DECODER.decode(memoryview(data)[at:end])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise MalformedValueError("a control", str(error), at) from None
