"""TQ708: a field stands at another place."""

from __future__ import annotations

from collections.abc import Iterator

from torq_gen.evolution.breaks import Change, Harm
from torq_gen.evolution.comparison import Comparison
from torq_gen.evolution.reading import moved
from torq_gen.evolution.rules._samples import fields
from torq_gen.rule import Rule

RULE = Rule(
    "TQ708",
    "field-reordered",
    "The fields of a message stand in another order.",
    why="""\
A value holds its fields one after the other, without names. A reader of the other version takes
the bytes of one field for another.""",
    fix="""\
Put the fields back in their order. The order of declaration is the order on the wire and says
nothing else.""",
    bad=(fields("two changed places", "bid: u64\nask: u64", "ask: u64\n«bid»: u64"),),
    good=(
        fields(
            "appended",
            "bid: u64\nask: u64",
            "bid: u64\nask: u64\nlast: {type: u64, since: 2, default: 0}",
        ),
    ),
)
HARM = Harm.WIRE


def check(both: Comparison) -> Iterator[Change]:
    """Each field that changed places: as few as explain the new order."""
    for pair in both.messages:
        old, new = pair
        before = {f.name: f for f in old.fields}
        after = {f.name: f for f in new.fields}
        places = {f.name: i for i, f in enumerate(new.fields, 1)}
        for name in moved(places, before):
            yield Change(
                f"{new.name}.{name}",
                f"was field {list(before).index(name) + 1}, is field {places[name]}",
                both.place(after[name].span, new.span, old=old.span),
                before[name].span,
                "put it back in its place; new fields are appended",
                pair.misaligned,
                (new.name,),
            )
