"""TQ753: a publisher takes back an order that it promised."""

from __future__ import annotations

from collections.abc import Iterator

from torq_gen.evolution.breaks import Broken, Change, Harm
from torq_gen.evolution.comparison import Comparison
from torq_gen.evolution.rules._samples import services
from torq_gen.model import AtMostOncePer, Ordering, Publication, SequentialPer
from torq_gen.rule import Rule

_DESK = "  desk: {id: 2, publishes: [], subscribes: [Quote]}\n"
_PLAIN = "  feed: {id: 1, publishes: [Quote], subscribes: []}\n" + _DESK
_PROMISED = (
    "  feed: {id: 1, publishes: [Quote: {at_most_once_per: venue}], subscribes: []}\n" + _DESK
)
RULE = Rule(
    "TQ753",
    "ordering-weakened",
    "A publisher no longer promises an ordering that it promised.",
    why="""\
Subscribers rely on it: they keep the last value without comparing, or act on each message once.""",
    fix="""\
Deploy subscribers first that do not rely on it; or keep the promise and publish what cannot
keep it as a message of its own.""",
    bad=(
        services(
            "given up",
            _PROMISED,
            "  feed: {id: 1, publishes: [«Quote»], subscribes: []}\n"
            "  desk: {id: 2, publishes: [], subscribes: [Quote]}\n",
        ),
    ),
    good=(services("one more promise", _PLAIN, _PROMISED),),
)
HARM = Harm.ARCH


def check(both: Comparison) -> Iterator[Change]:
    """Each ordering that an old publication has and the new one lacks."""
    for was, now in both.services:
        after = {p.message: p for p in now.publishes}
        for publication in was.publishes:
            name = both.new_name.get(publication.message)
            heir = after.get(name) if name is not None else None
            if name is None or heir is None:
                continue
            for ordering in _lost(publication, heir):
                yield Change(
                    f"{now.name}/{name}",
                    f"promised {_shown(ordering)} and no longer does",
                    both.place(heir.span, now.span, old=publication.span),
                    publication.span,
                    "keep the promise, or let subscribers do without it first",
                    Broken.OLD_READERS,
                    (name,),
                    promise=True,
                )


def _lost(old: Publication, new: Publication) -> list[Ordering]:
    checked = (o for o in old.orderings if isinstance(o, SequentialPer | AtMostOncePer))
    return [ordering for ordering in checked if ordering not in new.orderings]


def _shown(ordering: Ordering) -> str:
    match ordering:
        case SequentialPer(key=key, by=None):
            return f"sequential_per {key}"
        case SequentialPer(key=key, by=by):
            return f"sequential_per {key} by {by}"
        case AtMostOncePer(key=key):
            return f"at_most_once_per {key}"
        case _:
            return ordering.text
