"""Rules of domains and type ids (TQ120 to TQ125)."""

from __future__ import annotations

from torq_gen.diagnostics import Severity
from torq_gen.rule import Rule
from torq_gen.spec.rules._samples import schema, system

_SHORT = "domains:\n  MarketData: {id: 1, types: [1, 10]}\nservices: {}\n"

UNKNOWN_DOMAIN = Rule(
    "TQ120",
    "unknown-domain",
    "A domain that system.yaml does not declare.",
    why="A domain gives its messages their topic and the range of their type ids.",
    fix="Take the name that is offered, or declare the domain in system.yaml.",
    bad=(
        schema(
            "misspelt",
            "domain: «MarketDate»\nmessages:\n  Quote: {type: 1, fields: [{venue: u16}]}\n",
        ),
    ),
    good=(
        schema(
            "declared",
            "domain: MarketData\nmessages:\n  Quote: {type: 1, fields: [{venue: u16}]}\n",
            system=_SHORT,
        ),
    ),
)
DOMAIN_OVERLAP = Rule(
    "TQ121",
    "domain-overlap",
    "Two domains share an id or a type id.",
    why="A frame names its domain and its message by number: both have to be one thing only.",
    fix="Give each domain an id of its own, and ranges that do not meet.",
    bad=(
        system(
            "ranges that meet",
            "domains:\n"
            "  MarketData: {id: 1, types: [1, 20]}\n"
            "  Signal: {id: 2, types: «[20, 39]»}\n"
            "services: {}\n",
        ),
        system(
            "one id",
            "domains:\n"
            "  MarketData: {id: 1, types: [1, 19]}\n"
            "  Signal: {id: «1», types: [20, 39]}\n"
            "services: {}\n",
        ),
    ),
    good=(
        system(
            "side by side",
            "domains:\n"
            "  MarketData: {id: 1, types: [1, 19]}\n"
            "  Signal: {id: 2, types: [20, 39]}\n"
            "services: {}\n",
        ),
    ),
)
TYPE_ID_OUT_OF_RANGE = Rule(
    "TQ122",
    "type-id-out-of-range",
    "A type id lies outside its domain's range.",
    why="Ranges keep domains apart: the next message of the other domain may get that id.",
    fix="Take the free id that is offered (`torq-gen tlv` lists them), or widen the range.",
    bad=(
        schema(
            "beyond the range",
            "domain: MarketData\nmessages:\n  Quote: {type: «11», fields: [{venue: u16}]}\n",
            system=_SHORT,
        ),
    ),
    good=(
        schema(
            "within",
            "domain: MarketData\nmessages:\n  Quote: {type: 10, fields: [{venue: u16}]}\n",
            system=_SHORT,
        ),
    ),
)
TYPE_ID_OUTSIDE_DEFAULT = Rule(
    "TQ123",
    "type-id-outside-default-range",
    "A type id lies outside the range that its domain has by default.",
    Severity.WARNING,
    why="system.yaml declares no domains here, so older ranges are assumed. The id works, but "
    "nothing keeps another domain from taking it.",
    fix="Declare the domains with their ranges in system.yaml.",
    bad=(
        schema(
            "no range is declared",
            "domain: MarketData\nmessages:\n  Quote: {type: «100», fields: [{venue: u16}]}\n",
        ),
    ),
    good=(
        schema(
            "declared with that range",
            "domain: MarketData\nmessages:\n  Quote: {type: 100, fields: [{venue: u16}]}\n",
            system="domains:\n  MarketData: {id: 1, types: [100, 119]}\nservices: {}\n",
        ),
    ),
)
RESERVED_TYPE_ID = Rule(
    "TQ124",
    "reserved-type-id",
    "A type id that the protocol or the schema reserves.",
    why="0, 65000 and above belong to the protocol; an id below `reserved` was another message's, "
    "whose old data would be read as this one.",
    fix="Take a free id: `torq-gen tlv` lists them.",
    bad=(
        schema(
            "it was another message's",
            "domain: MarketData\n"
            "messages:\n"
            "  Quote: {type: «3», fields: [{venue: u16}]}\n"
            "reserved: {types: [3]}\n",
        ),
        schema(
            "it is the protocol's",
            "domain: MarketData\nmessages:\n  Quote: {type: «65001», fields: [{venue: u16}]}\n",
        ),
    ),
    good=(
        schema(
            "a free id",
            "domain: MarketData\n"
            "messages:\n"
            "  Quote: {type: 4, fields: [{venue: u16}]}\n"
            "reserved: {types: [3]}\n",
        ),
    ),
)
TYPE_ID_USED_TWICE = Rule(
    "TQ125",
    "type-id-used-twice",
    "Two messages have one type id.",
    why="Who reads a frame knows the message by this number alone.",
    fix="Give the newer one the free id that is offered.",
    bad=(
        schema(
            "one number for two",
            "domain: MarketData\n"
            "messages:\n"
            "  Quote: {type: 1, fields: [{venue: u16}]}\n"
            "  Trade: {type: «1», fields: [{venue: u16}]}\n",
        ),
    ),
    good=(
        schema(
            "a number each",
            "domain: MarketData\n"
            "messages:\n"
            "  Quote: {type: 1, fields: [{venue: u16}]}\n"
            "  Trade: {type: 2, fields: [{venue: u16}]}\n",
        ),
    ),
)
