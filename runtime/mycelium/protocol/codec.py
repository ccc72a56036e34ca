"""What generated codecs call. Nobody else should need it."""

from __future__ import annotations

import struct
from collections.abc import Callable
from struct import error as struct_error
from typing import Any, Final
from zlib import crc32

from mycelium.protocol.errors import (
    DecodeError,
    MalformedValueError,
    SizeMismatchError,
    TruncatedError,
)
from mycelium.protocol.kinds import shown
from mycelium.protocol.message import refuse

# What the packing of a value that does not fit can raise; `refuse` then finds the field at fault.
CANNOT_ENCODE: Final = (struct_error, ValueError, TypeError, AttributeError, OverflowError)

_WITH_CHECKSUM: Final = struct.Struct("<28sI").pack  # cuts off what follows the 28 bytes
_AFTER_CHECKSUM: Final = slice(28, None)
_USUAL_COUNT: Final = 256

# The header without its checksum, and the TLV header: type, version and flags as one number.
pack_head: Final = struct.Struct("<6sHQQIII").pack

# Typed loosely, as struct's unpack is: the value may go to a field of any static integer type.
from_bytes: Final[Callable[..., Any]] = int.from_bytes


class Packers(dict[int, Callable[..., bytes]]):
    """For one format, what packs a given number of items; kept for the numbers that are usual."""

    def __init__(self, item: str) -> None:
        super().__init__()
        self._item = item

    def __missing__(self, count: int) -> Callable[..., bytes]:
        pack = struct.Struct(f"<{count}{self._item}").pack
        if count <= _USUAL_COUNT:
            self[count] = pack
        return pack


class Unpackers(dict[int, Callable[[bytes, int], Any]]):
    """For one format, what unpacks a given number of items from a place on."""

    def __init__(self, item: str) -> None:
        super().__init__()
        self._item = item

    def __missing__(self, count: int) -> Callable[[bytes, int], Any]:
        unpack = struct.Struct(f"<{count}{self._item}").unpack_from
        if count <= _USUAL_COUNT:
            self[count] = unpack
        return unpack


def framed(head: bytes, value: bytes) -> bytes:
    """The frame of a packed head (`pack_head`) and the value that follows it."""
    body = head + value
    return _WITH_CHECKSUM(head, crc32(body)) + body[_AFTER_CHECKSUM]


def malformed(expected: str, found: object, at: int) -> DecodeError:
    """A field's bytes are not a value of its type."""
    return MalformedValueError(expected, shown(found), at)


def truncated(expected: int, found: int, at: int) -> DecodeError:
    """Fewer bytes are left than the field takes."""
    return TruncatedError(f"{expected} bytes", f"{found}", at)


def left_over(found: int, at: int) -> DecodeError:
    """Bytes follow the last field of the version that wrote the value."""
    return SizeMismatchError("the end of the value", f"{found} more bytes", at)


def bad_text(error: UnicodeDecodeError, at: int) -> DecodeError:
    """The bytes of a string are not UTF-8."""
    found = error.object[error.start : error.start + 1].hex()
    return MalformedValueError("UTF-8 text", f"byte {found}", at + error.start)


__all__ = [
    "CANNOT_ENCODE",
    "Packers",
    "Unpackers",
    "bad_text",
    "framed",
    "from_bytes",
    "left_over",
    "malformed",
    "pack_head",
    "refuse",
    "struct_error",
    "truncated",
]
