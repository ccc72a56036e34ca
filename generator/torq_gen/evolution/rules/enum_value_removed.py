"""TQ735: an enum value's name is gone."""

from __future__ import annotations

from collections.abc import Iterator

from torq_gen.evolution.breaks import Change, Harm
from torq_gen.evolution.comparison import Comparison
from torq_gen.evolution.rules._samples import types
from torq_gen.model import EnumType
from torq_gen.rule import Rule

RULE = Rule(
    "TQ735",
    "enum-value-removed",
    "A value of an enum is gone, or has another name.",
    why="""\
Code that names it no longer runs, and JSON that holds it is refused. Where its number now has
another name, readers take stored values for that.""",
    fix="""\
Keep the value; a number that should mean something else needs a value and a number of its own.""",
    bad=(
        types(
            "renamed",
            "  Side: {enum: u8, values: {BUY: 1}}\n",
            "  «Side»: {enum: u8, values: {BID: 1}}\n",
            "Side",
        ),
        types(
            "removed",
            "  Side: {enum: u8, values: {BUY: 1, SELL: 2}}\n",
            "  «Side»: {enum: u8, values: {BUY: 1}}\n",
            "Side",
        ),
    ),
    good=(
        types(
            "added",
            "  Side: {enum: u8, values: {BUY: 1}}\n",
            "  Side: {enum: u8, values: {BUY: 1, SELL: 2}}\n",
            "Side",
        ),
    ),
)
HARM = Harm.SOURCE


def check(both: Comparison) -> Iterator[Change]:
    """Each name of an enum that code cannot use any more."""
    hit = {pair.new.name: pair.messages for pair in both.types}
    for old in both.old.enums():
        new = both.new.types.get(old.name)
        if not isinstance(new, EnumType):
            continue
        names, numbers = dict(new.values), {number: name for name, number in new.values}
        for name, number in old.values:
            heir = numbers.get(number)
            refused = heir is None and old.closed and new.closed and new.name in hit
            if name in names or refused:
                continue  # what a closed enum refuses is a matter of the wire
            yield Change(
                f"{new.name}.{name}",
                f"({number}) is gone" + (f"; {number} is {heir} now" if heir is not None else ""),
                both.place(new.span, old=old.span),
                old.span,
                f"keep {name}: {number}; what means something else gets a number of its own",
                messages=hit.get(new.name, ()),
            )
