"""TQ709: a field has another type on the wire."""

from __future__ import annotations

from collections.abc import Iterator

from torq_gen.evolution._words import sized
from torq_gen.evolution.breaks import Change, Harm
from torq_gen.evolution.comparison import Comparison, differs_here, misread
from torq_gen.evolution.rules._samples import fields
from torq_gen.rule import Rule

RULE = Rule(
    "TQ709",
    "field-retyped",
    "A field has another type, and readers of one version misread the other's bytes.",
    why="""\
The bytes are taken for something else: another size shifts all that follows, another sign or
scale gives a number that looks sound.""",
    fix="""\
Leave the field as it is, mark it `deprecated`, and append one of the new type with the next
`since` and a default; or declare a new message.""",
    bad=(
        fields("narrower", "price: u64", "«price»: u32"),
        fields("another scale", "price: fixed<8>", "«price»: fixed<6>"),
        fields("optional now", "price: u64", "«price»: u64?"),
    ),
    good=(
        fields(
            "a second field",
            "price: u64",
            "price: {type: u64, deprecated: true}\n"
            "price_usd: {type: fixed<8>, since: 2, default: 0}",
        ),
    ),
)
HARM = Harm.WIRE


def check(both: Comparison) -> Iterator[Change]:
    """Each field whose own type changed; what changed in a named type is that type's finding."""
    for old, new in both.messages:
        after = {f.name: f for f in new.fields}
        for was in old.fields:
            now = after.get(was.name)
            if now is None or not differs_here(was.type, now.type):
                continue
            yield Change(
                f"{new.name}.{now.name}",
                f"was {sized(was.type)}, is {sized(now.type)}",
                both.place(now.span, new.span, old=was.span),
                was.span,
                f"leave it {was.type} and deprecated, and append a field of type {now.type} with "
                f"since: {old.version + 1}",
                misread(was.type, now.type),
                (new.name,),
            )
