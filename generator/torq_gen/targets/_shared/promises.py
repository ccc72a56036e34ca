"""What a service promises, by the ids under which monitors know it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple, TypeAlias

from torq_gen.model import (
    AtMostOncePer,
    Check,
    EnumType,
    Field,
    FieldType,
    FixedType,
    Message,
    OptionalType,
    SequentialPer,
    Service,
    TimestampType,
    UncheckedOrdering,
    Value,
)
from torq_gen.model.types import resolved
from torq_gen.targets._shared.python import Expression, literal

Checked: TypeAlias = AtMostOncePer | SequentialPer | Check


class Promise(NamedTuple):
    """A promise that a machine checks; ``message`` is the one that an ordering speaks of."""

    id: str
    text: str
    check: Checked
    message: str = ""


def promises_of(service: Service) -> Iterator[Promise]:
    """The orderings of what a service publishes, then its invariants; no unchecked ones."""
    for publication in service.publishes:
        name = publication.message
        for ordering in publication.orderings:
            match ordering:
                case SequentialPer(key=key):
                    text = f"{name} in order of {ordering.by or 'sequence'} for each {key}"
                    yield Promise(f"{name}-sequential-per-{key}", text, ordering, name)
                case AtMostOncePer(key=key):
                    text = f"{name} at most once for each {key}"
                    yield Promise(f"{name}-at-most-once-per-{key}", text, ordering, name)
                case UncheckedOrdering():
                    pass
    for invariant in service.invariants:
        if invariant.check is not None:
            text = " ".join(invariant.text.split())
            yield Promise(invariant.id, text, invariant.check)


def field_of(message: Message, name: str) -> Field:
    """A field that the spec was checked to have."""
    return next(field for field in message.fields if field.name == name)


def plain_literal(type_: FieldType, value: Value) -> Expression:
    """A value without the name of its type: the number of an enum's member is equal to it."""
    match resolved(type_):
        case OptionalType(item=item):
            return plain_literal(item, value)
        case EnumType() | FixedType() | TimestampType():
            return repr(value)
        case found:
            return literal(found, value)
