"""Rules of keys, shapes and names (TQ106 to TQ112)."""

from __future__ import annotations

from torq_gen.rule import Rule
from torq_gen.spec.rules._samples import schema, system

UNKNOWN_KEY = Rule(
    "TQ106",
    "unknown-key",
    "A key that means nothing at this place.",
    why="A misspelt key is a declaration that nobody reads: the author thinks that it holds.",
    fix="Take the name that is offered, or remove the key. Notes go into comments or below a key "
    "that begins with `x-`. Within braces quote a type that has a comma.",
    bad=(
        system("misspelt", "services:\n  feed: {id: 1, «publish»: [Quote]}\n"),
        schema(
            "a comma within braces ends the type",
            "domain: MarketData\n"
            "messages:\n"
            "  Quote: {type: 1, fields: [{sizes: {type: array<u8, «3>»}}]}\n",
        ),
    ),
    good=(
        system(
            "the key, and a note of one's own",
            "x-team: prices\n"
            "services:\n"
            "  feed: {id: 1, publishes: [Quote]}\n"
            "  desk: {id: 2, subscribes: [Quote]}\n",
        ),
    ),
)
MISSING_KEY = Rule(
    "TQ107",
    "missing-key",
    "A key that has to be given is not there.",
    why="What it says cannot be guessed: a message without a type id has no place on the wire.",
    fix="Add the key that is named.",
    bad=(
        schema(
            "a message without a type id",
            "domain: MarketData\nmessages:\n  «Quote»: {fields: [{venue: u16}]}\n",
        ),
    ),
    good=(
        schema(
            "with its type id",
            "domain: MarketData\nmessages:\n  Quote: {type: 1, fields: [{venue: u16}]}\n",
        ),
    ),
)
WRONG_SHAPE = Rule(
    "TQ108",
    "wrong-shape",
    "A value is not of the kind that its key takes.",
    why="A text where a list belongs, or a number beyond its range, has no meaning there.",
    fix="Write what the message says that it expected; docs/spec.md has an example of each key.",
    bad=(
        system("no list", "services:\n  feed: {id: 1, publishes: «Quote»}\n"),
        schema(
            "a number beyond its range",
            "domain: MarketData\nmessages:\n  Quote: {type: «65536», fields: [{venue: u16}]}\n",
        ),
    ),
    good=(
        system(
            "a list",
            "services:\n"
            "  feed: {id: 1, publishes: [Quote]}\n"
            "  desk: {id: 2, subscribes: [Quote]}\n",
        ),
    ),
)
WRONG_PACKAGE = Rule(
    "TQ109",
    "wrong-package",
    "The generated package cannot be imported or hides another one.",
    why="Services import their messages from it. A name that Python cannot import, or that the "
    "standard library has, breaks every one of them.",
    fix="Choose a name in snake_case that no other package has, such as `shop_contracts`.",
    bad=(
        system("a keyword", "system: {package: «class»}\nservices: {}\n"),
        system("a package of Python's", "system: {package: «json»}\nservices: {}\n"),
    ),
    good=(system("a name of its own", "system: {package: shop_contracts}\nservices: {}\n"),),
)
WRONG_NAME = Rule(
    "TQ110",
    "wrong-name",
    "A name is not written as names of its kind are.",
    why="Names become classes, modules, fields and topics in several languages. One spelling for "
    "each kind keeps them predictable everywhere.",
    fix="Write messages, types and domains in PascalCase, fields and services in snake_case, enum "
    "values in UPPER_SNAKE_CASE.",
    bad=(
        schema(
            "a field in capitals",
            "domain: MarketData\nmessages:\n  Quote: {type: 1, fields: [{«Venue»: u16}]}\n",
        ),
        system("a service in camelCase", "services:\n  «priceFeed»: {id: 1}\n"),
    ),
    good=(
        schema(
            "as fields are written",
            "domain: MarketData\nmessages:\n  Quote: {type: 1, fields: [{venue_id: u16}]}\n",
        ),
    ),
)
RESERVED_NAME = Rule(
    "TQ111",
    "reserved-name",
    "A name is a keyword, is taken by generated code, or was retired.",
    why="`class` cannot be an attribute in Python, a message `Start` would get the handler "
    "`on_start`, which is a life-cycle method; a retired name means something else in old data.",
    fix="Take the name that is offered. A field can keep a keyword on the wire and have another "
    "attribute: `python_name`.",
    bad=(
        schema(
            "a keyword",
            "domain: MarketData\nmessages:\n  Quote: {type: 1, fields: [{«class»: u8}]}\n",
        ),
        schema(
            "a life-cycle method",
            "domain: MarketData\nmessages:\n  «Start»: {type: 1, fields: [{venue: u16}]}\n",
        ),
        schema(
            "a retired name",
            "domain: MarketData\n"
            "messages:\n"
            "  «Quote»: {type: 1, fields: [{venue: u16}]}\n"
            "reserved: {names: [Quote]}\n",
        ),
    ),
    good=(
        schema(
            "the keyword on the wire, another attribute",
            "domain: MarketData\n"
            "messages:\n"
            "  Quote: {type: 1, fields: [{class: {type: u8, python_name: kind}}]}\n",
        ),
    ),
)
NAME_USED_TWICE = Rule(
    "TQ112",
    "name-used-twice",
    "Two things would have one name.",
    why="Whoever uses the name cannot say which is meant; names that differ only in their form "
    "meet in generated modules and handlers.",
    fix="Rename one of the two.",
    bad=(
        schema(
            "two fields",
            "domain: MarketData\n"
            "messages:\n"
            "  Quote: {type: 1, fields: [{price: u64}, {«price»: u32}]}\n",
        ),
        system(
            "one message subscribed twice",
            "services:\n"
            "  feed: {id: 1, publishes: [Quote]}\n"
            "  desk: {id: 2, subscribes: [Quote, «Quote»]}\n",
        ),
    ),
    good=(
        schema(
            "one message may have the field of another",
            "domain: MarketData\n"
            "messages:\n"
            "  Quote: {type: 1, fields: [{price: u64}]}\n"
            "  Trade: {type: 2, fields: [{price: u64}]}\n",
        ),
    ),
)
