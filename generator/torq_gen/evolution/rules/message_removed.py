"""TQ730: a message is gone."""

from __future__ import annotations

from collections.abc import Iterator

from torq_gen.evolution.breaks import Change, Harm
from torq_gen.evolution.comparison import Comparison
from torq_gen.evolution.rules._samples import schema
from torq_gen.rule import Rule

RULE = Rule(
    "TQ730",
    "message-removed",
    "A message is gone.",
    why="""\
Its class is gone from the generated package, and code that publishes or handles it no longer
starts.""",
    fix="""\
Take it out in two steps: first everywhere it is published and handled, then from the schema.
Its id and its name go under `reserved`.""",
    bad=(
        schema(
            "removed",
            "  Quote: {type: 1, fields: [{venue: u16}]}\n"
            "  Trade: {type: 2, fields: [{size: u64}]}\n",
            "  Quote: {type: 1, fields: [{venue: u16}]}\nreserved: {types: [2], names: [Trade]}\n",
            whole=True,
        ),
    ),
    good=(
        schema(
            "deprecated in words",
            "  Quote: {type: 1, fields: [{venue: u16}]}\n",
            "  Quote: {type: 1, doc: Use Trade., fields: [{venue: u16}]}\n",
        ),
    ),
)
HARM = Harm.SOURCE


def check(both: Comparison) -> Iterator[Change]:
    """Each message that no longer exists under any name."""
    for message in both.gone:
        yield Change(
            message.name,
            f"(type {message.type_id}) is gone",
            both.place(old=message.span),
            message.span,
            "keep it until nobody publishes or subscribes it, then reserve its id and its name",
            messages=(message.name,),
            order="publishers first: subscribers can forget it once nobody sends it",
        )
