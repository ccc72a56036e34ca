"""TQ702: a message has another type id."""

from __future__ import annotations

from collections.abc import Iterator

from torq_gen.evolution.breaks import Broken, Change, Harm
from torq_gen.evolution.comparison import Comparison
from torq_gen.evolution.rules._samples import schema
from torq_gen.rule import Rule

RULE = Rule(
    "TQ702",
    "type-id-moved",
    "A message has another type id than before.",
    why="""\
Readers of the one version do not know the frames of the other and drop them as unknown.""",
    fix="""\
Write the old type id again. A message that has to change its id is a new message with a name of
its own; publish both until every subscriber has moved.""",
    bad=(
        schema(
            "another number",
            "  Quote: {type: 1, fields: [{venue: u16}]}\n",
            "  «Quote»: {type: 2, fields: [{venue: u16}]}\n",
        ),
    ),
    good=(
        schema(
            "the same number",
            "  Quote: {type: 1, fields: [{venue: u16}]}\n",
            "  Quote: {type: 1, doc: A price., fields: [{venue: u16}]}\n",
        ),
    ),
)
HARM = Harm.WIRE


def check(both: Comparison) -> Iterator[Change]:
    """Each message whose number moved."""
    for was, now in both.messages:
        if was.type_id != now.type_id:
            yield Change(
                now.name,
                f"had the type id {was.type_id}, has {now.type_id}",
                both.place(now.span, old=was.span),
                was.span,
                f"write type: {was.type_id}, or give the message a new name beside the old one",
                Broken.BOTH,
                (now.name,),
            )
