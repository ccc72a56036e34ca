"""TQ701: another message took a type id."""

from __future__ import annotations

from collections.abc import Iterator

from torq_gen.evolution.breaks import Broken, Change, Harm
from torq_gen.evolution.comparison import Comparison
from torq_gen.evolution.rules._samples import schema
from torq_gen.rule import Rule

_SYSTEM = """\
system: {name: shop, package: shop_contracts, schemas: [schemas/*.yaml]}
domains:
  MarketData: {id: 1, types: [1, 19], compatibility: full}
services: {}
"""
RULE = Rule(
    "TQ701",
    "type-id-reused",
    "A type id belongs to another message than before.",
    why="""\
The type id is all by which a reader knows what a frame carries. Binaries of the two versions,
and whatever was recorded, read one message as the other, without an error where the sizes allow
it.""",
    fix="""\
Give the new message a free type id (`torq-gen tlv` lists them) and put the old one under
`reserved`. A message that only got a new name keeps its layout; then this is no finding.""",
    bad=(
        schema(
            "one went, another came",
            "  Quote: {type: 1, fields: [{venue: u16}]}\n",
            "  «Trade»: {type: 1, fields: [{size: u64}]}\n",
            system=_SYSTEM,
        ),
    ),
    good=(
        schema(
            "another id",
            "  Quote: {type: 1, fields: [{venue: u16}]}\n",
            "  Quote: {type: 1, fields: [{venue: u16}]}\n"
            "  Trade: {type: 2, fields: [{size: u64}]}\n",
        ),
    ),
)
HARM = Harm.WIRE


def check(both: Comparison) -> Iterator[Change]:
    """Each message that has the type id of another one of the older version."""
    before = {m.type_id: m for m in both.old.messages.values()}
    for message in both.new.messages.values():
        was = before.get(message.type_id)
        if was is None or both.new_name.get(was.name) == message.name:
            continue
        yield Change(
            message.name,
            f"has the type id {message.type_id}, which was {was.name}'s",
            both.place(message.span, old=was.span),
            was.span,
            f"give {message.name} a type id of its own and reserve {message.type_id}",
            Broken.BOTH,
            (message.name, both.new_name.get(was.name, was.name)),
        )
