"""Kinds of fields as Arrow's types, and gathered columns or plain values as Arrow's arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mycelium.columns.libraries import ColumnsError, numpy, pyarrow
from mycelium.columns.wide import LARGEST_DECIMAL, check_decimals, extended
from mycelium.protocol.kinds import (
    Bool,
    Bytes,
    Enumeration,
    FieldSpec,
    Fixed,
    Float,
    Instrument,
    Integer,
    Kind,
    Optional,
    Sequence,
    Struct,
    Text,
)

if TYPE_CHECKING:
    from mycelium.columns.arrow import Wide

_DIGITS_128, _DIGITS_256 = 38, 76


def type_of(kind: Kind, wide: Wide) -> Any:
    """The Arrow type of a kind's values.

    Fixed-point numbers are decimals where every one fits; integers above 64 bits are bytes, or
    decimals when ``wide`` says so.
    """
    pa = pyarrow()
    match kind:
        case Optional(item=item):
            return type_of(item, wide)
        case Bool():
            return pa.bool_()
        case Float(bits=bits):
            return pa.float32() if bits == 32 else pa.float64()
        case Bytes(size=size):
            return pa.binary() if size is None else pa.binary(size)
        case Text():
            return pa.string()
        case Enumeration():
            return _integer_type(kind.raw)
        case Integer() | Fixed():
            return _number_type(kind, wide)
        case Instrument():
            return pa.struct(
                [
                    pa.field("venue", pa.uint16(), nullable=False),
                    pa.field("kind", pa.uint8(), nullable=False),
                    pa.field("asset", pa.binary(20), nullable=False),
                ]
            )
        case Struct(structure=structure):
            return pa.struct([_part(f.attribute, f.kind, wide) for f in structure.FIELDS])
        case Sequence(item=item, length=length):
            part = _part("item", item, wide)
            return pa.list_(part) if length is None else pa.list_(part, length)
    raise ColumnsError(f"{type(kind).__name__}: a kind of its own has no Arrow type")


def array_of(kind: Kind, column: Any, wide: Wide, what: str, mask: Any = None) -> Any:
    """The Arrow array of a gathered column; ``mask`` is a bitmap of the values that are there."""
    count, validity, offsets, data, children = column
    pa = pyarrow()
    type_ = type_of(kind, wide)

    def made(*buffers: Any, parts: list[Any] | None = None) -> Any:
        found = [mask, *(None if b is None else pa.py_buffer(b) for b in buffers)]
        return pa.Array.from_buffers(type_, count, found, children=parts)

    match kind:
        case Optional(item=item):
            return array_of(item, children[0], wide, what, pa.py_buffer(_bits(validity)))
        case Bool():
            return made(_bits(data))
        case Text() | Bytes(size=None):
            return made(offsets or bytes(4), data)
        case Integer() | Fixed():
            return made(_number_data(kind, data, wide, what))
        case Float() | Enumeration() | Bytes():
            return made(data)
        case Instrument():
            kinds = (Integer(16), Integer(8), Bytes(20))
            parts = zip(kinds, (children[0], children[1], children[3]), strict=True)
            return made(parts=[array_of(k, c, wide, what) for k, c in parts])
        case Struct(structure=structure):
            named = zip(structure.FIELDS, children, strict=True)
            return made(parts=[array_of(f.kind, c, wide, f"{what}.{f.name}") for f, c in named])
        case Sequence(item=item, length=length):
            part = array_of(item, children[0], wide, what)
            return made(parts=[part]) if length else made(offsets or bytes(4), parts=[part])
    raise ColumnsError(f"{what}: a kind of its own has no Arrow array")


def array_from(kind: Kind, values: list[Any], wide: Wide, what: str) -> Any:
    """The same array of plain values; for the pure codec."""
    return pyarrow().array([_plain(kind, v, wide, what) for v in values], type_of(kind, wide))


def _plain(kind: Kind, value: Any, wide: Wide, what: str) -> Any:
    """A value as `pyarrow.array` takes it."""
    if value is None:
        return None
    match kind:
        case Optional(item=item):
            return _plain(item, value, wide, what)
        case Integer() | Fixed():
            return _plain_number(kind, value, wide, what)
        case Enumeration():
            return int(value) if kind.raw.size <= 8 else _wire(kind.raw, value)
        case Instrument():
            return {"venue": value.venue, "kind": value.kind, "asset": value.asset}
        case Struct(structure=structure):
            return {
                f.attribute: _plain(f.kind, getattr(value, f.attribute), wide, f"{what}.{f.name}")
                for f in structure.FIELDS
            }
        case Sequence(item=item):
            return [_plain(item, v, wide, what) for v in value]
    return value


def _plain_number(kind: Integer | Fixed, value: int, wide: Wide, what: str) -> Any:
    if isinstance(kind, Fixed) and _precision(kind) <= _DIGITS_256:
        return kind.point.to_decimal(value)
    raw = kind.raw if isinstance(kind, Fixed) else kind
    if raw.size <= 8:
        return value
    if wide == "binary" or isinstance(kind, Fixed):
        return _wire(raw, value)
    if abs(value) > LARGEST_DECIMAL:
        check_decimals(_wire(raw, value), signed=raw.minimum < 0, what=what)
    from decimal import Decimal

    return Decimal(value)


def _wire(raw: Integer, value: int) -> bytes:
    return int(value).to_bytes(raw.size, "little", signed=raw.minimum < 0)


def _part(name: str, kind: Kind, wide: Wide) -> Any:
    return pyarrow().field(name, type_of(kind, wide), nullable=isinstance(kind, Optional))


def _integer_type(raw: Integer) -> Any:
    pa = pyarrow()
    if raw.size > 8:
        return pa.binary(raw.size)
    sign = "" if raw.minimum < 0 else "u"
    return getattr(pa, f"{sign}int{raw.size * 8}")()


def _precision(kind: Fixed) -> int:
    """The digits that every value has room in."""
    raw = kind.raw
    return max(len(str(max(-raw.minimum, raw.maximum))), kind.point.scale)


def _number_type(kind: Integer | Fixed, wide: Wide) -> Any:
    pa = pyarrow()
    if isinstance(kind, Fixed):
        digits = _precision(kind)
        if digits <= _DIGITS_128:
            return pa.decimal128(digits, kind.point.scale)
        if digits <= _DIGITS_256:
            return pa.decimal256(digits, kind.point.scale)
        return _integer_type(kind.raw)
    if kind.size <= 8 or wide == "binary":
        return _integer_type(kind)
    return pa.decimal256(39 if kind.size == 16 else _DIGITS_256, 0)


def _number_data(kind: Integer | Fixed, data: bytes, wide: Wide, what: str) -> bytes:
    """The bytes of a number's column as its Arrow type has them."""
    raw = kind.raw if isinstance(kind, Fixed) else kind
    type_ = _number_type(kind, wide)
    size = type_.bit_width // 8
    if size == raw.size and not (raw.size == 32 and pyarrow().types.is_decimal(type_)):
        return data
    if size == raw.size:
        check_decimals(data, signed=raw.minimum < 0, what=what)
        return data
    return extended(data, raw.size, size, signed=raw.minimum < 0)


def _bits(data: bytes) -> bytes:
    """A bit for each byte, as Arrow has booleans."""
    np = numpy()
    packed: bytes = np.packbits(np.frombuffer(data, np.uint8), bitorder="little").tobytes()
    return packed


__all__ = ["FieldSpec", "array_from", "array_of", "type_of"]
