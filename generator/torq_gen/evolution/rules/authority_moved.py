"""TQ758: a key or a table has another writer."""

from __future__ import annotations

from collections.abc import Iterator

from torq_gen.evolution.breaks import Broken, Change, Harm
from torq_gen.evolution.comparison import Comparison
from torq_gen.evolution.rules._samples import SYSTEM, marked_last, stored, versions
from torq_gen.evolution.writers import Item, changed
from torq_gen.rule import Rule

RULE = Rule(
    "TQ758",
    "authority-moved",
    "A key pattern or a table is written by another service than before.",
    why="""\
While both versions run, two services write it and neither knows of the other: what one wrote
the other may undo.""",
    fix="""\
Stop the old writer before the new one starts, or let both write for a while, said with
`writers: shared`, if their writes cannot collide.""",
    bad=(
        versions(
            "another writer",
            SYSTEM,
            stored("feed", "desk"),
            marked_last(stored("desk", "feed"), "redis"),
        ),
    ),
    good=(versions("one more reader", SYSTEM, stored("feed", ""), stored("feed", "desk")),),
)
HARM = Harm.ARCH


def check(both: Comparison) -> Iterator[Change]:
    """Each part of a store whose writer stopped being one while another writes it now."""
    for item in changed(both):
        lost, came = sorted(item.before - item.after), sorted(item.after - item.before)
        if not lost or not item.after:
            continue
        yield Change(
            item.subject,
            f"was written by {', '.join(sorted(item.before))}, is written by "
            f"{', '.join(sorted(item.after))}",
            both.place(item.span, old=item.old),
            item.old,
            "stop the old writer before the new one starts",
            Broken.BOTH,
            services=(*lost, *came, *item.readers),
            order=_order(item),
            promise=True,
        )


def _order(item: Item) -> str:
    old, new = ", ".join(sorted(item.before)), ", ".join(sorted(item.after))
    return f"{old} without the write first, {new} once that has stopped"
