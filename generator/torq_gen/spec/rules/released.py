"""Rules of what has been released (TQ136 to TQ138)."""

from __future__ import annotations

from torq_gen.rule import Rule
from torq_gen.spec.rules._samples import schema

_LOCK = """\
messages:
  Quote:
    type: 1
    domain: 1
    versions:
      1: {golden: "aa", layout: "venue u16, price u64"}
"""


def _schema(messages: str, more: str = "") -> str:
    return f"domain: MarketData\nmessages:\n{messages}{more}"


RELEASED_LAYOUT_CHANGED = Rule(
    "TQ136",
    "released-layout-changed",
    "A released message version has another wire layout.",
    why="Others have written and stored frames of that version. Another layout reads them wrongly "
    "and in silence.",
    fix="Restore the released fields and append new ones with the next `since`; or give the "
    "changed message a new name and type id.",
    bad=(
        schema(
            "a field has another type",
            _schema("  «Quote»: {type: 1, fields: [{venue: u16}, {price: u32}]}\n"),
            lock=_LOCK,
        ),
    ),
    good=(
        schema(
            "a field was appended",
            _schema(
                "  Quote:\n"
                "    type: 1\n"
                "    fields: [{venue: u16}, {price: u64}, "
                "{size: {type: u32, since: 2, default: 0}}]\n"
            ),
            lock=_LOCK,
        ),
    ),
)
RELEASED_MESSAGE_GONE = Rule(
    "TQ137",
    "released-message-gone",
    "A released message is gone and its id and name are not kept.",
    why="A later message could take the id, and old frames would be read as that one.",
    fix="Declare it again, or list its id and its name below `reserved`.",
    bad=(
        schema(
            "removed",
            "domain: «MarketData»\nmessages:\n  Trade: {type: 2, fields: [{venue: u16}]}\n",
            lock=_LOCK,
        ),
    ),
    good=(
        schema(
            "removed and reserved",
            _schema(
                "  Trade: {type: 2, fields: [{venue: u16}]}\n",
                "reserved: {types: [1], names: [Quote]}\n",
            ),
            lock=_LOCK,
        ),
    ),
)
RELEASED_TYPE_ID = Rule(
    "TQ138",
    "released-type-id",
    "A released message has another type id or domain id than it had.",
    why="Both stand in every frame: readers that run today would no longer know the message.",
    fix="Write the released id again, or give the changed message a new name.",
    bad=(
        schema(
            "another number",
            _schema("  «Quote»: {type: 3, fields: [{venue: u16}, {price: u64}]}\n"),
            lock=_LOCK,
        ),
    ),
    good=(
        schema(
            "the released number",
            _schema("  Quote: {type: 1, fields: [{venue: u16}, {price: u64}]}\n"),
            lock=_LOCK,
        ),
    ),
)
