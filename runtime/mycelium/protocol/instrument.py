"""Instrument ids: venue, kind and asset in 24 bytes, bijective with their text form."""

from __future__ import annotations

import re
from struct import Struct
from typing import Final

import msgspec

from mycelium.protocol.errors import EncodeError

_WIRE: Final = Struct("<HBB20s")
_TEXT: Final = re.compile(r"(0|[1-9]\d{0,4}):(0|[1-9]\d{0,2}):0x([0-9a-f]{40})")


class InstrumentId(msgspec.Struct, frozen=True, order=True, gc=False):
    """An instrument: ``venue`` (u16), ``kind`` (u8) and ``asset`` (20 bytes, an address say).

    Its text is ``venue:kind:0xasset``, with decimal numbers and lower-case hex.
    """

    venue: int
    kind: int
    asset: bytes

    def __str__(self) -> str:
        return f"{self.venue}:{self.kind}:0x{self.asset.hex()}"

    @classmethod
    def parse(cls, text: str) -> InstrumentId:
        """The id that ``text`` stands for.

        Raises:
            EncodeError: not the canonical text of an id
        """
        match = _TEXT.fullmatch(text)
        if match is not None:
            venue, kind = int(match[1]), int(match[2])
            if venue <= 0xFFFF and kind <= 0xFF:
                return cls(venue, kind, bytes.fromhex(match[3]))
        expected = "venue:kind:0xasset with venue 0-65535, kind 0-255, 40 lower-case hex digits"
        raise EncodeError("InstrumentId", "text", expected, repr(text))

    def to_wire(self) -> bytes:
        """The 24 bytes of the id.

        Raises:
            ValueError: the asset is not 20 bytes long
            struct.error: a part is of the wrong type or out of range
        """
        if len(self.asset) != 20:
            raise ValueError("asset")
        return _WIRE.pack(self.venue, self.kind, 0, self.asset)

    @classmethod
    def from_wire(cls, data: bytes) -> InstrumentId:
        """The id of 24 bytes whose reserved byte is known to be zero."""
        venue, kind, _, asset = _WIRE.unpack(data)
        return cls(venue, kind, asset)
