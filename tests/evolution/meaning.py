"""Values that tell types apart, and whether a value means to its reader what it meant."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any, TypeAlias

from torq_gen.model import (
    AliasType,
    ArrayType,
    BoolType,
    BytesType,
    EnumType,
    Field,
    FieldType,
    FixedType,
    FloatType,
    InstrumentIdType,
    IntType,
    ListType,
    OptionalType,
    StringType,
    StructField,
    StructType,
    TimestampType,
    Value,
)
from torq_gen.model.types import resolved

AnyField: TypeAlias = Field | StructField


def same(one: FieldType, other: FieldType, written: Any, read: Any) -> bool:
    """Whether a value means to its reader what it meant to its writer."""
    ours, theirs = resolved(one), resolved(other)
    match ours, theirs:
        case OptionalType(item=item), OptionalType(item=heir):
            if written is None or read is None:
                return written is read
            return same(item, heir, written, read)
        case (
            (ListType(item=item) | ArrayType(item=item)),
            (ListType(item=heir) | ArrayType(item=heir)),
        ):
            return len(written) == len(read) and all(
                same(item, heir, w, r) for w, r in zip(written, read, strict=True)
            )
        case StructType(fields=fields), StructType(fields=heirs):
            pairs = paired(fields, fields, heirs)
            found = (
                same(f.type, h.type, getattr(written, f.attribute), getattr(read, h.attribute))
                for f, h in pairs
            )
            return all(found)
        case EnumType(), EnumType():
            return _same_member(ours, theirs, int(written), int(read))
    scale, other_scale = _scale(ours), _scale(theirs)
    if scale is not None and other_scale is not None:
        return _meant(written, scale) == _meant(read, other_scale)
    if isinstance(written, float) and isinstance(read, float) and math.isnan(written):
        return math.isnan(read)
    return type(ours) is type(theirs) and type(written) is type(read) and bool(written == read)


def _same_member(ours: EnumType, theirs: EnumType, written: int, read: int) -> bool:
    """By name where one side's name is known to the other, by number where neither is."""
    mine, its = ({n: name for name, n in e.values} for e in (ours, theirs))
    name, heir = mine.get(written), its.get(read)
    if name in its.values() or heir in mine.values():
        return name == heir
    return written == read


def paired(
    written: Sequence[AnyField], ours: Sequence[AnyField], theirs: Sequence[AnyField]
) -> Iterator[tuple[AnyField, AnyField]]:
    """What was written with what it is read as: by name, else by place where both names are new."""
    mine, its = {f.name for f in ours}, {f.name: f for f in theirs}
    for place, field in enumerate(written):
        if field.name in its:
            yield field, its[field.name]
        elif place < len(theirs) and theirs[place].name not in mine:
            yield field, theirs[place]


def _meant(value: Any, scale: int) -> Fraction:
    return Fraction(int(value)) / Fraction(10) ** scale


def _scale(type_: FieldType) -> int | None:
    match type_:
        case FixedType(scale=scale):
            return scale
        case IntType() | TimestampType() | BoolType() | EnumType():
            return 0
    return None


def values_of(type_: FieldType) -> list[Value]:
    """Values that tell types apart: ends, signs, single bytes, what looks like a length."""
    match type_:
        case AliasType(target=target):
            return values_of(target)
        case IntType() as base:
            return _integers(base)
        case FixedType(base=base):
            return _integers(base)
        case TimestampType():
            return _integers(IntType(64, signed=False))
        case BoolType():
            return [True, False]
        case FloatType():
            return [1.5, 0.0, -2.0, 2.0**100]
        case EnumType(base=base, values=members, closed=closed):
            numbers = [number for _, number in members]
            unknown = [n for n in (*range(6), base.maximum) if n not in numbers]
            return [*numbers, *(() if closed else unknown)]
        case BytesType(size=None):
            return [b"\x03\0\0\0abc", b"", b"\xff" * 9]
        case BytesType(size=size):
            return [bytes(range(1, (size or 0) + 1)), bytes(size or 0), b"\xff" * (size or 0)]
        case StringType():
            return ["one", "", "a longer text"]
        case InstrumentIdType():
            return [bytes((7, 1, 1, 0, *range(1, 21))), bytes(24)]
        case OptionalType(item=item):
            return [*values_of(item), None]
        case ListType(item=item):
            items = values_of(item)
            return [tuple(items[:2]), (), *((value,) for value in items)]
        case ArrayType(item=item, length=length):
            items = values_of(item) * length
            return [tuple(items[i : i + length]) for i in range(len(items) // length)]
        case StructType(fields=fields):
            return [tuple(values) for values in varied([values_of(f.type) for f in fields])]


def varied(choices: list[list[Value]]) -> Iterator[list[Value]]:
    """The first value of each, then each in turn through all of its own."""
    base = [found[0] for found in choices]
    yield base
    for place, found in enumerate(choices):
        for value in found[1:]:
            yield [*base[:place], value, *base[place + 1 :]]


def _integers(base: IntType) -> list[Value]:
    pattern = int.from_bytes(bytes(range(1, base.bits // 8 + 1)), "little")
    return list(dict.fromkeys([pattern, base.minimum, base.maximum, 0, 1, 2, 100]))
