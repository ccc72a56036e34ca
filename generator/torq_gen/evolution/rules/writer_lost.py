"""TQ759: nobody writes what others read."""

from __future__ import annotations

from collections.abc import Iterator

from torq_gen.evolution.breaks import Broken, Change, Harm
from torq_gen.evolution.comparison import Comparison
from torq_gen.evolution.rules._samples import SYSTEM, stored, versions
from torq_gen.evolution.writers import changed
from torq_gen.rule import Rule

RULE = Rule(
    "TQ759",
    "writer-lost",
    "A key pattern or a table that services read has no writer any more.",
    why="""\
Its readers go on and see what was written last, however old.""",
    fix="""\
Take the reading services' access out first, or give the authority to another service.""",
    bad=(
        versions(
            "no writer left",
            SYSTEM,
            stored("feed", "desk"),
            stored("", "desk").replace("redis: {keys: [", "«redis»: {keys: [", 1),
        ),
    ),
    good=(versions("nobody reads it", SYSTEM, stored("feed", ""), stored("", "")),),
)
HARM = Harm.ARCH


def check(both: Comparison) -> Iterator[Change]:
    """Each part of a store that is still read and no longer written."""
    for item in changed(both):
        if item.before and not item.after and item.readers:
            yield Change(
                item.subject,
                f"was written by {', '.join(sorted(item.before))}, is written by nobody",
                both.place(item.span, old=item.old),
                item.old,
                f"let {', '.join(item.readers)} do without it first, or name another writer",
                Broken.OLD_READERS,
                services=(*sorted(item.before), *item.readers),
                order="readers first, then the writer",
                promise=True,
            )
