"""TQ762: late subscribers are given less."""

from __future__ import annotations

from collections.abc import Iterator

from torq_gen.evolution.breaks import Broken, Change, Harm
from torq_gen.evolution.comparison import Comparison
from torq_gen.evolution.rules._samples import schema
from torq_gen.rule import Rule

RULE = Rule(
    "TQ762",
    "retention-weakened",
    "A message is kept by another key, for fewer keys, or not at all.",
    why="""\
A subscriber that starts late relies on being given the last value of every key; orderings and
monitors count by the key.""",
    fix="""\
Keep the key and the number; or let subscribers fetch what they miss before it changes.""",
    bad=(
        schema(
            "not kept any more",
            "  Quote: {type: 1, key: venue, retain: {last: 100}, fields: [{venue: u16}]}\n",
            "  «Quote»: {type: 1, key: venue, fields: [{venue: u16}]}\n",
        ),
    ),
    good=(
        schema(
            "kept for more keys",
            "  Quote: {type: 1, key: venue, retain: {last: 100}, fields: [{venue: u16}]}\n",
            "  Quote: {type: 1, key: venue, retain: {last: 200}, fields: [{venue: u16}]}\n",
        ),
    ),
)
HARM = Harm.ARCH


def check(both: Comparison) -> Iterator[Change]:
    """Each message of which less is kept, or by another key."""
    for pair in both.messages:
        was, now = pair
        names = {old.name: new.name for old, new in pair.fields}
        changes = []
        if was.key is not None and now.key != names.get(was.key):
            changes.append(f"had the key {was.key}, has {now.key or 'none'}")
        if now.retain < was.retain:
            changes.append(f"was kept for {was.retain} keys, is kept for {now.retain}")
        if changes:
            yield Change(
                now.name,
                "; ".join(changes),
                both.place(now.span, old=was.span),
                was.span,
                "keep the key and the number",
                Broken.OLD_READERS,
                (now.name,),
                promise=True,
            )
