"""TQ716: what old bytes are filled with changed."""

from __future__ import annotations

from collections.abc import Iterator

from torq_gen.evolution.breaks import Broken, Change, Harm
from torq_gen.evolution.comparison import Comparison
from torq_gen.evolution.reading import alike
from torq_gen.evolution.rules._samples import fields
from torq_gen.rule import Rule

RULE = Rule(
    "TQ716",
    "default-changed",
    "The default of an appended field changed.",
    why="""\
Frames of versions before the field do not hold it: every reader fills in its own default.
Binaries of the two versions read one recorded frame differently.""",
    fix="""\
Write the old default again. Where another one is wanted, append a field of a new name with it.""",
    bad=(
        fields(
            "another default",
            "bid: u64\nlot: {type: u32, since: 2, default: 1}",
            "bid: u64\n«lot»: {type: u32, since: 2, default: 100}",
        ),
    ),
    good=(
        fields(
            "the same default",
            "bid: u64\nlot: {type: u32, since: 2, default: 1}",
            "bid: u64\nlot: {type: u32, since: 2, default: 1, doc: Units.}",
        ),
    ),
)
HARM = Harm.WIRE


def check(both: Comparison) -> Iterator[Change]:
    """Each appended field with another default."""
    for pair in both.messages:
        new = pair.new
        for was, now in pair.fields:
            if was.since == 1 or now.since == 1 or was.default is None or now.default is None:
                continue
            if was.default != now.default and alike(was.type, now.type):
                yield Change(
                    f"{new.name}.{now.name}",
                    f"is filled with {now.default.value!r} where a frame lacks it, was filled with "
                    f"{was.default.value!r}",
                    both.place(now.span, new.span, old=was.span),
                    was.span,
                    "write the old default, or append a field of another name",
                    Broken.NEW_READERS,
                    (new.name,),
                )
