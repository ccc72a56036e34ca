"""Docstrings of generated classes: units, ranges, and the place of each field on the wire."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from torq_gen.model import (
    ArrayType,
    EnumType,
    Field,
    FieldType,
    FixedType,
    InRange,
    IntType,
    ListType,
    Matches,
    Message,
    NonZero,
    OneOf,
    OptionalType,
    Predicate,
    StringType,
    StructField,
    StructType,
    Validation,
)
from torq_gen.model.types import resolved, size_of
from torq_gen.targets._shared.jsonform import to_json
from torq_gen.targets._shared.pretty import Entry, docstring, escaped


def message_docstring(message: Message) -> str:
    """What the message means, its type, version and size, and one entry a field."""
    entries, size = _fields(message.fields)
    length = "variable size" if size is None else _count(size, "byte")
    facts = f"Type {message.type_id}, version {message.version}, topic `{message.topic}`; {length}."
    summary, *more = _paragraphs(message.doc) or [f"A message of the {message.domain} domain."]
    return docstring(summary, *more, facts, *_attributes(entries))


def struct_docstring(struct: StructType) -> str:
    """What the struct means, and one entry a field."""
    entries, size = _fields(struct.fields)
    length = "Variable size." if size is None else f"{_count(size, 'byte')}."
    summary, *more = _paragraphs(struct.doc) or ["A struct, written inline."]
    return docstring(summary, *more, length, *_attributes(entries))


def enum_docstring(enum: EnumType) -> str:
    """What the enum means, and what happens to values that it does not know."""
    kind = "closed: other values are refused" if enum.closed else "open: other values are kept"
    summary, *more = _paragraphs(enum.doc) or [f"An enum of {_count(len(enum.values), 'value')}."]
    return docstring(summary, *more, f"`{enum.base}` on the wire, {kind}.")


def _attributes(entries: Sequence[Entry]) -> tuple[Sequence[Entry], ...]:
    return ((Entry("Attributes:", ""), *entries),) if entries else ()


def _fields(
    fields: Iterable[Field] | Iterable[StructField],
) -> tuple[Sequence[Entry], int | None]:
    """An entry a field, and how many bytes all of them take, if that is always the same."""
    entries = []
    offset: int | None = 0
    for field in fields:
        facts = "; ".join(_facts(field, offset))
        entries.append(Entry(field.attribute, f"{facts}. {field.doc}"))
        size = _described(field.type).size
        offset = None if offset is None or size is None else offset + size
    return entries, offset


def _facts(field: Field | StructField, offset: int | None) -> Iterator[str]:
    type_ = _described(field.type)
    place = "after the field before it" if offset is None else f"byte {offset}"
    yield type_.name
    yield f"{place}, {type_.length}"
    if type_.range is not None:
        yield type_.range
    if field.unit:
        yield f"in {field.unit}"
    if field.money:
        yield "money"
    if isinstance(field, Field):
        yield from _history(field)


class _Described(NamedTuple):
    """What a type's fields have in common."""

    name: str
    size: int | None
    length: str
    range: str | None


@lru_cache(maxsize=1024)  # many fields have one type
def _described(type_: FieldType) -> _Described:
    shown = resolved(type_)
    name = f"`{type_}`"
    if str(shown) != str(type_) and not isinstance(shown, StructType):
        name += f" (`{shown}`)"
    return _Described(name, size_of(type_), _size_in_words(type_), _range(shown))


def _history(field: Field) -> Iterator[str]:
    if field.validate is not None:
        yield _rule(field.validate, field.type)
    if field.since > 1:
        yield f"since version {field.since}"
    if field.default is not None:
        yield f"default `{json.dumps(to_json(field.type, field.default.value))}`"
    if field.deprecated:
        yield "deprecated"


def _range(type_: FieldType) -> str | None:
    match type_:
        case IntType(bits=bits, signed=True):
            return f"-2**{bits - 1} to 2**{bits - 1} - 1"
        case IntType(bits=bits):
            return f"0 to 2**{bits} - 1"
        case FixedType(scale=scale):
            return f"integers of 10**-{scale}"
        case StringType():
            return "UTF-8"
        case ListType(item=item):
            return f"items of {_size_in_words(item)}"
        case ArrayType(item=item, length=length):
            return f"{length} items of {_size_in_words(item)}"
        case OptionalType(item=item):
            return _range(resolved(item))
    return None


def _rule(rule: Validation, type_: FieldType) -> str:
    match rule:
        case OneOf(values=values):
            return f"one of {', '.join(str(to_json(type_, v)) for v in values)}"
        case InRange(low=low, high=high):
            return f"{to_json(type_, low)} to {to_json(type_, high)} allowed"
        case Matches(pattern=pattern):
            return f"matches `{pattern}`"
        case NonZero():
            return "not zero"
        case Predicate(target=target):
            return f"checked by `{target}`"


def _size_in_words(type_: FieldType) -> str:
    size = size_of(type_)
    return "variable size" if size is None else _count(size, "byte")


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _paragraphs(doc: str) -> list[str]:
    return [p for p in doc.split("\n\n") if escaped(p)]
