"""TQ736: what a constructor fills in changed."""

from __future__ import annotations

from collections.abc import Iterator

from torq_gen.evolution.breaks import Change, Harm
from torq_gen.evolution.comparison import Comparison
from torq_gen.evolution.reading import alike
from torq_gen.evolution.rules._samples import fields
from torq_gen.rule import Rule

RULE = Rule(
    "TQ736",
    "constructor-default-changed",
    "A field of version 1 lost its default, or has another one.",
    why="""\
Code may leave the field out when it makes the message: without the default it no longer runs,
with another one it sends something else than before.""",
    fix="""\
Keep the default, or name the field wherever the message is made, in the same change.""",
    bad=(
        fields("no default any more", "lot: {type: u32, default: 1}", "«lot»: u32"),
        fields("another default", "lot: {type: u32, default: 1}", "«lot»: {type: u32, default: 5}"),
    ),
    good=(fields("a first default", "lot: u32", "lot: {type: u32, default: 1}"),),
)
HARM = Harm.SOURCE


def check(both: Comparison) -> Iterator[Change]:
    """Each field that constructors fill in otherwise; appended fields are a matter of the wire."""
    for pair in both.messages:
        for was, now in pair.fields:
            if was.default is None or was.since > 1 or was.default == now.default:
                continue
            if not alike(was.type, now.type):
                continue
            found = "has none" if now.default is None else f"has {now.default.value!r}"
            yield Change(
                f"{pair.new.name}.{now.name}",
                f"had the default {was.default.value!r}, {found} now",
                both.place(now.span, pair.new.span, old=was.span),
                was.span,
                "keep the default, or name the field wherever the message is made",
                messages=(pair.new.name,),
            )
