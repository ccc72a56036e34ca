"""Which values the rule of a field takes, as far as two rules can be compared."""

from __future__ import annotations

import re

from torq_gen.model import (
    FieldType,
    FixedType,
    InRange,
    IntType,
    Matches,
    NonZero,
    OneOf,
    OptionalType,
    Predicate,
    TimestampType,
    Validation,
    Value,
)
from torq_gen.model.types import resolved

_FEW = 4096  # a range of so many values is looked at one by one


def covers(wide: Validation | None, narrow: Validation | None, type_: FieldType) -> bool:
    """Whether ``wide`` takes every value of the type that ``narrow`` takes; if unsure, no."""
    if wide is None or wide == narrow:
        return True
    if narrow is None:
        everything = _everything(type_)
        return everything is not None and covers(wide, everything, type_)
    if isinstance(wide, Predicate) and isinstance(narrow, Predicate):
        return wide.target == narrow.target
    values = _values(narrow)
    if values is not None:
        return all(_takes(wide, value) for value in values)
    match wide, narrow:
        case InRange(low=low, high=high), InRange(low=least, high=most):
            return _below(low, least) and _below(most, high)
        case NonZero(), InRange(low=least, high=most):
            return not (_below(least, 0) and _below(0, most))
    return False


def shown(rule: Validation | None) -> str:
    """The rule in a few words."""
    match rule:
        case OneOf(values=values):
            return f"one of {', '.join(map(repr, values))}"
        case InRange(low=low, high=high):
            return f"{low!r} to {high!r}"
        case Matches(pattern=pattern):
            return f"what matches {pattern}"
        case NonZero():
            return "all but zero"
        case Predicate(target=target):
            return f"what {target} takes"
        case _:
            return "every value"


def _everything(type_: FieldType) -> InRange | None:
    match resolved(type_):
        case OptionalType(item=item):
            return _everything(item)
        case IntType() as base:
            return InRange(base.minimum, base.maximum)
        case FixedType(base=base):
            return InRange(base.minimum, base.maximum)
        case TimestampType():
            return InRange(0, IntType(64, signed=False).maximum)
    return None


def _values(rule: Validation) -> tuple[Value, ...] | None:
    """All values that a rule takes, where they are few."""
    match rule:
        case OneOf(values=values):
            return values
        case InRange(low=int() as low, high=int() as high) if high - low < _FEW:
            return tuple(range(low, high + 1))
    return None


def _takes(rule: Validation, value: Value) -> bool:
    match rule:
        case OneOf(values=values):
            return value in values
        case InRange(low=low, high=high):
            return _below(low, value) and _below(value, high)
        case Matches(pattern=pattern):
            return isinstance(value, str) and re.fullmatch(pattern, value) is not None
        case NonZero():
            return any(value) if isinstance(value, bytes) else value != 0
    return False


def _below(one: Value, other: Value) -> bool:
    numbers = (int, float)
    return isinstance(one, numbers) and isinstance(other, numbers) and one <= other
