"""Invariants of a service: checked ones, and sentences that are kept."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from torq_gen.diagnostics import Related
from torq_gen.model.layouts import alike
from torq_gen.model.services import FieldRef, Invariant, Precedes
from torq_gen.spec import rules
from torq_gen.spec.findings import nearest
from torq_gen.spec.promises import read_invariant

if TYPE_CHECKING:
    from torq_gen.diagnostics import Span
    from torq_gen.model.messages import Field
    from torq_gen.spec.document import Document, Raw
    from torq_gen.spec.entries import Known


def read_invariants(document: Document, entries: list[Raw], known: Known) -> tuple[Invariant, ...]:
    """The invariants, after a warning for each that no machine checks."""
    found: dict[str, Invariant] = {}
    for index, raw in enumerate(entries):
        invariant = _read(document, entries, index, known, found)
        if isinstance(raw, dict) and (other := found.get(invariant.id)) is not None:
            related = (Related(other.span, other.id),) if other.span is not None else ()
            message = f"two invariants of one service are called '{invariant.id}'"
            span = document.value(raw, "id")
            known.findings.add(rules.NAME_USED_TWICE, span, message, related=related)
        found[invariant.id] = invariant
    return tuple(found.values())


def _read(
    document: Document, entries: list[Raw], index: int, known: Known, found: dict[str, Invariant]
) -> Invariant:
    raw = entries[index]
    if isinstance(raw, str):
        span, text, name = document.value(entries, index), raw, _slug(raw, found)
        check = read_invariant(text, known.messages)
    else:
        span, text, name = document.value(raw, "text"), raw["text"].strip(), raw["id"]
        if "precedes" in raw:
            check = _precedes(document, raw["precedes"], known)
            return Invariant(name, text, check, document.value(raw, "id"))
        check = read_invariant(text, known.messages)
    if check is None and not known.damage.any("messages"):
        message = f"no machine checks the invariant '{text}'"
        help = "state it as precedes: {first: Message.field, then: [Message.field]}"
        known.findings.add(rules.UNCHECKED_INVARIANT, span, message, help=help)
    return Invariant(name, text, check, span)


def _slug(text: str, taken: dict[str, Invariant]) -> str:
    words = re.findall(r"[a-z0-9]+", text.lower())[:8]
    slug = "-".join(words)[:60].strip("-") or "invariant"
    name, number = slug, 2
    while name in taken:
        name, number = f"{slug}-{number}", number + 1
    return name


def _precedes(document: Document, raw: dict[str, Raw], known: Known) -> Precedes | None:
    first = _field(raw["first"], document.value(raw, "first"), known)
    then: list[FieldRef] = []
    entries: list[Raw] = raw["then"]
    for index, text in enumerate(entries):
        span = document.value(entries, index)
        found = _field(text, span, known)
        if found is None:
            continue
        then.append(found[0])
        if first is not None and not alike(found[1].type, first[1].type):
            message = (
                f"{found[0]} is of type {found[1].type} and is never equal to {first[0]} of type "
                f"{first[1].type}"
            )
            known.findings.add(rules.WRONG_SHAPE, span, message)
    if first is None or len(then) < len(entries):
        return None
    return Precedes(first[0], tuple(then))


def _field(text: str, span: Span, known: Known) -> tuple[FieldRef, Field] | None:
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
    found = next((f for f in message.fields if f.name == field), None)
    if found is None:
        help = nearest(field, [f.name for f in message.fields], "fields")
        problem = f"{name} has no field '{field}'"
        known.findings.add(rules.UNKNOWN_FIELD, span, problem, help=help)
        return None
    return FieldRef(name, field), found
