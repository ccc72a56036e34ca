"""The bytes of one value that has no parts, as a person reads them."""

from __future__ import annotations

import struct
from datetime import UTC, datetime

from mycelium.protocol import InstrumentId, MalformedValueError
from torq_gen.model import (
    BoolType,
    BytesType,
    EnumType,
    FieldType,
    FixedType,
    FloatType,
    InstrumentIdType,
    IntType,
    StringType,
    TimestampType,
)

_NANOSECONDS = 1_000_000_000
_RESERVED = 3  # this byte of an instrument id is always 0


def shown(type_: FieldType, data: bytes, at: int) -> str:
    """The value of ``data``, which holds exactly it and starts at byte ``at``.

    Raises:
        MalformedValueError: it is no value of the type.
    """
    match type_:
        case IntType(signed=signed):
            return str(int.from_bytes(data, "little", signed=signed))
        case FixedType(scale=scale, base=base):
            return decimal(int.from_bytes(data, "little", signed=base.signed), scale)
        case TimestampType():
            return timestamp(int.from_bytes(data, "little"))
        case BoolType():
            if data[0] > 1:
                raise MalformedValueError("0 or 1", str(data[0]), at)
            return "true" if data[0] else "false"
        case FloatType(bits=bits):
            return repr(struct.unpack("<f" if bits == 32 else "<d", data)[0])
        case EnumType():
            return _enum(type_, int.from_bytes(data, "little"), at)
        case StringType():
            return _text(data, at)
        case BytesType():
            return "0x" + data.hex()
        case InstrumentIdType():
            return _instrument(data, at)
        case _:
            raise TypeError(f"{type_} has parts")


def decimal(number: int, scale: int) -> str:
    """``number / 10**scale`` with all its digits: ``decimal(-5, 2)`` is ``-0.05``."""
    if scale == 0:
        return str(number)
    digits = str(abs(number)).rjust(scale + 1, "0")
    return f"{'-' if number < 0 else ''}{digits[:-scale]}.{digits[-scale:]}"


def timestamp(nanoseconds: int) -> str:
    """Nanoseconds since the Unix epoch, and the moment in UTC."""
    seconds, rest = divmod(nanoseconds, _NANOSECONDS)
    try:
        moment = datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, ValueError, OSError):
        return str(nanoseconds)
    return f"{nanoseconds} ({moment:%Y-%m-%dT%H:%M:%S}.{rest:09}Z)"


def _enum(type_: EnumType, number: int, at: int) -> str:
    for name, value in type_.values:
        if value == number:
            return f"{name} ({number})"
    if type_.closed:
        raise MalformedValueError(f"a value of {type_.name}", str(number), at)
    return f"{number} (unknown to the spec)"


def _text(data: bytes, at: int) -> str:
    """Quoted, and with no character that a terminal would obey."""
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        found = f"{data[error.start]:#04x}"
        raise MalformedValueError("UTF-8", found, at + error.start) from None
    return '"' + "".join(_printable(character) for character in text) + '"'


def _printable(character: str) -> str:
    if character in '"\\':
        return f"\\{character}"
    if character.isprintable():
        return character
    return character.encode("unicode_escape").decode()


def _instrument(data: bytes, at: int) -> str:
    if data[_RESERVED]:
        found = f"{data[_RESERVED]:#04x}"
        raise MalformedValueError("a reserved byte of 0", found, at + _RESERVED)
    return str(InstrumentId.from_wire(data))
