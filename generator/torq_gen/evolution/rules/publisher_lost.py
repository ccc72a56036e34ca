"""TQ750: a subscriber lost a publisher."""

from __future__ import annotations

from collections.abc import Iterator

from torq_gen.evolution.breaks import Broken, Change, Harm
from torq_gen.evolution.comparison import Comparison
from torq_gen.evolution.rules._samples import SERVICES, services
from torq_gen.rule import Rule

RULE = Rule(
    "TQ750",
    "publisher-lost",
    "A service no longer publishes a message that others subscribe.",
    why="""\
Its subscribers still start and wait for what nobody sends. No error shows it.""",
    fix="""\
Let another service publish it first, and take the subscriptions out before the publication; a
service that stops for a while is `status: planned` for its subscribers too.""",
    bad=(
        services(
            "one of two publishers went",
            SERVICES + "  backup: {id: 3, publishes: [Quote], subscribes: []}\n",
            "  «feed»: {id: 1, publishes: [], subscribes: []}\n"
            "  desk: {id: 2, publishes: [], subscribes: [Quote]}\n"
            "  backup: {id: 3, publishes: [Quote], subscribes: []}\n",
        ),
    ),
    good=(
        services(
            "nobody subscribes it",
            "  feed: {id: 1, publishes: [Quote], subscribes: []}\n",
            "  feed: {id: 1, publishes: [], subscribes: []}\n",
        ),
    ),
)
HARM = Harm.ARCH


def check(both: Comparison) -> Iterator[Change]:
    """Each publication that is gone while somebody still subscribes."""
    heirs = {was.name: now for was, now in both.services}
    for was, now in both.messages:
        left = tuple(s.name for s in both.new_traffic.subscribers.get(now.name, ()) if s.active)
        senders = {s.name for s in both.new_traffic.publishers.get(now.name, ()) if s.active}
        for service in both.old_traffic.publishers.get(was.name, ()):
            heir = heirs.get(service.name)
            if not left or not service.active or (heir is not None and heir.name in senders):
                continue
            others = sorted(senders)
            rest = f"; {', '.join(others)} still does" if others else "; nobody else does"
            yield Change(
                f"{service.name}/{now.name}",
                f"is gone: {service.name} no longer publishes {now.name}{rest}",
                both.place(heir.span if heir is not None else None, old=service.span),
                next(p.span for p in service.publishes if p.message == was.name),
                f"take {now.name} out of {', '.join(left)} first, or let another publish it",
                Broken.OLD_READERS,
                (now.name,),
                promise=True,
            )
