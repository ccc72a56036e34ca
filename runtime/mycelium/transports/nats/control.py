"""What the processes of a system say to each other over NATS, as JSON objects."""

from __future__ import annotations

from typing import Final, TypeAlias

import msgspec

from mycelium.protocol.errors import MalformedValueError
from mycelium.transports.shared.offer import Needs
from mycelium.transports.shared.schemas import Schemas

MAX_CONTROL: Final = 1 << 18
SCHEMA_HEADER: Final = "Mycelium-Schema"
ID_HEADER: Final = "Nats-Msg-Id"


class Here(msgspec.Struct, frozen=True, tag="here", forbid_unknown_fields=True):
    """Who is there and what it subscribes to; ``number`` counts the changes of that.

    ``needs`` is what publishers have to take care of themselves, ``kept`` the message types that
    come by way of JetStream, ``retained`` those whose last values are wanted. Who ``asks`` wants
    to hear the same of all others.
    """

    instance: str
    number: int
    needs: Needs
    kept: tuple[int, ...]
    retained: tuple[int, ...]
    schemas: Schemas
    asks: bool = False


class Ask(msgspec.Struct, frozen=True, tag="ask", forbid_unknown_fields=True):
    """Who are you?"""


class Have(msgspec.Struct, frozen=True, tag="have", forbid_unknown_fields=True):
    """The answer to `Here`: it holds from here on, and last values were sent before this."""

    instance: str
    number: int


class Refuse(msgspec.Struct, frozen=True, tag="refuse", forbid_unknown_fields=True):
    """The other answer."""

    instance: str
    number: int
    why: str


class Beat(msgspec.Struct, frozen=True, tag="beat", forbid_unknown_fields=True):
    """Still there."""

    instance: str
    number: int


class Leave(msgspec.Struct, frozen=True, tag="leave", forbid_unknown_fields=True):
    """It subscribes no longer and wants what waits, then an `End`; or it is gone."""

    instance: str
    gone: bool


class End(msgspec.Struct, frozen=True, tag="end", forbid_unknown_fields=True):
    """Nothing follows that was published for the instance that leaves."""

    instance: str


class Probe(msgspec.Struct, frozen=True, tag="probe", forbid_unknown_fields=True):
    """What has come of this message type?"""

    type_id: int


class Marks(msgspec.Struct, frozen=True, tag="marks", forbid_unknown_fields=True):
    """The last sequence that has come, by source. When ``idle``, nothing waits to be taken."""

    type_id: int
    sequences: dict[int, int]
    idle: bool = False


class Handled(msgspec.Struct, frozen=True, tag="handled", forbid_unknown_fields=True):
    """How far handlers have come: the last sequence, by message type and source."""

    sequences: dict[int, dict[int, int]]


Control: TypeAlias = Here | Ask | Have | Refuse | Beat | Leave | End | Probe | Marks | Handled

_DECODER: Final[msgspec.json.Decoder[Control]] = msgspec.json.Decoder(Control)

encode: Final = msgspec.json.Encoder().encode


def decode(data: bytes) -> Control:
    """The control of a payload.

    Raises:
        DecodeError: the bytes are none
    """
    if len(data) > MAX_CONTROL:
        raise MalformedValueError(f"at most {MAX_CONTROL} bytes", str(len(data)), 0)
    try:
        return _DECODER.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise MalformedValueError("a control", str(error), 0) from None
