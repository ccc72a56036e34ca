"""TQ739: a domain has another name."""

from __future__ import annotations

from collections.abc import Iterator

from torq_gen.evolution.breaks import Change, Harm
from torq_gen.evolution.comparison import Comparison
from torq_gen.evolution.rules._samples import PROJECT, SCHEMA, SYSTEM, versions
from torq_gen.rule import Rule

RULE = Rule(
    "TQ739",
    "domain-renamed",
    "A domain is gone, or has another name.",
    why="""\
The module of its messages is called after it, and topics that no schema states follow from it.""",
    fix="""\
Keep the name. Where it has to change, import messages from `messages` itself, and state the old
topic in the schema.""",
    bad=(
        versions(
            "renamed",
            SYSTEM,
            PROJECT[SYSTEM],
            PROJECT[SYSTEM].replace("MarketData", "«Prices»"),
            schema=PROJECT[SCHEMA].replace("MarketData", "Prices"),
        ),
    ),
    good=(
        versions(
            "one more",
            SYSTEM,
            PROJECT[SYSTEM],
            PROJECT[SYSTEM].replace("domains:\n", "domains:\n  Signal: {id: 2, types: [20, 39]}\n"),
        ),
    ),
)
HARM = Harm.SOURCE


def check(both: Comparison) -> Iterator[Change]:
    """Each domain whose name is gone and that had messages."""
    by_id = {d.id: d for d in both.new.domains.values()}
    for name, was in both.old.domains.items():
        had = both.old.messages_of(name)
        if name in both.new.domains or not had:
            continue
        heir = by_id.get(was.id)
        yield Change(
            name,
            f"is gone; {heir.name} has its id {was.id}" if heir is not None else "is gone",
            both.place(heir.span if heir is not None else None, old=was.span),
            was.span,
            f"call it {name} again, or change the imports of its module with the same change",
            messages=tuple(both.new_name.get(m.name, m.name) for m in had),
        )
