"""TQ755: a rule refuses values that it took."""

from __future__ import annotations

from collections.abc import Iterator

from torq_gen.evolution.breaks import Broken, Change, Harm
from torq_gen.evolution.comparison import Comparison
from torq_gen.evolution.rules._samples import fields
from torq_gen.evolution.validating import covers, shown
from torq_gen.rule import Rule

RULE = Rule(
    "TQ755",
    "validation-tightened",
    "A field's rule refuses values that were valid.",
    why="""\
Old publishers and recordings still carry them: whoever validates what it receives refuses them,
and code that made them no longer can.""",
    fix="""\
Deploy the publishers first, once they keep to the tighter rule, and let subscribers accept the
old values until no recording holds them.""",
    bad=(
        fields(
            "a smaller range",
            "size: {type: u32, validate: {range: [1, 1000]}}",
            "«size»: {type: u32, validate: {range: [1, 100]}}",
        ),
        fields("a first rule", "size: u32", "«size»: {type: u32, validate: {nonzero: true}}"),
    ),
    good=(
        fields(
            "the whole range of the type",
            "size: u8",
            "size: {type: u8, validate: {range: [0, 255]}}",
        ),
    ),
)
HARM = Harm.ARCH


def check(both: Comparison) -> Iterator[Change]:
    """Each field whose new rule refuses something that the old one took."""
    for pair in both.messages:
        for was, now in pair.fields:
            if was.validate != now.validate and not covers(now.validate, was.validate, was.type):
                yield Change(
                    f"{pair.new.name}.{now.name}",
                    f"took {shown(was.validate)}, takes {shown(now.validate)}",
                    both.place(now.span, pair.new.span, old=was.span),
                    was.span,
                    "keep the rule; refuse in code what cannot be handled",
                    Broken.NEW_READERS,
                    (pair.new.name,),
                )
