"""TQ763: a number means something else."""

from __future__ import annotations

from collections.abc import Iterator

from torq_gen.evolution.breaks import Broken, Change, Harm
from torq_gen.evolution.comparison import Comparison, shared
from torq_gen.evolution.rules._samples import fields
from torq_gen.model import StructType
from torq_gen.rule import Rule

RULE = Rule(
    "TQ763",
    "unit-changed",
    "A field has another unit than before.",
    why="""\
The bytes and the type stay, and every binary of the other version takes the number for a
different amount. No check can see it.""",
    fix="""\
Leave the field in its unit and `deprecated`, and append one in the new unit whose name says it.""",
    bad=(
        fields(
            "another unit",
            "price: {type: u64, unit: cents}",
            "«price»: {type: u64, unit: millicents}",
        ),
    ),
    good=(fields("the unit written down", "price: u64", "price: {type: u64, unit: cents}"),),
)
HARM = Harm.ARCH


def check(both: Comparison) -> Iterator[Change]:
    """Each field and struct field that is measured otherwise."""
    for pair in both.messages:
        for was, now in pair.fields:
            if _changed(was.unit, now.unit):
                yield Change(
                    f"{pair.new.name}.{now.name}",
                    f"was in {was.unit}, is in {now.unit}",
                    both.place(now.span, pair.new.span, old=was.span),
                    was.span,
                    _INSTEAD,
                    Broken.BOTH,
                    (pair.new.name,),
                    promise=True,
                )
    for old, new, messages in both.types:
        if not isinstance(old, StructType) or not isinstance(new, StructType):
            continue
        for member, heir in shared(old.fields, new.fields):
            if _changed(member.unit, heir.unit):
                yield Change(
                    f"{new.name}.{heir.name}",
                    f"was in {member.unit}, is in {heir.unit}",
                    both.place(heir.span, new.span, old=member.span),
                    member.span,
                    _INSTEAD,
                    Broken.BOTH,
                    messages,
                    promise=True,
                )


_INSTEAD = "leave it in its unit and deprecated, and append a field in the new one"


def _changed(old: str, new: str) -> bool:
    """Writing a unit down for the first time, or leaving it out, changes no meaning."""
    return bool(old and new) and old.casefold() != new.casefold()
