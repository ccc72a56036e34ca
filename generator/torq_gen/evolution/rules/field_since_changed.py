"""TQ712: a field belongs to another version."""

from __future__ import annotations

from collections.abc import Iterator

from torq_gen.evolution.breaks import Change, Harm
from torq_gen.evolution.comparison import Comparison
from torq_gen.evolution.rules._samples import fields
from torq_gen.rule import Rule

RULE = Rule(
    "TQ712",
    "field-since-changed",
    "A field was moved to another version of its message.",
    why="""\
`since` says which writers know the field. A reader that believes otherwise looks for it in
bytes that lack it, or stumbles over it in bytes that have it.""",
    fix="""\
Write the old `since` again; it is history and does not change.""",
    bad=(
        fields(
            "later",
            "bid: u64\nask: {type: u64, since: 2, default: 0}",
            "bid: u64\n«ask»: {type: u64, since: 3, default: 0}",
        ),
    ),
    good=(
        fields(
            "as it was",
            "bid: u64\nask: {type: u64, since: 2, default: 0}",
            "bid: u64\nask: {type: u64, since: 2, default: 0, doc: Best ask.}",
        ),
    ),
)
HARM = Harm.WIRE


def check(both: Comparison) -> Iterator[Change]:
    """Each field whose version moved, so that readers miss it or meet it."""
    for pair in both.messages:
        old, new = pair
        if not (broken := pair.misaligned):
            continue
        for was, now in pair.fields:
            if was.since != now.since:
                yield Change(
                    f"{new.name}.{now.name}",
                    f"was added in version {was.since}, is said to be of version {now.since}",
                    both.place(now.span, new.span, old=old.span),
                    was.span,
                    f"write since: {was.since}" if was.since > 1 else "leave since out",
                    broken,
                    (new.name,),
                )
