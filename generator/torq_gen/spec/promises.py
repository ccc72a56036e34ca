"""Orderings and invariants: checked ones, and sentences as far as a small grammar reads them.

Sentences of an ordering: "per-pool sequential, cross-pool concurrent", "at-most-once per token".
Of an invariant: "A emitted before first B for any pool", "B sent within 500 ms after A for the
same pool", "no B after A for the same pool", "each A gets exactly one B or C for its pool". A word
stands for a field when exactly one field of the message has it as name or as the first part of its
name (pool: pool_address).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from torq_gen.model.layouts import alike
from torq_gen.model.services import (
    AtMostOncePer,
    Check,
    FieldRef,
    NeverAfter,
    OneOfEach,
    Ordering,
    Precedes,
    SequentialPer,
    UncheckedOrdering,
    Within,
)
from torq_gen.spec.references import key_type
from torq_gen.spec.statements import UNITS

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

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
_SENT = r"(?:(?:is |must be |may be )?(?:emitted|published|sent) )"
_OF = r" (?:for|of) (?:any|each|every|one|the same|its) (?P<of>\w+)"
_ARTICLE = r"(?:(?:the|its|an?|each|every|any) )?"
_PRECEDES = re.compile(
    rf"(?P<one>[A-Z]\w*) {_SENT}before (?:the )?(?:first )?(?P<others>[A-Z]\w*){_OF}"
)
_WITHIN = re.compile(
    rf"(?P<others>[A-Z]\w*) (?:{_SENT}|comes |follows )within (?P<number>[1-9][0-9]{{0,8}}) ?"
    rf"(?P<unit>us|ms|s|m|h) (?:after|of) {_ARTICLE}(?P<one>[A-Z]\w*){_OF}"
)
_NEVER_AFTER = re.compile(
    rf"(?:no|never) {_ARTICLE}(?P<others>[A-Z]\w*) {_SENT}?after {_ARTICLE}(?P<one>[A-Z]\w*){_OF}"
)
_ONE_OF = re.compile(
    r"(?:each|every) (?P<one>[A-Z]\w*) (?:gets|has) exactly one (?:of )?"
    rf"(?P<others>[A-Z]\w*(?:(?:, or |, | or )[A-Z]\w*)*){_OF}"
)
_LIST = re.compile(r", or |, | or ")


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


def read_invariant(
    text: str, published: Collection[str], messages: Mapping[str, Message]
) -> Check | None:
    """What the sentence states, or None when no machine can check it.

    ``published`` are the messages of the service: all but a precedence speak of these.
    """
    sentence = text.strip().rstrip(".")
    for pattern in (_PRECEDES, _WITHIN, _NEVER_AFTER, _ONE_OF):
        if found := pattern.fullmatch(sentence):
            refs = _refs(found, messages)
            if refs is None:
                return None
            one, others = refs
            if pattern is _PRECEDES:
                return Precedes(one, others)
            if any(ref.message not in published for ref in others):
                return None
            if pattern is _WITHIN:
                return Within(one, others, int(found["number"]) * UNITS[found["unit"]])
            return NeverAfter(one, others) if pattern is _NEVER_AFTER else OneOfEach(one, others)
    return None


def _refs(
    found: re.Match[str], messages: Mapping[str, Message]
) -> tuple[FieldRef, tuple[FieldRef, ...]] | None:
    """The one message's field that the sentence compares, and those of the others."""
    names = [found["one"], *_LIST.split(found["others"])]
    known = [messages[name] for name in names if name in messages]
    fields = [field_for(found["of"], message) for message in known]
    types = [key_type(field.type) for field in fields if field is not None]
    if len(types) < len(names) or not all(alike(types[0], other) for other in types):
        return None
    one, *others = (
        FieldRef(message.name, field.name)
        for message, field in zip(known, fields, strict=True)
        if field is not None
    )
    return one, tuple(others)


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
