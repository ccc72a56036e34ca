"""Orderings and invariants: checked ones, and sentences as far as a small grammar reads them.

Sentences: "per-pool sequential, cross-pool concurrent", "at-most-once per token", and
"A emitted before first B for any pool". A word stands for a field when exactly one field of the
message has it as name or as the first part of its name (pool: pool_address).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from torq_gen.model.layouts import alike
from torq_gen.model.services import (
    AtMostOncePer,
    FieldRef,
    Ordering,
    Precedes,
    SequentialPer,
    UncheckedOrdering,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torq_gen.model.messages import Field, Message

_CLAUSE = re.compile(r"\s*[,;]\s*")
_SEQUENTIAL = re.compile(
    r"per[- ](?P<a>\w+) (?:is )?(?:sequential|in order|ordered)"
    r"|(?:sequential|in order|ordered) per[- ](?P<b>\w+)"
)
_AT_MOST_ONCE = re.compile(
    r"at[- ]most[- ]once per[- ](?P<a>\w+)|per[- ](?P<b>\w+) at[- ]most[- ]once"
)
_CONCURRENT = re.compile(r"cross[- ](\w+) concurrent")
_PRECEDES = re.compile(
    r"(?P<first>[A-Z]\w*) (?:is |must be )?(?:emitted|published|sent) before "
    r"(?:the )?(?:first )?(?P<then>[A-Z]\w*) (?:for|of) (?:any|each|every|one|the same) (?P<of>\w+)"
)


def read_ordering(text: str, message: Message) -> tuple[Ordering, ...]:
    """The orderings that the sentence states; what it says beyond them is an unchecked one."""
    found: list[Ordering] = []
    understood = True
    for clause in _CLAUSE.split(text.strip().rstrip(".")):
        ordering = _clause(clause, message)
        if ordering is not None:
            found.append(ordering)
        elif not _CONCURRENT.fullmatch(clause):
            understood = False
    if not understood or not found:
        found.append(UncheckedOrdering(text))
    return tuple(found)


def read_invariant(text: str, messages: Mapping[str, Message]) -> Precedes | None:
    """The precedence that the sentence states, or None when no machine can check it."""
    found = _PRECEDES.fullmatch(text.strip().rstrip("."))
    if found is None:
        return None
    first, then = messages.get(found["first"]), messages.get(found["then"])
    if first is None or then is None:
        return None
    before, after = field_for(found["of"], first), field_for(found["of"], then)
    if before is None or after is None or not alike(before.type, after.type):
        return None
    return Precedes(FieldRef(first.name, before.name), (FieldRef(then.name, after.name),))


def field_for(word: str, message: Message) -> Field | None:
    """The one field that the word stands for."""
    exact = [f for f in message.fields if f.name == word]
    found = exact or [f for f in message.fields if f.name.startswith(f"{word}_")]
    return found[0] if len(found) == 1 else None


def _clause(clause: str, message: Message) -> Ordering | None:
    if found := _SEQUENTIAL.fullmatch(clause):
        field = field_for(found["a"] or found["b"], message)
        return SequentialPer(field.name) if field is not None else None
    if found := _AT_MOST_ONCE.fullmatch(clause):
        field = field_for(found["a"] or found["b"], message)
        return AtMostOncePer(field.name) if field is not None else None
    return None
