"""TQ757: a closed enum takes more than it did."""

from __future__ import annotations

from collections.abc import Iterator

from torq_gen.evolution.breaks import Broken, Change, Harm
from torq_gen.evolution.comparison import Comparison
from torq_gen.evolution.rules._samples import types
from torq_gen.model import EnumType
from torq_gen.rule import Rule

RULE = Rule(
    "TQ757",
    "closed-enum-grown",
    "A closed enum got a value, or was opened.",
    why="""\
A reader of the older version refuses the whole frame that holds a value which it does not list.""",
    fix="""\
Deploy every subscriber before the first publisher sends the new value. An enum that will grow
again is better open from the start.""",
    bad=(
        types(
            "one more value",
            "  Side: {enum: u8, closed: true, values: {BUY: 1}}\n",
            "  «Side»: {enum: u8, closed: true, values: {BUY: 1, SELL: 2}}\n",
            "Side",
        ),
        types(
            "opened",
            "  Side: {enum: u8, closed: true, values: {BUY: 1}}\n",
            "  «Side»: {enum: u8, values: {BUY: 1}}\n",
            "Side",
        ),
    ),
    good=(
        types(
            "an open one",
            "  Side: {enum: u8, values: {BUY: 1}}\n",
            "  Side: {enum: u8, values: {BUY: 1, SELL: 2}}\n",
            "Side",
        ),
    ),
)
HARM = Harm.ARCH


def check(both: Comparison) -> Iterator[Change]:
    """Each closed enum that may hold more now."""
    for old, new, messages in both.types:
        if not isinstance(old, EnumType) or not isinstance(new, EnumType):
            continue
        numbers = {number for _, number in old.values}
        added = [f"{name} ({number})" for name, number in new.values if number not in numbers]
        if not old.closed or old.base != new.base or (new.closed and not added):
            continue
        yield Change(
            new.name,
            f"got {', '.join(added)}" if new.closed else "was closed, is open",
            both.place(new.span, old=old.span),
            old.span,
            "deploy every subscriber before anybody sends a new value",
            Broken.OLD_READERS,
            messages,
        )
