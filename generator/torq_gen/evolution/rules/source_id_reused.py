"""TQ707: another service took the id of one that is gone."""

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
    "TQ707",
    "source-id-reused",
    "A service has the id that another one had.",
    why="""\
Receivers and recordings know a sender by its id alone. They go on counting the sequence of a
service that is gone, and what it recorded appears as the new one's.""",
    fix="""\
Give the service a free id; leave the old one to `torq.lock.yaml`, which keeps it retired.""",
    bad=(
        services(
            "one went, another came",
            _V1 + "  audit: {id: 3, publishes: [], subscribes: [Quote]}\n",
            _V1 + "  «probe»: {id: 3, publishes: [], subscribes: []}\n",
        ),
    ),
    good=(
        services(
            "a free id",
            _V1 + "  audit: {id: 3, publishes: [], subscribes: [Quote]}\n",
            _V1 + "  probe: {id: 4, publishes: [], subscribes: []}\n",
        ),
    ),
)
HARM = Harm.WIRE


def check(both: Comparison) -> Iterator[Change]:
    """Each service that took over an id; one that was only renamed is no other service."""
    paired = {now.name: was.name for was, now in both.services}
    before = {s.id: s for s in both.old.services.values()}
    for service in both.new.services.values():
        was = before.get(service.id)
        if was is not None and paired.get(service.name) != was.name:
            yield Change(
                service.name,
                f"has the id {service.id}, which was {was.name}'s",
                both.place(service.span, old=was.span),
                was.span,
                f"give {service.name} an id that nobody had",
                Broken.BOTH,
                services=(service.name, was.name),
            )
