"""The orderings that a publisher promises."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torq_gen.model.services import AtMostOncePer, Ordering, SequentialPer, UncheckedOrdering
from torq_gen.model.types import (
    ArrayType,
    FixedType,
    FloatType,
    IntType,
    ListType,
    OptionalType,
    StructType,
    TimestampType,
    resolved,
)
from torq_gen.spec import rules
from torq_gen.spec.findings import nearest
from torq_gen.spec.promises import read_ordering

if TYPE_CHECKING:
    from torq_gen.model.messages import Message
    from torq_gen.spec.document import Document, Raw
    from torq_gen.spec.findings import Findings

_NO_KEYS = (FloatType, ListType, ArrayType, StructType, OptionalType)
_ORDERED = (IntType, FixedType, TimestampType)


def read_orderings(
    document: Document, options: dict[str, Raw], message: Message, findings: Findings
) -> tuple[Ordering, ...]:
    """The promises among the options of an entry under ``publishes``."""
    found: list[Ordering] = []
    if key := _field("sequential_per", document, options, message, findings):
        by = _field("by", document, options, message, findings)
        found.append(SequentialPer(key, by))
    if key := _field("at_most_once_per", document, options, message, findings):
        found.append(AtMostOncePer(key))
    if "ordering" in options:
        read = read_ordering(options["ordering"], message)
        stated = {(type(o), _key(o)) for o in found}
        found += [o for o in read if (type(o), _key(o)) not in stated]
        if any(isinstance(o, UncheckedOrdering) for o in read):
            span, text = document.value(options, "ordering"), options["ordering"]
            said = f"no machine checks the ordering '{text}' of {message.name}"
            help = "state it as sequential_per: <field> or at_most_once_per: <field>"
            findings.add(rules.UNCHECKED_ORDERING, span, said, help=help)
    return tuple(found)


def _key(ordering: Ordering) -> str:
    return ordering.text if isinstance(ordering, UncheckedOrdering) else ordering.key


def _field(
    option: str, document: Document, options: dict[str, Raw], message: Message, findings: Findings
) -> str | None:
    """The field that an option names, or None after a finding."""
    if option not in options:
        return None
    name: str = options[option]
    span = document.value(options, option)
    field = next((f for f in message.fields if f.name == name), None)
    if field is None:
        help = nearest(name, [f.name for f in message.fields], "fields")
        text = f"{message.name} has no field '{name}'"
        findings.add(rules.UNKNOWN_FIELD, span, text, help=help)
        return None
    type_ = resolved(field.type)
    if option == "by" and not isinstance(type_, _ORDERED):
        text = f"nothing can be in order by '{name}' of type {field.type}"
        findings.add(rules.WRONG_KEY, span, text, help="take an integer or a timestamp")
    elif option != "by" and isinstance(type_, _NO_KEYS):
        text = f"a field of type {field.type} cannot be a key"
        help = "take an integer, bytes, a text or an enum"
        findings.add(rules.WRONG_KEY, span, text, help=help)
    return name
