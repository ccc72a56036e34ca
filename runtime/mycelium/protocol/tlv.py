"""The TLV: type u16, version u8, flags u8, length u32, then the value."""

from __future__ import annotations

from struct import Struct
from typing import Final

from mycelium.protocol.errors import MalformedValueError, TruncatedError

TLV_HEADER: Final = Struct("<HBBI")


def read_tlv(data: bytes, at: int, end: int) -> tuple[int, int, int, int]:
    """Type, version, start and end of the value of the TLV at byte ``at``.

    Raises:
        TruncatedError, MalformedValueError
    """
    if end - at < TLV_HEADER.size:
        raise TruncatedError(f"a TLV header of {TLV_HEADER.size} bytes", f"{end - at}", at)
    type_id, version, _, length = TLV_HEADER.unpack_from(data, at)
    if type_id in (0, 0xFFFF):
        raise MalformedValueError("a type id from 1 to 65534", str(type_id), at)
    if version == 0:
        raise MalformedValueError("a version from 1 to 255", "0", at + 2)
    value_at = at + TLV_HEADER.size
    if end - value_at < length:
        raise TruncatedError(f"a TLV value of {length} bytes", f"{end - value_at}", at + 4)
    return type_id, version, value_at, value_at + length
