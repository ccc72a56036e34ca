"""TQ705: a message lies in a domain with another id."""

from __future__ import annotations

from collections.abc import Iterator

from torq_gen.evolution.breaks import Broken, Change, Harm
from torq_gen.evolution.comparison import Comparison
from torq_gen.evolution.rules._samples import PROJECT, SCHEMA, SYSTEM, versions
from torq_gen.rule import Rule

RULE = Rule(
    "TQ705",
    "domain-moved",
    "A message lies in a domain with another id than before.",
    why="""\
The domain's id stands in every frame header, and a reader refuses a message that comes under
another domain than its own.""",
    fix="""\
Write the old id again, or leave the message in its domain. What belongs elsewhere is a new
message there.""",
    bad=(
        versions(
            "another id",
            SCHEMA,
            PROJECT[SCHEMA],
            PROJECT[SCHEMA].replace("Quote", "«Quote»").replace("Trade", "«Trade»"),
            system=PROJECT[SYSTEM].replace("{id: 1, types", "{id: 2, types"),
        ),
    ),
    good=(
        versions(
            "the same id",
            SYSTEM,
            PROJECT[SYSTEM],
            PROJECT[SYSTEM].replace("types: [1, 19]", "types: [1, 99]"),
        ),
    ),
)
HARM = Harm.WIRE


def check(both: Comparison) -> Iterator[Change]:
    """Each message that comes under another id."""
    for was, now in both.messages:
        before, after = both.old.domains[was.domain], both.new.domains[now.domain]
        if before.id != after.id:
            yield Change(
                now.name,
                f"was sent in domain {before.id} ({before.name}), is sent in domain {after.id} "
                f"({after.name})",
                both.place(now.span, old=was.span),
                was.span,
                f"give {after.name} the id {before.id} again, or leave {now.name} in {before.name} "
                "and add a new message",
                Broken.BOTH,
                (now.name,),
            )
