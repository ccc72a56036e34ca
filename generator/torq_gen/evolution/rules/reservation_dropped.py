"""TQ704: a reserved id or name is free again."""

from __future__ import annotations

from collections.abc import Iterator

from torq_gen.evolution.breaks import Broken, Change, Harm
from torq_gen.evolution.comparison import Comparison
from torq_gen.evolution.rules._samples import PROJECT, SYSTEM, schema
from torq_gen.model import Domain, Message
from torq_gen.rule import Rule

RULE = Rule(
    "TQ704",
    "reservation-dropped",
    "A type id or a name that was reserved is reserved no longer.",
    why="""\
It belonged to a message whose frames may still be stored or sent. The next message that takes
it is mixed up with that one.""",
    fix="""\
Put it back under `reserved`; a reservation costs nothing and never ends.""",
    bad=(
        schema(
            "the section was tidied up",
            "  Quote: {type: 1, fields: [{venue: u16}]}\nreserved: {types: [7]}\n",
            "  Quote: {type: 1, fields: [{venue: u16}]}\n",
            system=PROJECT[SYSTEM].replace("MarketData", "«MarketData»"),
        ),
    ),
    good=(
        schema(
            "one more",
            "  Quote: {type: 1, fields: [{venue: u16}]}\nreserved: {types: [7]}\n",
            "  Quote: {type: 1, fields: [{venue: u16}]}\nreserved: {types: [7, 8]}\n",
        ),
    ),
)
HARM = Harm.WIRE


def check(both: Comparison) -> Iterator[Change]:
    """Each reservation that is gone."""
    kept, new = both.new.reserved, both.new
    for number in (t for t in both.old.reserved.types if t not in kept.types):
        holder = next((m for m in new.messages.values() if m.type_id == number), None)
        domain = next((d for d in new.domains.values() if d.holds(number)), None)
        yield _change(both, f"type id {number}", holder, domain)
    for name in (n for n in both.old.reserved.names if n not in kept.names):
        yield _change(both, f"name {name}", new.messages.get(name), None)


def _change(both: Comparison, what: str, holder: Message | None, domain: Domain | None) -> Change:
    spans = (thing.span for thing in (holder, domain) if thing is not None)
    return Change(
        what,
        "was reserved and is not any more"
        + (f": {holder.name} has it now" if holder is not None else ""),
        both.place(*spans, old=None),
        None,
        "put it back under reserved",
        Broken.BOTH,
        (holder.name,) if holder is not None else (),
    )
