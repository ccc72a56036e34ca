"""TQ751: a message got another publisher."""

from __future__ import annotations

from collections.abc import Iterator

from torq_gen.evolution.breaks import Broken, Change, Harm
from torq_gen.evolution.comparison import Comparison
from torq_gen.evolution.rules._samples import SERVICES, services
from torq_gen.rule import Rule

RULE = Rule(
    "TQ751",
    "publisher-added",
    "A message gets another publisher.",
    why="""\
Orderings and invariants hold for each publisher by itself. A subscriber that was written for
one sender may take two interleaved ones for a mistake, or count what it gets twice.""",
    fix="""\
Deploy the subscribers first, once they can cope with a second sender. Where only one may send,
hand over: let the old one stop before the new one starts.""",
    bad=(
        services(
            "a second feed",
            SERVICES,
            SERVICES + "  backup: {id: 3, publishes: [«Quote»], subscribes: []}\n",
        ),
    ),
    good=(
        services(
            "a second subscriber",
            SERVICES,
            SERVICES + "  audit: {id: 3, publishes: [], subscribes: [Quote]}\n",
        ),
    ),
)
HARM = Harm.ARCH


def check(both: Comparison) -> Iterator[Change]:
    """Each new sender of a message that has a sender and a subscriber."""
    names = {now.name: was.name for was, now in both.services}
    for was, now in both.messages:
        before = {s.name for s in both.old_traffic.publishers.get(was.name, ()) if s.active}
        listening = any(s.active for s in both.old_traffic.subscribers.get(was.name, ()))
        for service in (
            both.new_traffic.publishers.get(now.name, ()) if before and listening else ()
        ):
            if not service.active or names.get(service.name) in before:
                continue
            publication = next(p for p in service.publishes if p.message == now.name)
            yield Change(
                f"{service.name}/{now.name}",
                f"is new: {now.name} was published by {', '.join(sorted(before))} alone",
                both.place(publication.span, service.span, old=was.span),
                was.span,
                "let its subscribers cope with another sender before it starts",
                Broken.OLD_READERS,
                (now.name,),
            )
