"""What a reader of one version makes of the bytes of another: the layout rules, pure.

A value is read rightly when every field that both versions name gets the value that was written,
and a renamed one that of its predecessor. Numbers are compared by what they mean, so a scale that
moved is a misreading; an enum's value is compared by its name where both versions know it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple, TypeAlias

from torq_gen.model import (
    ArrayType,
    BoolType,
    EnumType,
    Field,
    FieldType,
    FixedType,
    IntType,
    ListType,
    Message,
    OptionalType,
    StructField,
    StructType,
    TimestampType,
)
from torq_gen.model.types import resolved

Fields: TypeAlias = Sequence[Field | StructField]

_U8, _U64 = IntType(8, signed=False), IntType(64, signed=False)


class _Number(NamedTuple):
    """A type that is one integer on the wire; ``only`` are the values that a reader takes."""

    base: IntType
    scale: int = 0
    only: frozenset[int] | None = None
    names: tuple[tuple[str, int], ...] = ()


def reads(written: FieldType, read: FieldType) -> bool:
    """Whether a reader of the type ``read`` gets every value of the type ``written`` rightly."""
    match resolved(written), resolved(read):
        case StructType(fields=ours), StructType(fields=theirs):
            return _all_slots(ours, theirs, ours, theirs)
        case ListType(item=ours), ListType(item=theirs):
            return reads(ours, theirs)
        case ArrayType(item=ours, length=size), ArrayType(item=theirs, length=other):
            return size == other and reads(ours, theirs)
        case OptionalType(item=ours), OptionalType(item=theirs):
            return reads(ours, theirs)
        case one, other:
            number, target = _number(one), _number(other)
            if number is None or target is None:
                return one == other
            return _fits(number, target)


def alike(one: FieldType, other: FieldType) -> bool:
    """Whether each reads the other's bytes."""
    return reads(one, other) and reads(other, one)


def understands(reader: Message, writer: Message) -> bool:
    """Whether the reader gets rightly what the writer wrote, at any of the writer's versions."""
    return all(_version(reader, writer, v, types=True) for v in versions_of(writer))


def aligned(reader: Message, writer: Message) -> bool:
    """The same, were fields of one name of one type: whether every field stands at its place."""
    return all(_version(reader, writer, v, types=False) for v in versions_of(writer))


def versions_of(message: Message) -> tuple[int, ...]:
    """The versions that a message had so far."""
    return tuple(sorted({1, *(f.since for f in message.fields)}))


def renamed(old: Fields, new: Fields) -> dict[str, str]:
    """The new names of fields that kept place, type and version, by their old ones."""
    before, after = {f.name for f in old}, {f.name for f in new}
    pairs = zip(old, new, strict=False)
    return {
        was.name: now.name
        for was, now in pairs
        if was.name not in after
        and now.name not in before
        and _since(was) == _since(now)
        and alike(was.type, now.type)
    }


def moved(old: Iterable[str], new: Iterable[str]) -> tuple[str, ...]:
    """Which of the shared names stand in another order: as few as explain it."""
    places = {name: i for i, name in enumerate(new)}
    names = [name for name in old if name in places]
    best: list[list[str]] = []  # the longest run in order that ends with each name
    for name in names:
        before = [run for run in best if places[run[-1]] < places[name]]
        best.append([*_longest(before), name])
    kept = set(_longest(best))
    return tuple(name for name in names if name not in kept)


def _longest(runs: Sequence[list[str]]) -> list[str]:
    return max(runs, key=len) if runs else []


def _version(reader: Message, writer: Message, version: int, *, types: bool) -> bool:
    wanted, found = reader.fields_at(version), writer.fields_at(version)
    if version > reader.version:
        found = found[: len(wanted)]  # of a newer writer's value it skips what it does not know
    return _all_slots(found, wanted, writer.fields, reader.fields, types=types)


def _all_slots(
    found: Fields, wanted: Fields, ours: Fields, theirs: Fields, *, types: bool = True
) -> bool:
    """Whether each field is found where it is wanted; ``ours`` and ``theirs`` are all names."""
    written, read = {f.name for f in ours}, {f.name for f in theirs}
    return len(found) == len(wanted) and all(
        (not types or reads(f.type, w.type))
        if f.name == w.name
        else f.name not in read and w.name not in written and reads(f.type, w.type)
        for f, w in zip(found, wanted, strict=True)
    )


def _fits(written: _Number, read: _Number) -> bool:
    only, target = written.only, read.only
    if written.base.bits != read.base.bits or written.scale != read.scale:
        return False
    if written.base.signed != read.base.signed:
        smaller = IntType(written.base.bits, signed=True).maximum
        if only is None or any(value > smaller for value in only):
            return False
    if target is not None and (only is None or not only <= target):
        return False
    known = dict(read.names)
    return all(known.get(name, value) == value for name, value in written.names)


def _number(type_: FieldType) -> _Number | None:
    match type_:
        case IntType():
            return _Number(type_)
        case TimestampType():
            return _Number(_U64)
        case FixedType(scale=scale, base=base):
            return _Number(base, scale)
        case BoolType():
            return _Number(_U8, only=frozenset((0, 1)))
        case EnumType(base=base, values=values, closed=closed):
            only = frozenset(number for _, number in values) if closed else None
            return _Number(base, only=only, names=values)
    return None


def _since(field: Field | StructField) -> int:
    return field.since if isinstance(field, Field) else 1
