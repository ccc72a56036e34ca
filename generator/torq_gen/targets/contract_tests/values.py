"""Values for the tests of one field: edges, misfits, and what its rule takes and refuses."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from torq_gen.model import (
    BytesType,
    Field,
    FieldType,
    FixedType,
    InRange,
    IntType,
    Matches,
    Message,
    NonZero,
    OneOf,
    OptionalType,
    Predicate,
    TimestampType,
    Value,
)
from torq_gen.model.types import resolved, size_of
from torq_gen.targets._shared.pretty import Call, text, tuple_of
from torq_gen.targets._shared.python import literal
from torq_gen.targets._shared.samples import boundaries, misfits

_TEXTS = ("", " ", "a", "A", "0", "-", "\0", "\u00e9", "a b", "xxxxxxxx")


def edges(field: Field) -> Call:
    """The values at the edges of what the field can hold."""
    return _entry(field, _edges(field.type))


def wrong(field: Field) -> Call:
    """Python values that the field cannot be encoded from."""
    return _entry(field, _wrong(field.type))


def valid(message: Message, field: Field) -> Sequence[Value]:
    """Values that the field's rule takes."""
    match field.validate:
        case OneOf(values=values):
            return values
        case InRange(low=low, high=high):
            return (low, high)
        case NonZero():
            candidates = boundaries(field.type)
            return tuple(v for v in candidates if v is not None and not _is_zero(v))[:2]
        case Matches(pattern=pattern):
            index = message.fields.index(field)
            known = [example[index] for example in message.examples]
            known += [field.default.value] if field.default else []
            known += [v for v in _TEXTS if re.fullmatch(pattern, v)]
            return tuple(dict.fromkeys(v for v in known if v is not None))[:4]
        case Predicate(valid=values):
            return values
    return ()


def invalid(field: Field) -> Sequence[Value]:
    """Values that the field can hold and its rule refuses."""
    match field.validate:
        case OneOf(values=values):
            found = (v for v in boundaries(field.type) if v is not None and v not in values)
            return tuple(found)[:3]
        case InRange(low=low, high=high):
            return tuple(v for v in _around(low, high) if _fits(field.type, v))
        case NonZero():
            return tuple(v for v in boundaries(field.type) if v is not None and _is_zero(v))[:1]
        case Matches(pattern=pattern):
            return tuple(v for v in _TEXTS if not re.fullmatch(pattern, v))[:3]
        case Predicate(invalid=values):
            return values
    return ()


def literals(field: Field, values: Iterable[Value]) -> Call:
    """An entry of a table: the field's attribute and the values' literals."""
    return _entry(field, [literal(field.type, v) for v in values])


def _entry(field: Field, items: Sequence[str | Call]) -> Call:
    return tuple_of(f"{text(field.attribute)}: (", items)


@lru_cache(maxsize=1024)  # many fields have one type
def _edges(type_: FieldType) -> tuple[str | Call, ...]:
    return tuple(literal(type_, value) for value in boundaries(type_))


@lru_cache(maxsize=1024)
def _wrong(type_: FieldType) -> tuple[str, ...]:
    return tuple(map(_raw, misfits(type_)))


def _raw(value: object) -> str:
    match value:
        case str():
            return text(value)
        case bytes() if not value:
            return 'b""'
        case bytes():
            return f'b"{value.decode()}"' if value.isalnum() else f"bytes({len(value)})"
        case tuple() if value and not any(value):
            return f"(None,) * {len(value)}"
        case _:
            return repr(value).replace("e+", "e")


def _is_zero(value: Value) -> bool:
    return not any(value) if isinstance(value, bytes) else value == 0


def _around(low: Value, high: Value) -> Iterable[Value]:
    if isinstance(low, int | float) and isinstance(high, int | float):
        yield low - 1
        yield high + 1


def _fits(type_: FieldType, value: Value) -> bool:
    match resolved(type_):
        case OptionalType(item=item):
            return _fits(item, value)
        case IntType() as base:
            return isinstance(value, int) and base.minimum <= value <= base.maximum
        case FixedType(base=base):
            return _fits(base, value)
        case TimestampType():
            return _fits(IntType(64, signed=False), value)
        case BytesType():
            return isinstance(value, bytes) and len(value) == size_of(type_)
    return True
