"""TQ714: a closed enum lost a value."""

from __future__ import annotations

from collections.abc import Iterator

from torq_gen.evolution.breaks import Broken, Change, Harm
from torq_gen.evolution.comparison import Comparison
from torq_gen.evolution.rules._samples import types
from torq_gen.model import EnumType
from torq_gen.rule import Rule

RULE = Rule(
    "TQ714",
    "closed-enum-shrunk",
    "A closed enum no longer has a number that it had.",
    why="""\
A reader of a closed enum refuses what it does not list: the whole frame of an old publisher,
and of every recording that holds the value, is malformed to it.""",
    fix="""\
Put the value back; code need not send it any more.""",
    bad=(
        types(
            "a value removed",
            "  Side: {enum: u8, closed: true, values: {SELL: 1, BUY: 2}}\n",
            "  «Side»: {enum: u8, closed: true, values: {SELL: 1}}\n",
            "Side",
        ),
    ),
    good=(
        types(
            "an open enum",
            "  Side: {enum: u8, values: {SELL: 1, BUY: 2}}\n",
            "  Side: {enum: u8, values: {SELL: 1}}\n",
            "Side",
        ),
    ),
)
HARM = Harm.WIRE


def check(both: Comparison) -> Iterator[Change]:
    """Each number that is refused now."""
    for old, new, messages in both.types:
        if not isinstance(old, EnumType) or not isinstance(new, EnumType):
            continue
        numbers = {number for _, number in new.values}
        lost = [(n, v) for n, v in old.values if v not in numbers and n not in dict(new.values)]
        for name, number in lost if old.closed and new.closed else ():
            yield Change(
                f"{new.name}.{name}",
                f"({number}) is gone from a closed enum",
                both.place(new.span, old=old.span),
                old.span,
                f"put {name}: {number} back",
                Broken.NEW_READERS,
                messages,
            )
