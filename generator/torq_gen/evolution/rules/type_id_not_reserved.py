"""TQ703: what a removed message had is free to be taken."""

from __future__ import annotations

from collections.abc import Iterator

from torq_gen.evolution.breaks import Broken, Change, Harm
from torq_gen.evolution.comparison import Comparison
from torq_gen.evolution.rules._samples import schema
from torq_gen.rule import Rule

RULE = Rule(
    "TQ703",
    "type-id-not-reserved",
    "A message is gone, and its type id or its name is not reserved.",
    why="""\
Nothing keeps the next message from taking the id. Recorded frames, dead letters and binaries
that still run would then be read as that message.""",
    fix="""\
List the id and the name under `reserved` in the schema of the domain.""",
    bad=(
        schema(
            "removed",
            "  Quote: {type: 1, fields: [{venue: u16}]}\n"
            "  Trade: {type: 2, fields: [{size: u64}]}\n",
            "  Quote: {type: 1, fields: [{venue: u16}]}\n",
            whole=True,
        ),
    ),
    good=(
        schema(
            "removed and reserved",
            "  Quote: {type: 1, fields: [{venue: u16}]}\n"
            "  Trade: {type: 2, fields: [{size: u64}]}\n",
            "  Quote: {type: 1, fields: [{venue: u16}]}\nreserved: {types: [2], names: [Trade]}\n",
        ),
    ),
)
HARM = Harm.WIRE


def check(both: Comparison) -> Iterator[Change]:
    """Each message that is gone and left its place to anybody."""
    taken = {m.type_id for m in both.new.messages.values()}
    reserved = both.new.reserved
    for message in both.gone:
        number = message.type_id
        open_id = number not in reserved.types and number not in taken
        missing = [f"types: [{number}]"] if open_id else []
        missing += [] if message.name in reserved.names else [f"names: [{message.name}]"]
        if missing:
            yield Change(
                message.name,
                f"is gone, and what it had (type id {number}) is not kept from being used again",
                both.place(old=message.span),
                message.span,
                f"write reserved: {{{', '.join(missing)}}}",
                Broken.BOTH,
                (message.name,),
            )
