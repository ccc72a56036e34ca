"""TQ706: a service has another id."""

from __future__ import annotations

from collections.abc import Iterator

from torq_gen.evolution.breaks import Broken, Change, Harm
from torq_gen.evolution.comparison import Comparison
from torq_gen.evolution.rules._samples import services
from torq_gen.rule import Rule

_V1 = """\
  feed: {id: 1, publishes: [Quote], subscribes: []}
  desk: {id: 2, publishes: [], subscribes: [Quote]}
"""
RULE = Rule(
    "TQ706",
    "source-id-moved",
    "A service has another id than before.",
    why="""\
The id stands in every frame as its source. Receivers count sequences, tell restarts from
repeats and check promises by it; recordings and dead letters name it.""",
    fix="""\
Write the old id again. Ids are assigned once; `torq.lock.yaml` keeps them.""",
    bad=(
        services(
            "another number",
            _V1,
            "  «feed»: {id: 7, publishes: [Quote], subscribes: []}\n"
            "  desk: {id: 2, publishes: [], subscribes: [Quote]}\n",
        ),
    ),
    good=(
        services(
            "another service", _V1, _V1 + "  audit: {id: 3, publishes: [], subscribes: [Quote]}\n"
        ),
    ),
)
HARM = Harm.WIRE


def check(both: Comparison) -> Iterator[Change]:
    """Each service whose number moved."""
    for was, now in both.services:
        if was.id != now.id:
            yield Change(
                now.name,
                f"sent as source {was.id}, sends as source {now.id}",
                both.place(now.span, old=was.span),
                was.span,
                f"write id: {was.id}",
                Broken.BOTH,
                services=(now.name, *_listeners(both, now.name)),
            )


def _listeners(both: Comparison, service: str) -> tuple[str, ...]:
    published = both.new.services[service].publishes
    found = (both.subscribers(p.message) for p in published)
    return tuple(dict.fromkeys(name for names in found for name in names))
