"""TQ713: an enum value has another number."""

from __future__ import annotations

from collections.abc import Iterator

from torq_gen.evolution.breaks import Broken, Change, Harm
from torq_gen.evolution.comparison import Comparison
from torq_gen.evolution.rules._samples import types
from torq_gen.model import EnumType
from torq_gen.rule import Rule

RULE = Rule(
    "TQ713",
    "enum-value-renumbered",
    "A value of an enum has another number than before.",
    why="""\
Only the number is sent. Binaries of the two versions understand different things by it, and
nothing in the bytes shows that.""",
    fix="""\
Write the old number again; a new value takes a number that none had.""",
    bad=(
        types(
            "sorted by name",
            "  Side: {enum: u8, values: {SELL: 1, BUY: 2}}\n",
            "  ««Side»»: {enum: u8, values: {BUY: 1, SELL: 2}}\n",
            "Side",
        ),
    ),
    good=(
        types(
            "one more value",
            "  Side: {enum: u8, values: {SELL: 1, BUY: 2}}\n",
            "  Side: {enum: u8, values: {SELL: 1, BUY: 2, NONE: 3}}\n",
            "Side",
        ),
    ),
)
HARM = Harm.WIRE


def check(both: Comparison) -> Iterator[Change]:
    """Each value whose number moved, in enums that stand in messages."""
    for old, new, messages in both.types:
        if not isinstance(old, EnumType) or not isinstance(new, EnumType):
            continue
        numbers = dict(new.values)
        for name, number in old.values:
            if numbers.get(name, number) != number:
                yield Change(
                    f"{new.name}.{name}",
                    f"was {number}, is {numbers[name]}",
                    both.place(new.span, old=old.span),
                    old.span,
                    f"write {name}: {number}; new values get numbers that none had",
                    Broken.BOTH,
                    messages,
                )
