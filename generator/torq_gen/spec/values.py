"""Values of the spec (defaults, examples, rules) to neutral values of a type; see model/values.py.

Fixed-point values are written as what they mean (``"12.45"``) and become scaled integers.
"""

from __future__ import annotations

import math
import re
import struct
from typing import TYPE_CHECKING, NoReturn

from torq_gen.model.types import (
    ArrayType,
    BoolType,
    BytesType,
    EnumType,
    FieldType,
    FixedType,
    FloatType,
    InstrumentIdType,
    IntType,
    ListType,
    OptionalType,
    StringType,
    StructType,
    TimestampType,
    resolved,
)
from torq_gen.spec.findings import listed, near
from torq_gen.spec.structure import describe

if TYPE_CHECKING:
    from torq_gen.diagnostics import Span
    from torq_gen.model.values import Value
    from torq_gen.spec.document import Document, Raw

_DECIMAL = re.compile(r"([-+]?)([0-9]{1,80})(?:\.([0-9]{1,80}))?")
_HEX = re.compile(r"0x((?:[0-9a-fA-F]{2})*)")
_INSTRUMENT = re.compile(r"([0-9]{1,5}):([0-9]{1,3}):0x([0-9a-fA-F]{40})")
_FLOATS = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}
_QUOTED_FROM = 64  # bits; narrower integers are written without quotes
_TIMESTAMP = IntType(64, False)


class WrongValueError(Exception):
    """A value that its type cannot hold, with its place."""

    def __init__(self, span: Span, message: str, help: str | None = None) -> None:
        super().__init__(message)
        self.span = span
        self.message = message
        self.help = help


class Place:
    """Where a value stands: under a key of a mapping or at an index of a list."""

    __slots__ = ("container", "document", "key")

    def __init__(
        self, document: Document, container: dict[str, Raw] | list[Raw], key: str | int
    ) -> None:
        self.document = document
        self.container = container
        self.key = key

    @property
    def raw(self) -> Raw:
        """The value as it was read."""
        return self.container[self.key]  # type: ignore[index]

    @property
    def span(self) -> Span:
        """Its place in the file."""
        return self.document.value(self.container, self.key)

    def inside(self, key: str | int) -> Place:
        """A value within this one."""
        return Place(self.document, self.raw, key)

    def fail(self, expected: str, help: str | None = None) -> NoReturn:
        """Raises WrongValueError for the value."""
        raw = self.raw
        number = isinstance(raw, (int, float)) and not isinstance(raw, bool)
        found = self.document.source(self.container, self.key) if number else describe(raw)
        raise WrongValueError(self.span, f"expected {expected}, found {found}", help)


def read_value(type_: FieldType, place: Place) -> Value:
    """The value at ``place`` as the type's neutral value; raises WrongValueError."""
    match resolved(type_):
        case IntType() as integer:
            return _integer(integer, place, str(type_))
        case TimestampType():
            return _integer(_TIMESTAMP, place, "timestamp")
        case BoolType():
            return _bool(place)
        case FloatType(bits=bits):
            return _float(bits, place)
        case FixedType() as fixed:
            return _fixed(fixed, place)
        case BytesType(size=size):
            return _bytes(size, place)
        case StringType():
            return _string(place)
        case EnumType() as enum:
            return _enum(enum, place)
        case InstrumentIdType():
            return _instrument(place)
        case OptionalType(item=item):
            return None if place.raw is None else read_value(item, place)
        case ListType(item=item):
            return _items(item, None, place)
        case ArrayType(item=item, length=length):
            return _items(item, length, place)
        case StructType() as found:
            return _struct(found, place)
    raise AssertionError(type_)


def _integer(type_: IntType, place: Place, name: str) -> int:
    raw = place.raw
    if isinstance(raw, str) and type_.bits >= _QUOTED_FROM:
        found = _DECIMAL.fullmatch(raw)
        if found is None or found.group(3) is not None:
            place.fail(f"an integer for {name}")
        raw = int(raw)
    elif isinstance(raw, str) and re.fullmatch(r"-?[0-9]+", raw):
        place.fail(f"an integer for {name}", f"write {raw} without quotes")
    if isinstance(raw, bool) or not isinstance(raw, int):
        place.fail(f"an integer for {name}")
    if not type_.minimum <= raw <= type_.maximum:
        place.fail(f"{type_.minimum} to {type_.maximum} for {name}")
    return raw


def _bool(place: Place) -> bool:
    if not isinstance(place.raw, bool):
        place.fail("true or false")
    return bool(place.raw)


def _float(bits: int, place: Place) -> float:
    raw = place.raw
    if isinstance(raw, str) and raw in _FLOATS:
        return _FLOATS[raw]
    if isinstance(raw, bool) or not isinstance(raw, (int, float)):
        place.fail(f'a number for f{bits}, or "NaN", "Infinity", "-Infinity"')
    try:
        value = float(raw)
        # The value that survives the wire, so that a default equals what a reader sees.
        return value if bits == 64 else float(struct.unpack("<f", struct.pack("<f", value))[0])
    except OverflowError:
        place.fail(f"a number that fits f{bits}")


