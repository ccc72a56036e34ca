"""TQ715: an open enum was closed."""

from __future__ import annotations

from collections.abc import Iterator

from torq_gen.evolution.breaks import Broken, Change, Harm
from torq_gen.evolution.comparison import Comparison
from torq_gen.evolution.rules._samples import types
from torq_gen.model import EnumType
from torq_gen.rule import Rule

RULE = Rule(
    "TQ715",
    "enum-closed",
    "An enum that was open is closed.",
    why="""\
Publishers of the older version may send any number of the base type. A closed enum refuses the
frame with the first one that it does not list.""",
    fix="""\
Leave the enum open, and refuse unknown values in the code that cannot handle them; or declare a
new type and a field of it.""",
    bad=(
        types(
            "closed",
            "  Side: {enum: u8, values: {SELL: 1, BUY: 2}}\n",
            "  «Side»: {enum: u8, closed: true, values: {SELL: 1, BUY: 2}}\n",
            "Side",
        ),
    ),
    good=(
        types(
            "open",
            "  Side: {enum: u8, values: {SELL: 1, BUY: 2}}\n",
            "  Side: {enum: u8, doc: Buy or sell., values: {SELL: 1, BUY: 2}}\n",
            "Side",
        ),
    ),
)
HARM = Harm.WIRE


def check(both: Comparison) -> Iterator[Change]:
    """Each enum that refuses what it took."""
    for old, new, messages in both.types:
        if not isinstance(old, EnumType) or not isinstance(new, EnumType):
            continue
        if new.closed and not old.closed and old.base == new.base:
            yield Change(
                new.name,
                "was open, is closed: it refuses numbers that old publishers may send",
                both.place(new.span, old=old.span),
                old.span,
                "leave it open and refuse unknown values where they cannot be handled",
                Broken.NEW_READERS,
                messages,
            )
