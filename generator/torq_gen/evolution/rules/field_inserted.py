"""TQ710: a field was put into a version that is out."""

from __future__ import annotations

from collections.abc import Iterator

from torq_gen.evolution.breaks import Change, Harm
from torq_gen.evolution.comparison import Comparison
from torq_gen.evolution.rules._samples import fields
from torq_gen.rule import Rule

RULE = Rule(
    "TQ710",
    "field-inserted",
    "A field was added to a version that exists already, or before its other fields.",
    why="""\
Readers and writers of that version disagree about its length: frames are refused, and where a
length happens to fit, fields are mixed up.""",
    fix="""\
Append the field behind all others, with `since` one above the version that is out and a
default.""",
    bad=(
        fields("in the middle", "bid: u64\nask: u64", "bid: u64\n«mid»: u64\nask: u64"),
        fields("at the end, in version 1", "bid: u64", "bid: u64\n«ask»: u64"),
    ),
    good=(
        fields(
            "appended in version 2", "bid: u64", "bid: u64\nask: {type: u64, since: 2, default: 0}"
        ),
    ),
)
HARM = Harm.WIRE


def check(both: Comparison) -> Iterator[Change]:
    """Each new field that is not of a new version, or does not stand behind the old ones."""
    for pair in both.messages:
        old, new = pair
        kept = {now.name for _, now in pair.fields}
        last = max((i for i, f in enumerate(new.fields) if f.name in kept), default=-1)
        broken = pair.misaligned
        for place, field in enumerate(new.fields):
            if field.name in kept or not broken or (place > last and field.since > old.version):
                continue
            where = f"in version {field.since}"
            if place < last:
                where += f" before {new.fields[place + 1].name}"
            yield Change(
                f"{new.name}.{field.name}",
                f"was added {where}; version {old.version} of {new.name} is out without it",
                both.place(field.span, new.span, old=old.span),
                old.span,
                f"append it behind {new.fields[last].name if kept else 'the others'} with since: "
                f"{old.version + 1} and a default",
                broken,
                (new.name,),
            )
