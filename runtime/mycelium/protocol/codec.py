"""What generated codecs call. Nobody else should need it."""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Any, Final

from mycelium.protocol.errors import (
    DecodeError,
    MalformedValueError,
    SizeMismatchError,
    TruncatedError,
    WrongDomainError,
)
from mycelium.protocol.frame import Frame, check_single_frame
from mycelium.protocol.kinds import shown
from mycelium.protocol.message import Message, refuse

# What the packing of a value that does not fit can raise; `refuse` then finds the field at fault.
CANNOT_ENCODE: Final = (struct.error, ValueError, TypeError, AttributeError, OverflowError)

_TLV_HEADER: Final = struct.Struct("<HBBI")

# Typed loosely, as struct's unpack is: the value may go to a field of any static integer type.
from_bytes: Final[Callable[..., Any]] = int.from_bytes


def tlv(type_id: int, version: int, value: bytes) -> bytes:
    """The TLV of a message of variable size."""
    return _TLV_HEADER.pack(type_id, version, 0, len(value)) + value


def malformed(expected: str, found: object, at: int) -> DecodeError:
    """A field's bytes are not a value of its type."""
    return MalformedValueError(expected, shown(found), at)


def truncated(expected: int, found: int, at: int) -> DecodeError:
    """Fewer bytes are left than the field takes."""
    return TruncatedError(f"{expected} bytes", f"{found}", at)


def wrong_size(expected: int, found: int, at: int) -> DecodeError:
    """A value of a fixed-size message has another size."""
    kind = TruncatedError if found < expected else SizeMismatchError
    return kind(f"a value of {expected} bytes", f"{found}", at)


def left_over(found: int, at: int) -> DecodeError:
    """Bytes follow the last field of the version that wrote the value."""
    return SizeMismatchError("the end of the value", f"{found} more bytes", at)


def bad_text(error: UnicodeDecodeError, at: int) -> DecodeError:
    """The bytes of a string are not UTF-8."""
    found = error.object[error.start : error.start + 1].hex()
    return MalformedValueError("UTF-8 text", f"byte {found}", at + error.start)


def explain(data: bytes, kind: type[Message]) -> DecodeError:
    """Why the parser of fixed-size frames refused ``data``.

    Raises:
        DecodeError: when the frame itself is not sound
    """
    header = check_single_frame(data)
    expected = f"domain {kind.DOMAIN} of {kind.__name__} (type {kind.TYPE_ID})"
    return WrongDomainError(expected, str(header.domain), 5)


__all__ = [
    "CANNOT_ENCODE",
    "Frame",
    "bad_text",
    "explain",
    "from_bytes",
    "left_over",
    "malformed",
    "refuse",
    "tlv",
    "truncated",
    "wrong_size",
]
