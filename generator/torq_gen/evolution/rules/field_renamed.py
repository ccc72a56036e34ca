"""TQ732: a field has another name."""

from __future__ import annotations

from collections.abc import Iterator

from torq_gen.evolution.breaks import Change, Harm
from torq_gen.evolution.comparison import Comparison, shared
from torq_gen.evolution.rules._samples import fields, types
from torq_gen.model import Field, StructField, StructType
from torq_gen.rule import Rule

RULE = Rule(
    "TQ732",
    "field-renamed",
    "A field has another name, in the schema or in Python.",
    why="""\
Its bytes are where they were, but code that reads or sets it by name no longer runs, and its
JSON has another key.""",
    fix="""\
Rename it in code with the same change (`torq-gen rename` does both), or keep the name. If it
means something else now, it is no rename: append a field.""",
    bad=(
        fields("renamed", "price: u64", "«cost»: u64"),
        fields("renamed in Python", "price: u64", "«price»: {type: u64, python_name: cost}"),
        types(
            "in a struct",
            "  Level: {struct: [{price: u64}]}\n",
            "  Level: {struct: [{«cost»: u64}]}\n",
            "Level",
        ),
    ),
    good=(
        fields(
            "one more field", "price: u64", "price: u64\ncost: {type: u64, since: 2, default: 0}"
        ),
    ),
)
HARM = Harm.SOURCE


def check(both: Comparison) -> Iterator[Change]:
    """Each field of a message or a struct that code knows under another name."""
    for pair in both.messages:
        for was, now in pair.fields:
            if (text := _text(was, now)) is not None:
                yield Change(
                    f"{pair.new.name}.{now.name}",
                    text,
                    both.place(now.span, pair.new.span, old=was.span),
                    was.span,
                    _instead(was),
                    messages=(pair.new.name,),
                )
    for old, new, messages in both.types:
        if not isinstance(old, StructType) or not isinstance(new, StructType):
            continue
        for member, heir in shared(old.fields, new.fields):
            if (text := _text(member, heir)) is not None:
                yield Change(
                    f"{new.name}.{heir.name}",
                    text,
                    both.place(heir.span, new.span, old=member.span),
                    member.span,
                    _instead(member),
                    messages=messages,
                )


def _text(was: Field | StructField, now: Field | StructField) -> str | None:
    if was.name != now.name:
        return f"was called {was.name}"
    if was.attribute != now.attribute:
        return f"was {was.attribute} in Python, is {now.attribute}"
    return None


def _instead(was: Field | StructField) -> str:
    return f"call it {was.attribute} again, or rename it in code with the same change"
