"""TQ760: a key or a table got a second writer."""

from __future__ import annotations

from collections.abc import Iterator

from torq_gen.evolution.breaks import Broken, Change, Harm
from torq_gen.evolution.comparison import Comparison
from torq_gen.evolution.rules._samples import SYSTEM, marked_last, stored, versions
from torq_gen.evolution.writers import changed
from torq_gen.rule import Rule

_SHARED = (
    stored("feed", "desk")
    .replace("read_only", "read_write")
    .replace("read_write}", "read_write, writers: shared}")
)
RULE = Rule(
    "TQ760",
    "single-writer-lost",
    "A key pattern or a table that had one writer has several.",
    why="""\
The one writer could read, compute and write back without locks. With a second one updates get
lost, and readers see values that neither meant.""",
    fix="""\
Keep the one writer and send it messages; or make every write safe beside others before the
second writer starts.""",
    bad=(
        versions(
            "shared now",
            SYSTEM,
            stored("feed", ""),
            marked_last(_SHARED, "redis"),
        ),
    ),
    good=(versions("one more reader", SYSTEM, stored("feed", ""), stored("feed", "desk")),),
)
HARM = Harm.ARCH


def check(both: Comparison) -> Iterator[Change]:
    """Each part of a store that one service wrote and several do now."""
    for item in changed(both):
        if len(item.before) == 1 and len(item.after) > 1 and item.before <= item.after:
            (owner,) = item.before
            yield Change(
                item.subject,
                f"was written by {owner} alone, is written by {', '.join(sorted(item.after))}",
                both.place(item.span, old=item.old),
                item.old,
                f"leave the writing to {owner}, or make its writes safe beside others first",
                Broken.BOTH,
                services=(*sorted(item.after), *item.readers),
                order=f"{owner} first, with writes that are safe beside others",
                promise=True,
            )
