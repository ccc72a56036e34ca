"""References of invariants: ``Message.field``, or that with conditions on the message."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from torq_gen.model.layouts import alike
from torq_gen.model.services import Condition, FieldRef
from torq_gen.model.types import (
    ArrayType,
    FieldType,
    FloatType,
    ListType,
    OptionalType,
    StructType,
    resolved,
)
from torq_gen.spec import rules
from torq_gen.spec.findings import nearest
from torq_gen.spec.values import Place, WrongValueError, read_value

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from torq_gen.diagnostics import Span
    from torq_gen.model.messages import Field, Message
    from torq_gen.model.values import Value
    from torq_gen.spec.document import Document, Raw
    from torq_gen.spec.entries import Known

_NOT_COMPARED = (FloatType, ListType, ArrayType, StructType)


class Reference(NamedTuple):
    """A reference that was understood, its field and its place."""

    ref: FieldRef
    field: Field
    span: Span


def read_reference(
    document: Document, container: dict[str, Raw] | list[Raw], key: str | int, known: Known
) -> Reference | None:
    """The reference at ``container[key]``, or None after a finding."""
    raw: Raw = container[key]  # type: ignore[index]
    if isinstance(raw, str):
        return _plain(raw, document.value(container, key), known)
    ((text, conditions),) = raw.items()
    found = _plain(text, document.key(raw, text), known)
    if found is None:
        return None
    message = known.messages[found.ref.message]
    where = tuple(_conditions(document, conditions, message, known))
    if len(where) < len(conditions):
        return None
    return found._replace(ref=FieldRef(found.ref.message, found.ref.field, where))


def read_references(
    document: Document, container: dict[str, Raw], key: str, like: Reference | None, known: Known
) -> tuple[Reference, ...] | None:
    """The references of a list, each of a type like that of ``like``; None after a finding."""
    entries: list[Raw] = container[key]
    found = [read_reference(document, entries, index, known) for index in range(len(entries))]
    for reference in found:
        if reference is not None and like is not None:
            _compare(reference, like, known)
    return None if None in found else tuple(r for r in found if r is not None)


def check_published(
    references: tuple[Reference, ...], published: Collection[str], known: Known
) -> None:
    """A finding for each reference to a message that the service does not publish."""
    for ref, _, span in references:
        if ref.message not in published:
            message = f"the service does not publish {ref.message}, so it can promise nothing of it"
            help = "state the invariant at the service that does"
            known.findings.add(rules.WRONG_SHAPE, span, message, help=help)


def key_type(type_: FieldType) -> FieldType:
    """The type of a field's keys: an absent value is no key."""
    found = resolved(type_)
    return key_type(found.item) if isinstance(found, OptionalType) else found


def _plain(text: str, span: Span, known: Known) -> Reference | None:
    name, dot, field = text.partition(".")
    if not dot or not name or not field:
        problem = f"expected Message.field, found '{text}'"
        known.findings.add(rules.WRONG_SHAPE, span, problem)
        return None
    message = known.messages.get(name)
    if message is None:
        if not known.damage.hit("messages", name):
            help = nearest(name, known.messages, "messages")
            problem = f"no schema declares the message '{name}'"
            known.findings.add(rules.UNKNOWN_MESSAGE, span, problem, help=help)
        return None
    found = _field(field, message, span, known)
    if found is None:
        return None
    if isinstance(key_type(found.type), _NOT_COMPARED):
        problem = f"a field of type {found.type} cannot be a key"
        help = "take an integer, bytes, a text or an enum"
        known.findings.add(rules.WRONG_KEY, span, problem, help=help)
        return None
    return Reference(FieldRef(name, field), found, span)


def _field(name: str, message: Message, span: Span, known: Known) -> Field | None:
    found = next((f for f in message.fields if f.name == name), None)
    if found is None:
        help = nearest(name, [f.name for f in message.fields], "fields")
        problem = f"{message.name} has no field '{name}'"
        known.findings.add(rules.UNKNOWN_FIELD, span, problem, help=help)
    return found


def _conditions(
    document: Document, raw: dict[str, Raw], message: Message, known: Known
) -> Iterator[Condition]:
    for name in raw:
        span = document.key(raw, name)
        field = _field(name, message, span, known)
        if field is None:
            continue
        if isinstance(key_type(field.type), _NOT_COMPARED):
            problem = f"no condition can be on '{name}' of type {field.type}"
            help = "take a field that is an integer, a text, a bool or an enum"
            known.findings.add(rules.WRONG_SHAPE, span, problem, help=help)
            continue
        try:
            values = tuple(_values(field.type, Place(document, raw, name)))
        except WrongValueError as error:
            text = f"{error.message} for {message.name}.{name}"
            known.findings.add(rules.WRONG_SHAPE, error.span, text, help=error.help)
            continue
        yield Condition(name, values)


def _values(type_: FieldType, place: Place) -> Iterator[Value]:
    if isinstance(place.raw, list):
        for index in range(len(place.raw)):
            yield read_value(type_, place.inside(index))
    else:
        yield read_value(type_, place)


def _compare(one: Reference, other: Reference, known: Known) -> None:
    if not alike(key_type(one.field.type), key_type(other.field.type)):
        message = (
            f"{one.ref} is of type {one.field.type} and is never equal to {other.ref} of type "
            f"{other.field.type}"
        )
        known.findings.add(rules.WRONG_SHAPE, one.span, message)
