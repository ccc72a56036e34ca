"""TQ752: a message goes to another topic."""

from __future__ import annotations

from collections.abc import Iterator

from torq_gen.evolution.breaks import Broken, Change, Harm
from torq_gen.evolution.comparison import Comparison
from torq_gen.evolution.rules._samples import schema
from torq_gen.rule import Rule

RULE = Rule(
    "TQ752",
    "topic-changed",
    "A message is sent to another topic than before.",
    why="""\
Publishers and subscribers meet by the topic. While some of them are old, messages go where
nobody listens, without an error.""",
    fix="""\
Keep the topic. To move, declare a new message with the new topic, publish both, move the
subscribers, then stop publishing the old one.""",
    bad=(
        schema(
            "another topic",
            "  Quote: {type: 1, fields: [{venue: u16}]}\n",
            "  «Quote»: {type: 1, topic: quotes, fields: [{venue: u16}]}\n",
        ),
    ),
    good=(
        schema(
            "the default, written out",
            "  Quote: {type: 1, fields: [{venue: u16}]}\n",
            "  Quote: {type: 1, topic: market-data, fields: [{venue: u16}]}\n",
        ),
    ),
)
HARM = Harm.ARCH


def check(both: Comparison) -> Iterator[Change]:
    """Each message that goes elsewhere."""
    for was, now in both.messages:
        if was.topic != now.topic:
            yield Change(
                now.name,
                f"was sent to {was.topic}, is sent to {now.topic}",
                both.place(now.span, old=was.span),
                was.span,
                f"write topic: {was.topic}; to move, publish a new message to {now.topic} as well "
                "until every subscriber has it",
                Broken.BOTH,
                (now.name,),
                promise=True,
            )
