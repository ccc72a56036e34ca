"""Invariants of a service: checked ones, and sentences that are kept."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from torq_gen.diagnostics import Related
from torq_gen.model.services import Invariant
from torq_gen.spec import rules
from torq_gen.spec.promises import read_invariant
from torq_gen.spec.statements import FORMS

if TYPE_CHECKING:
    from collections.abc import Collection

    from torq_gen.model.services import Check
    from torq_gen.spec.document import Document, Raw
    from torq_gen.spec.entries import Known

_OTHERS = "within, never_after or one_of"


def read_invariants(
    document: Document, entries: list[Raw], published: Collection[str], known: Known
) -> tuple[Invariant, ...]:
    """The invariants, after a warning for each that no machine checks.

    ``published`` are the messages that the service publishes.
    """
    found: dict[str, Invariant] = {}
    for index, raw in enumerate(entries):
        invariant = _read(document, entries, index, published, known, found)
        if isinstance(raw, dict) and (other := found.get(invariant.id)) is not None:
            related = (Related(other.span, other.id),) if other.span is not None else ()
            message = f"two invariants of one service are called '{invariant.id}'"
            span = document.value(raw, "id")
            known.findings.add(rules.NAME_USED_TWICE, span, message, related=related)
        found[invariant.id] = invariant
    return tuple(found.values())


def _read(
    document: Document,
    entries: list[Raw],
    index: int,
    published: Collection[str],
    known: Known,
    found: dict[str, Invariant],
) -> Invariant:
    raw = entries[index]
    if isinstance(raw, str):
        span, text, name = document.value(entries, index), raw.strip(), _slug(raw, found)
    else:
        span, text, name = document.value(raw, "text"), raw["text"].strip(), raw["id"]
        if any(form in raw for form in FORMS):
            check = _form(document, raw, published, known)
            return Invariant(name, text, check, document.value(raw, "id"))
    stated = read_invariant(text, published, known.messages)
    if stated is None and not known.damage.any("messages"):
        message = f"no machine checks the invariant '{text}'"
        help = "state it as precedes: {first: Message.field, then: [Message.field]}"
        known.findings.add(
            rules.UNCHECKED_INVARIANT, span, message, help=f"{help}, or as {_OTHERS}"
        )
    return Invariant(name, text, stated, span)


def _form(
    document: Document, raw: dict[str, Raw], published: Collection[str], known: Known
) -> Check | None:
    first, *others = [form for form in raw if form in FORMS]
    for other in others:
        message = f"expected one form in an invariant, found '{first}' and '{other}'"
        span = document.key(raw, other)
        known.findings.add(rules.WRONG_SHAPE, span, message, help="make an invariant of each")
    return FORMS[first](document, raw[first], published, known)


def _slug(text: str, taken: dict[str, Invariant]) -> str:
    words = re.findall(r"[a-z0-9]+", text.lower())[:8]
    slug = "-".join(words)[:60].strip("-") or "invariant"
    name, number = slug, 2
    while name in taken:
        name, number = f"{slug}-{number}", number + 1
    return name
