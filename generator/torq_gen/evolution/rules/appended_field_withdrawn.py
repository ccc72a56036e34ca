"""TQ737: the newest fields were taken back."""

from __future__ import annotations

from collections.abc import Iterator

from torq_gen.evolution.breaks import Change, Harm
from torq_gen.evolution.comparison import Comparison
from torq_gen.evolution.rules._dropped import dropped
from torq_gen.evolution.rules._samples import fields, schema
from torq_gen.rule import Rule

RULE = Rule(
    "TQ737",
    "appended-field-withdrawn",
    "The fields that a version appended are gone, and the version with them.",
    why="""\
Readers skip what they do not know and fill what is missing, so bytes are still read. But code
that uses the field no longer runs, and the next field with that `since` would be read as this
one.""",
    fix="""\
Put the field back and mark it `deprecated`. If it must go, let the next appended field skip the
version: `since` one above.""",
    bad=(
        schema(
            "taken back",
            "  Quote: {type: 1, fields: [{bid: u64}, {ask: {type: u64, since: 2, default: 0}}]}\n",
            "  «Quote»: {type: 1, fields: [{bid: u64}]}\n",
        ),
    ),
    good=(
        fields(
            "deprecated",
            "bid: u64\nask: {type: u64, since: 2, default: 0}",
            "bid: u64\nask: {type: u64, since: 2, default: 0, deprecated: true}",
        ),
    ),
)
HARM = Harm.SOURCE


def check(both: Comparison) -> Iterator[Change]:
    """Each field that is gone without harm to what readers make of the bytes."""
    for pair in both.messages:
        old, new = pair
        for field in dropped(pair) if not pair.misaligned else ():
            yield Change(
                f"{new.name}.{field.name}",
                f"of version {field.since} is gone; {new.name} is version {new.version} again",
                both.place(new.span, old=old.span),
                field.span,
                f"put it back as deprecated, or let the next field say since: {old.version + 1}",
                messages=(new.name,),
            )
