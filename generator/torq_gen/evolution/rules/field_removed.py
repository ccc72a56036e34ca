"""TQ711: a field is gone from the layout."""

from __future__ import annotations

from collections.abc import Iterator

from torq_gen.evolution.breaks import Change, Harm
from torq_gen.evolution.comparison import Comparison
from torq_gen.evolution.rules._dropped import dropped
from torq_gen.evolution.rules._samples import fields, schema
from torq_gen.rule import Rule

RULE = Rule(
    "TQ711",
    "field-removed",
    "A field is gone, and what follows it stands elsewhere.",
    why="""\
Its bytes are still in what old publishers send and in every recording; a reader without it
takes them for the next field, or refuses the length.""",
    fix="""\
Put the field back and mark it `deprecated`: it costs its bytes. If it must go, declare a new
message without it.""",
    bad=(
        schema(
            "removed",
            "  Quote: {type: 1, fields: [{bid: u64}, {ask: u64}]}\n",
            "  «Quote»: {type: 1, fields: [{ask: u64}]}\n",
        ),
    ),
    good=(
        fields("deprecated", "bid: u64\nask: u64", "bid: {type: u64, deprecated: true}\nask: u64"),
    ),
)
HARM = Harm.WIRE


def check(both: Comparison) -> Iterator[Change]:
    """Each field that is gone and missed by readers."""
    for pair in both.messages:
        old, new = pair
        if not (broken := pair.misaligned):
            continue
        for field in dropped(pair):
            yield Change(
                f"{new.name}.{field.name}",
                f"is gone; version {old.version} has it as {field.type}",
                both.place(new.span, old=old.span),
                field.span,
                "put it back and mark it deprecated: true, or declare a new message without it",
                broken,
                (new.name,),
            )
