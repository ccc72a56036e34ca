"""TQ731: a message has another name."""

from __future__ import annotations

from collections.abc import Iterator

from torq_gen.evolution.breaks import Change, Harm
from torq_gen.evolution.comparison import Comparison
from torq_gen.evolution.rules._samples import PROJECT, SYSTEM, schema
from torq_gen.rule import Rule

RULE = Rule(
    "TQ731",
    "message-renamed",
    "A message has another name.",
    why="""\
Bytes stay as they are, but its class, its handlers' names and its name in JSON are others: code
that uses them no longer starts.""",
    fix="""\
Rename it in the services in the same change (`torq-gen rename` does both), or keep the name.
Old and new binaries understand each other all along.""",
    bad=(
        schema(
            "renamed",
            "  Quote: {type: 1, fields: [{venue: u16}]}\n",
            "  «Price»: {type: 1, fields: [{venue: u16}]}\n",
            system=PROJECT[SYSTEM].replace("Quote", "Price"),
        ),
    ),
    good=(
        schema(
            "a new message beside it",
            "  Quote: {type: 1, fields: [{venue: u16}]}\n",
            "  Quote: {type: 1, fields: [{venue: u16}]}\n"
            "  Price: {type: 2, fields: [{venue: u16}]}\n",
        ),
    ),
)
HARM = Harm.SOURCE


def check(both: Comparison) -> Iterator[Change]:
    """Each message that kept its id and its layout under a new name."""
    for was, now in both.messages:
        if was.name != now.name:
            yield Change(
                now.name,
                f"(type {now.type_id}) was called {was.name}",
                both.place(now.span, old=was.span),
                was.span,
                f"call it {was.name} again, or rename it in code with the same change",
                messages=(now.name,),
            )
