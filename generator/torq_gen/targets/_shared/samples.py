"""Sample values of field types: the ends of their ranges, and bytes that tell fields apart."""

from __future__ import annotations

from collections.abc import Iterator

from torq_gen.model import (
    AliasType,
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
    Value,
)

_F32_MAX = 3.4028234663852886e38
_F64_MAX = 1.7976931348623157e308
_U64 = IntType(64, signed=False)


class Counter:
    """Counts bytes from 1 to 250 and round again, so that swapped or shifted fields show."""

    def __init__(self) -> None:
        self._next = 0

    def take(self, size: int) -> bytes:
        """The next ``size`` bytes."""
        taken = bytes((self._next + i) % 250 + 1 for i in range(size))
        self._next += size
        return taken


def counting(type_: FieldType, counter: Counter) -> Value:
    """A value whose bytes count on from the value before it."""
    match type_:
        case AliasType(target=target):
            return counting(target, counter)
        case IntType(bits=bits, signed=signed):
            return int.from_bytes(counter.take(bits // 8), "little", signed=signed)
        case FixedType(base=base):
            return counting(base, counter)
        case TimestampType():
            return counting(_U64, counter)
        case BoolType():
            return counter.take(1)[0] % 2 == 1
        case FloatType():
            return counter.take(1)[0] + 0.5
        case EnumType(values=values):
            return values[counter.take(1)[0] % len(values)][1]
        case BytesType(size=size):
            return counter.take(5 if size is None else size)
        case InstrumentIdType():
            taken = counter.take(24)
            return taken[:3] + b"\0" + taken[4:]
        case StringType():
            return "".join(chr(ord("a") + byte % 26) for byte in counter.take(7)) + "é"
        case StructType(fields=fields):
            return tuple(counting(f.type, counter) for f in fields)
        case ListType(item=item):
            return tuple(counting(item, counter) for _ in range(2))
        case ArrayType(item=item, length=length):
            return tuple(counting(item, counter) for _ in range(length))
        case OptionalType(item=item):
            return counting(item, counter)


def lowest(type_: FieldType) -> Value:
    """The smallest value, nothing in what may be empty."""
    return _end(type_, high=False)


def highest(type_: FieldType) -> Value:
    """The largest value, something in what may be empty."""
    return _end(type_, high=True)


def _end(type_: FieldType, *, high: bool) -> Value:
    match type_:
        case AliasType(target=target):
            return _end(target, high=high)
        case IntType() as base:
            return base.maximum if high else base.minimum
        case FixedType(base=base):
            return _end(base, high=high)
        case TimestampType():
            return _end(_U64, high=high)
        case BoolType():
            return high
        case FloatType(bits=bits):
            largest = _F32_MAX if bits == 32 else _F64_MAX
            return largest if high else -largest
        case EnumType(base=base, values=values, closed=closed):
            if closed:
                return (max if high else min)(number for _, number in values)
            return base.maximum if high else base.minimum
        case BytesType(size=None):
            return b"\xff" * 3 if high else b""
        case BytesType(size=size):
            return (b"\xff" if high else b"\0") * (size or 0)
        case InstrumentIdType():
            return b"\xff\xff\xff\0" + b"\xff" * 20 if high else bytes(24)
        case StringType():
            return "\U0010ffff" if high else ""
        case StructType(fields=fields):
            return tuple(_end(f.type, high=high) for f in fields)
        case ListType(item=item):
            return (_end(item, high=True),) if high else ()
        case ArrayType(item=item, length=length):
            return (_end(item, high=high),) * length
        case OptionalType(item=item):
            return _end(item, high=True) if high else None


def boundaries(type_: FieldType) -> tuple[Value, ...]:
    """Values at the edges of what the type can hold, each once."""
    unique = {repr(value): value for value in _boundaries(type_)}
    return tuple(unique.values())


def _boundaries(type_: FieldType) -> Iterator[Value]:
    yield lowest(type_)
    yield highest(type_)
    match type_:
        case AliasType(target=target):
            yield from _boundaries(target)
        case IntType(signed=signed) | FixedType(base=IntType(signed=signed)):
            yield from (0, 1, -1) if signed else (0, 1)
        case FloatType():
            yield from (0.0, -0.0, float("inf"), float("-inf"), 1.5)
        case EnumType(values=values):
            yield from (number for _, number in values)
        case StringType():
            yield from ("\0", "e\u0301 \U0001f980", "x" * 300)
        case BytesType(size=None):
            yield bytes(300)
        case ListType(item=item):
            yield from ((value,) for value in _boundaries(item))
            yield (lowest(item),) * 3
        case OptionalType(item=item):
            yield from _boundaries(item)


def misfits(type_: FieldType) -> tuple[object, ...]:
    """Python values that no encoding of the type holds."""
    match type_:
        case AliasType(target=target):
            return misfits(target)
        case IntType() as base:
            return (base.minimum - 1, base.maximum + 1, "1", None, 1.5)
        case FixedType(base=base):
            return misfits(base)
        case TimestampType():
            return misfits(_U64)
        case BoolType():
            return (2, "true", None)
        case FloatType(bits=bits):
            return ("1.5", None, *((1e300,) if bits == 32 else ()))
        case EnumType(base=base, values=values, closed=closed):
            known = {number for _, number in values}
            unknown = next(n for n in range(len(known) + 1) if n not in known)
            return (
                base.maximum + 1,
                -1,
                "x",
                *((unknown,) if closed and unknown <= base.maximum else ()),
            )
        case BytesType(size=None):
            return ("x", None, 5)
        case BytesType(size=size):
            return (bytes((size or 0) + 1), bytes((size or 0) - 1), "x" * (size or 0), None)
        case StringType():
            return (b"x", None, "\ud800")
        case ArrayType(item=OptionalType()):
            return ((), None)
        case ArrayType(length=length):
            return ((), None, (None,) * length)
        case ListType():
            return (None, 5)
        case OptionalType(item=item):
            return tuple(value for value in misfits(item) if value is not None)
        case InstrumentIdType() | StructType():
            return (None, "x")
