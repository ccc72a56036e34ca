"""Example sequences of messages that keep a promise, and that break it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple, TypeAlias

from torq_gen.model import (
    AtMostOncePer,
    BoolType,
    BytesType,
    Check,
    EnumType,
    FieldRef,
    FieldType,
    InstrumentIdType,
    NeverAfter,
    OneOfEach,
    OptionalType,
    Precedes,
    SequentialPer,
    StringType,
    System,
    Value,
    Within,
)
from torq_gen.model.types import resolved
from torq_gen.targets._shared.promises import Promise, field_of


class Step(NamedTuple):
    """A message: the values of some of its fields, by name, and when it is sent (ns)."""

    message: str
    fields: dict[str, Value]
    at: int = 0
    sequence: int | None = None


Sequence: TypeAlias = tuple[Step, ...]


class Examples(NamedTuple):
    """Sequences that keep a promise, and those whose last message breaks it."""

    kept: tuple[Sequence, ...]
    broken: tuple[Sequence, ...]


NONE = Examples((), ())


def examples_of(promise: Promise, system: System) -> Examples:
    """The examples; none where the parts of a promise cannot be told apart."""
    check = promise.check
    if isinstance(check, SequentialPer):
        return _sequential(promise.message, check, system)
    if isinstance(check, AtMostOncePer):
        one, other = _keys(FieldRef(promise.message, check.key), system)
        a, b = (Step(promise.message, {check.key: key}) for key in (one, other))
        return Examples(((a, b),) if one != other else (), ((a, a),))
    return NONE if _mixed(check) else _Invariant(check, system).examples()


def _sequential(message: str, check: SequentialPer, system: System) -> Examples:
    key, _ = _keys(FieldRef(message, check.key), system)
    if check.by is None:
        first, second = (Step(message, {check.key: key}, sequence=n) for n in (1, 2))
    elif check.by == check.key:
        return NONE  # within one key it is always the same
    else:
        first, second = (Step(message, {check.key: key, check.by: n}) for n in (1, 2))
    return Examples(((first, first, second),), ((first, second, first),))


class _Invariant:
    """The two sides of an invariant: the one reference, and the several."""

    def __init__(self, check: Check, system: System) -> None:
        self._check = check
        self._system = system
        self._one, self._others = sides(check)
        self._key, self._other_key = _keys(self._one, system)

    def examples(self) -> Examples:
        match self._check:
            case Precedes():
                follows = tuple(self._steps(0))
                return Examples(
                    ((self._begin(), *follows, *follows),), tuple((step,) for step in follows)
                )
            case NeverAfter():
                follows = tuple(self._steps(0))
                return Examples(
                    ((*follows, self._begin()),), tuple((self._begin(), step) for step in follows)
                )
            case Within(nanoseconds=time):
                return Examples(self._answered(time), (*self._late(time), *self._missing(time)))
            case OneOfEach(nanoseconds=limit):
                if limit is None:
                    return Examples(self._answered(0), tuple(self._twice()))
                broken = (*self._twice(), *self._late(limit), *self._missing(limit))
                return Examples(self._answered(limit), broken)

    def _answered(self, time: int) -> tuple[Sequence, ...]:
        return tuple((self._begin(), step) for step in self._steps(time))

    def _twice(self) -> Iterator[Sequence]:
        for first in self._steps(0):
            for second in self._steps(0):
                yield (self._begin(), first, second)

    def _late(self, time: int) -> tuple[Sequence, ...]:
        return tuple((self._begin(), step) for step in self._steps(time + 1))

    def _missing(self, time: int) -> tuple[Sequence, ...]:
        """Nothing came when the next one begins."""
        if self._key == self._other_key:
            return ()
        return ((self._begin(), self._begin(self._other_key, time + 1)),)

    def _begin(self, key: Value = None, at: int = 0) -> Step:
        key = self._key if key is None else key
        return Step(self._one.message, {self._one.field: key, **_where(self._one)}, at)

    def _steps(self, at: int) -> Iterator[Step]:
        """A message of each of the several references, with the key in all their fields."""
        for ref in self._others:
            alike = [other.field for other in self._others if other.message == ref.message]
            yield Step(ref.message, {**dict.fromkeys(alike, self._key), **_where(ref)}, at)


def sides(check: Check) -> tuple[FieldRef, tuple[FieldRef, ...]]:
    """The one reference of an invariant, and the several."""
    match check:
        case Precedes(first=one, then=others) | Within(after=one, then=others):
            return one, others
        case NeverAfter(after=one, never=others) | OneOfEach(each=one, of=others):
            return one, others


def _mixed(check: Check) -> bool:
    """Whether one message may stand on both sides, or a key is a condition, too."""
    one, others = sides(check)
    keyed = any(c.field == ref.field for ref in (one, *others) for c in ref.where)
    return keyed or any(ref.message == one.message and _overlap(one, ref) for ref in others)


def _overlap(one: FieldRef, other: FieldRef) -> bool:
    """Whether one message can satisfy the conditions of both."""
    mine = {c.field: set(map(repr, c.values)) for c in one.where}
    return not any(
        c.field in mine and mine[c.field].isdisjoint(map(repr, c.values)) for c in other.where
    )


def _where(ref: FieldRef) -> dict[str, Value]:
    return {condition.field: condition.values[0] for condition in ref.where}


def _keys(ref: FieldRef, system: System) -> tuple[Value, Value]:
    """Two keys, or the only one twice."""
    return _two(field_of(system.messages[ref.message], ref.field).type)


def _two(type_: FieldType) -> tuple[Value, Value]:
    match resolved(type_):
        case OptionalType(item=item):
            return _two(item)
        case BoolType():
            return False, True
        case BytesType(size=size):
            return b"\1" * (size or 4), b"\2" * (size or 4)
        case StringType():
            return "one", "two"
        case InstrumentIdType():
            return bytes((1, 0, 1, 0, *b"\1" * 20)), bytes((2, 0, 1, 0, *b"\2" * 20))
        case EnumType(values=values):
            return values[0][1], values[-1][1]
        case _:
            return 1, 2
