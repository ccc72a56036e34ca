"""TQ756: a rule takes values that it refused."""

from __future__ import annotations

from collections.abc import Iterator

from torq_gen.evolution.breaks import Broken, Change, Harm
from torq_gen.evolution.comparison import Comparison
from torq_gen.evolution.rules._samples import fields
from torq_gen.evolution.validating import covers, shown
from torq_gen.rule import Rule

RULE = Rule(
    "TQ756",
    "validation-loosened",
    "A field's rule takes values that were invalid.",
    why="""\
Subscribers of the older version refuse what new publishers may send, or were never written for
it.""",
    fix="""\
Deploy the subscribers first, once they can handle the new values.""",
    bad=(
        fields(
            "one more value",
            "venue: {type: u16, validate: {in: [1, 2]}}",
            "«venue»: {type: u16, validate: {in: [1, 2, 3]}}",
        ),
    ),
    good=(
        fields(
            "the same values",
            "venue: {type: u16, validate: {in: [1, 2]}}",
            "venue: {type: u16, validate: {range: [1, 2]}}",
        ),
    ),
)
HARM = Harm.ARCH


def check(both: Comparison) -> Iterator[Change]:
    """Each field whose new rule takes something that the old one refused."""
    for pair in both.messages:
        for was, now in pair.fields:
            if was.validate != now.validate and not covers(was.validate, now.validate, now.type):
                yield Change(
                    f"{pair.new.name}.{now.name}",
                    f"takes {shown(now.validate)}, took only {shown(was.validate)}",
                    both.place(now.span, pair.new.span, old=was.span),
                    was.span,
                    "let subscribers handle the new values before anybody sends them",
                    Broken.OLD_READERS,
                    (pair.new.name,),
                )