def _fixed(type_: FixedType, place: Place) -> int:
    raw = place.raw
    if isinstance(raw, float):
        source = place.document.source(place.container, place.key)
        place.fail(
            f"an exact decimal in quotes for {type_}", f'quote it, floats are not exact: "{source}"'
        )
    if isinstance(raw, bool) or not isinstance(raw, (int, str)):
        place.fail(f'a decimal in quotes for {type_}, such as "12.45"')
    found = _DECIMAL.fullmatch(str(raw))
    if found is None:
        place.fail(f'a decimal in quotes for {type_}, such as "12.45"')
    sign, whole, part = found.group(1), found.group(2), (found.group(3) or "").rstrip("0")
    if len(part) > type_.scale:
        place.fail(f"at most {type_.scale} decimal places for {type_}")
    value = int(whole + part.ljust(type_.scale, "0"))
    value = -value if sign == "-" else value
    if not type_.base.minimum <= value <= type_.base.maximum:
        low, high = (shown_fixed(v, type_) for v in (type_.base.minimum, type_.base.maximum))
        place.fail(f"{low} to {high} for {type_}")
    return value


def shown_fixed(value: int, type_: FixedType) -> str:
    """A scaled integer as the decimal that it means."""
    digits = str(abs(value)).rjust(type_.scale + 1, "0")
    sign = "-" if value < 0 else ""
    if not type_.scale:
        return sign + digits
    return f"{sign}{digits[: -type_.scale]}.{digits[-type_.scale :]}"


def _bytes(size: int | None, place: Place) -> bytes:
    raw = place.raw
    form = f'"0x" and {size * 2} hex digits' if size else '"0x" and pairs of hex digits'
    found = _HEX.fullmatch(raw) if isinstance(raw, str) else None
    if found is None:
        place.fail(f"{form} for bytes{'' if size is None else f'[{size}]'}")
    value = bytes.fromhex(found.group(1))
    if size is not None and len(value) != size:
        span, expected = place.span, f"expected {size} bytes for bytes[{size}]"
        raise WrongValueError(span, f"{expected}, found {len(value)}")
    return value


def _string(place: Place) -> str:
    raw = place.raw
    if not isinstance(raw, str):
        quoted = None
        if isinstance(raw, (int, float)):
            quoted = f'quote it: "{place.document.source(place.container, place.key)}"'
        place.fail("a text", quoted)
    if any("\ud800" <= c <= "\udfff" for c in raw):
        span = place.span
        raise WrongValueError(span, "expected a text, found half of a surrogate pair in it")
    return str(raw)


def _enum(type_: EnumType, place: Place) -> int:
    raw = place.raw
    values = dict(type_.values)
    if isinstance(raw, str):
        if raw not in values:
            place.fail(
                f"a value of {type_.name}", near(raw, values) or f"its values: {listed(values)}"
            )
        return values[raw]
    if isinstance(raw, bool) or not isinstance(raw, int):
        place.fail(f"a value of {type_.name}", f"its values: {listed(values)}")
    if type_.closed and raw not in values.values():
        place.fail(f"a value of {type_.name}, which is closed", f"its values: {listed(values)}")
    return _integer(type_.base, place, type_.name)


def _instrument(place: Place) -> bytes:
    raw = place.raw
    found = _INSTRUMENT.fullmatch(raw) if isinstance(raw, str) else None
    if found is None or int(found.group(1)) > 0xFFFF or int(found.group(2)) > 0xFF:
        place.fail('an instrument id "<venue>:<kind>:0x<40 hex digits>"')
    venue, kind, asset = found.groups()
    return struct.pack("<HBx", int(venue), int(kind)) + bytes.fromhex(asset)


def _items(item: FieldType, length: int | None, place: Place) -> tuple[Value, ...]:
    if not isinstance(place.raw, list):
        place.fail("a list")
    if length is not None and len(place.raw) != length:
        span, found = place.span, len(place.raw)
        raise WrongValueError(span, f"expected {length} items, found {found}")
    return tuple(read_value(item, place.inside(i)) for i in range(len(place.raw)))


def _struct(type_: StructType, place: Place) -> tuple[Value, ...]:
    raw = place.raw
    if not isinstance(raw, dict):
        place.fail(f"a mapping with the fields of {type_.name}")
    names = [f.name for f in type_.fields]
    for key in raw:
        if key not in names:
            span = place.document.key(raw, key)
            raise WrongValueError(span, f"{type_.name} has no field '{key}'", near(key, names))
    for name in names:
        if name not in raw:
            raise WrongValueError(place.span, f"{type_.name} lacks the field '{name}'")
    return tuple(read_value(f.type, place.inside(f.name)) for f in type_.fields)
