"""TQ764: a full mailbox is dealt with otherwise."""

from __future__ import annotations

from collections.abc import Iterator

from torq_gen.evolution.breaks import Broken, Change, Harm
from torq_gen.evolution.comparison import Comparison
from torq_gen.evolution.rules._samples import services
from torq_gen.model import OnFull
from torq_gen.rule import Rule

_WITH = (
    "  feed: {{id: 1, publishes: [Quote], subscribes: []}}\n"
    "  desk: {{id: 2, publishes: [], subscribes: [Quote: {{on_full: {}}}]}}\n"
)
RULE = Rule(
    "TQ764",
    "on-full-changed",
    "A subscription deals otherwise with a full mailbox.",
    why="""\
`block` makes publishers wait for this subscriber, `fail` makes their publish raise,
`drop_oldest` loses messages: whoever was written for one of them meets another.""",
    fix="""\
Keep it; or let the publishers cope with the new one first.""",
    bad=(
        services(
            "loses now",
            _WITH.format("block"),
            _WITH.format("drop_oldest").replace("[Quote: {on", "[«Quote»: {on"),
        ),
    ),
    good=(
        services(
            "the default, written out",
            "  feed: {id: 1, publishes: [Quote], subscribes: []}\n"
            "  desk: {id: 2, publishes: [], subscribes: [Quote]}\n",
            _WITH.format("block"),
        ),
    ),
)
HARM = Harm.ARCH


def check(both: Comparison) -> Iterator[Change]:
    """Each subscription of both versions whose way has changed."""
    for was, now in both.services:
        after = {s.message: s for s in now.subscribes}
        for subscription in was.subscribes:
            name = both.new_name.get(subscription.message)
            heir = after.get(name) if name is not None else None
            if name is None or heir is None or heir.on_full is subscription.on_full:
                continue
            yield Change(
                f"{now.name}/{name}",
                f"had on_full: {subscription.on_full.value}, has {heir.on_full.value}: "
                f"{_MEANING[heir.on_full]}",
                both.place(heir.span, now.span, old=subscription.span),
                subscription.span,
                f"keep on_full: {subscription.on_full.value}",
                Broken.NEW_READERS,
                (name,),
                promise=True,
            )


_MEANING = {
    OnFull.BLOCK: "publishers may have to wait",
    OnFull.DROP_OLDEST: "the oldest messages may be lost",
    OnFull.FAIL: "a publish may fail",
}
