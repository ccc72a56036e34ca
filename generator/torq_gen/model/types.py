"""Field types and their place on the wire.

A named type (alias, enum, struct) embeds what it names: cycles are refused by the loader, so every
type is a finite tree of frozen values.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field
from typing import TypeAlias

from torq_gen.diagnostics import Span
from torq_gen.immutable import immutable

INSTRUMENT_ID_SIZE = 24
COUNT_SIZE = 4  # the u32 before bytes, strings and list items


@immutable
class IntType:
    """An integer of ``bits`` bits (8 to 256), two's complement when signed."""

    bits: int
    signed: bool

    def __str__(self) -> str:
        return f"{'i' if self.signed else 'u'}{self.bits}"

    @property
    def minimum(self) -> int:
        """The smallest value that fits."""
        return -(1 << (self.bits - 1)) if self.signed else 0

    @property
    def maximum(self) -> int:
        """The largest value that fits."""
        return (1 << (self.bits - self.signed)) - 1


@immutable
class BoolType:
    """One byte, 0 or 1."""

    def __str__(self) -> str:
        return "bool"


@immutable
class FloatType:
    """An IEEE 754 number of 32 or 64 bits."""

    bits: int

    def __str__(self) -> str:
        return f"f{self.bits}"


@immutable
class FixedType:
    """A decimal stored as ``value * 10**scale`` in ``base``."""

    scale: int
    base: IntType

    def __str__(self) -> str:
        return f"fixed<{self.scale}, {self.base}>"


@immutable
class BytesType:
    """``size`` bytes, or any number of bytes when ``size`` is None."""

    size: int | None

    def __str__(self) -> str:
        return "bytes" if self.size is None else f"bytes[{self.size}]"


@immutable
class StringType:
    """UTF-8 text."""

    def __str__(self) -> str:
        return "string"


@immutable
class TimestampType:
    """Nanoseconds since the Unix epoch in a u64."""

    def __str__(self) -> str:
        return "timestamp"


@immutable
class InstrumentIdType:
    """Venue, kind and asset of an instrument in 24 bytes."""

    def __str__(self) -> str:
        return "instrument_id"


@immutable
class AliasType:
    """A named scalar, list or array: ``Address: bytes[20]``."""

    name: str
    target: FieldType
    doc: str = ""
    span: Span | None = field(default=None, compare=False)

    def __str__(self) -> str:
        return self.name


@immutable
class EnumType:
    """Named values of an unsigned integer; an open one keeps values that it does not know."""

    name: str
    base: IntType
    values: tuple[tuple[str, int], ...]
    closed: bool = False
    doc: str = ""
    span: Span | None = field(default=None, compare=False)

    def __str__(self) -> str:
        return self.name


@immutable
class StructField:
    """One field of a struct."""

    name: str
    type: FieldType
    doc: str = ""
    unit: str = ""
    money: bool = False
    python_name: str | None = None
    span: Span | None = field(default=None, compare=False)

    @property
    def attribute(self) -> str:
        """The field's name in Python."""
        return self.python_name or self.name


@immutable
class StructType:
    """Named fields written inline, one after the other."""

    name: str
    fields: tuple[StructField, ...]
    doc: str = ""
    span: Span | None = field(default=None, compare=False)

    def __str__(self) -> str:
        return self.name


@immutable
class ListType:
    """A u32 count, then the items."""

    item: FieldType

    def __str__(self) -> str:
        return f"list<{self.item}>"


@immutable
class ArrayType:
    """``length`` items, no count."""

    item: FieldType
    length: int

    def __str__(self) -> str:
        return f"array<{self.item}, {self.length}>"


@immutable
class OptionalType:
    """A presence byte, then the item; an absent item of fixed size is written as zeros."""

    item: FieldType

    def __str__(self) -> str:
        return f"{self.item}?"


NamedType: TypeAlias = AliasType | EnumType | StructType
FieldType: TypeAlias = (
    IntType
    | BoolType
    | FloatType
    | FixedType
    | BytesType
    | StringType
    | TimestampType
    | InstrumentIdType
    | NamedType
    | ListType
    | ArrayType
    | OptionalType
)


def resolved(type_: FieldType) -> FieldType:
    """The type behind any chain of aliases."""
    while isinstance(type_, AliasType):
        type_ = type_.target
    return type_


def size_of(type_: FieldType) -> int | None:
    """Bytes that every value of the type takes on the wire, or None when they vary."""
    match type_:
        case IntType(bits=bits) | FloatType(bits=bits):
            return bits // 8
        case BoolType():
            return 1
        case TimestampType():
            return 8
        case InstrumentIdType():
            return INSTRUMENT_ID_SIZE
        case FixedType(base=base) | EnumType(base=base):
            return base.bits // 8
        case BytesType(size=size):
            return size
        case AliasType(target=target):
            return size_of(target)
        case StructType(fields=fields):
            return total_size(f.type for f in fields)
        case ArrayType(item=item, length=length):
            size = size_of(item)
            return None if size is None else size * length
        case OptionalType(item=item):
            size = size_of(item)
            return None if size is None else size + 1
        case _:
            return None


def minimum_size(type_: FieldType) -> int:
    """The fewest bytes that a value of the type can take on the wire."""
    if (size := size_of(type_)) is not None:
        return size
    match resolved(type_):
        case StructType(fields=fields):
            return sum(minimum_size(f.type) for f in fields)
        case ArrayType(item=item, length=length):
            return minimum_size(item) * length
        case OptionalType():
            return 1
        case _:
            return COUNT_SIZE


def total_size(types: Iterator[FieldType]) -> int | None:
    """The sum of the types' sizes, or None when one of them varies."""
    total = 0
    for type_ in types:
        if (size := size_of(type_)) is None:
            return None
        total += size
    return total


def named_types(type_: FieldType) -> Iterator[NamedType]:
    """Every named type that the type mentions, inner ones first; a name may come more than once."""
    match type_:
        case AliasType(target=target):
            yield from named_types(target)
            yield type_
        case StructType(fields=fields):
            for member in fields:
                yield from named_types(member.type)
            yield type_
        case EnumType():
            yield type_
        case ListType(item=item) | ArrayType(item=item) | OptionalType(item=item):
            yield from named_types(item)
        case _:
            return
