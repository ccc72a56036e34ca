"""Rules of types (TQ115 to TQ119, TQ139)."""

from __future__ import annotations

from torq_gen.rule import Rule
from torq_gen.spec.rules._samples import schema, system


def _fields(fields: str, types: str = "") -> str:
    head = f"domain: MarketData\n{types}messages:\n"
    return f"{head}  Quote:\n    type: 1\n    fields:\n      - {fields}\n"


UNKNOWN_TYPE = Rule(
    "TQ115",
    "unknown-type",
    "A field's type is declared nowhere.",
    why="Without its type a field has no bytes on the wire.",
    fix="Take the name that is offered, or declare the type below `types`.",
    bad=(schema("misspelt", _fields("venue: «uint16»")),),
    good=(schema("declared", _fields("venue: Venue", "types:\n  Venue: u16\n")),),
)
MALFORMED_TYPE = Rule(
    "TQ116",
    "malformed-type",
    "A type that has no wire format.",
    why="`bytes[0]` holds nothing, an optional of an optional has two ways to be absent: such "
    "types cannot be written and read back.",
    fix="Write the type as docs/wire-format.md shows it.",
    bad=(
        schema("a length of nothing", _fields('digest: "bytes[«0»]"')),
        schema("absent in two ways", _fields("size: u64?«?»")),
    ),
    good=(schema("a length", _fields('digest: "bytes[32]"')),),
)
CYCLIC_TYPE = Rule(
    "TQ117",
    "cyclic-type",
    "A type that contains itself.",
    why="Its values would have no end, and no size.",
    fix="Refer to the other value by a key, or hold it in a message of its own.",
    bad=(
        schema(
            "a tree of levels",
            _fields(
                "book: Level", "types:\n  «Level»: {struct: [{price: u64}, {below: Level?}]}\n"
            ),
        ),
    ),
    good=(
        schema(
            "a list of levels",
            _fields(
                "book: list<Level>", "types:\n  Level: {struct: [{price: u64}, {size: u64}]}\n"
            ),
        ),
    ),
)
OVERSIZED_TYPE = Rule(
    "TQ118",
    "oversized-type",
    "A type whose values fit into no frame.",
    why="A frame holds 1 MiB at most. A message that is larger at its smallest could never be "
    "sent.",
    fix="Split the message, or keep the data in a store and send its key.",
    bad=(schema("32 MB", _fields('book: «"array<u256, 1000000>"»')),),
    good=(schema("2 kB", _fields('book: "array<u256, 64>"')),),
)
WRONG_ENUM = Rule(
    "TQ119",
    "wrong-enum",
    "An enum's base or one of its values cannot be encoded.",
    why="An enum is sent as an unsigned integer; two names of one number cannot be told apart by "
    "who reads it.",
    fix="Give each value a number of its own that fits the base.",
    bad=(
        schema(
            "256 in one byte",
            _fields("side: Side", "types:\n  Side: {enum: u8, values: {BUY: 1, SELL: «256»}}\n"),
        ),
        schema(
            "two names of one number",
            _fields("side: Side", "types:\n  Side: {enum: u8, values: {BUY: 1, SELL: «1»}}\n"),
        ),
    ),
    good=(
        schema(
            "numbers of their own",
            _fields("side: Side", "types:\n  Side: {enum: u8, values: {BUY: 1, SELL: 2}}\n"),
        ),
    ),
)
_MONEY = "domains:\n  MarketData: {id: 1, types: [1, 19], money: true}\nservices: {}\n"
INEXACT_MONEY = Rule(
    "TQ139",
    "inexact-money",
    "An amount of money in a type that is not exact.",
    why="A float cannot hold 0.1: amounts drift with every step, and two parties disagree about "
    "what is owed.",
    fix="Take an integer in the smallest unit, or a decimal such as `fixed<8>`.",
    bad=(
        schema("a field of money", _fields("price: {type: «f64», money: true}")),
        schema("a domain of money", _fields("«price»: f64"), system=_MONEY),
    ),
    good=(
        schema("a decimal", _fields("price: {type: fixed<8>, money: true}"), system=_MONEY),
        schema("a ratio is no money", _fields("load: f64")),
        system("a domain of money with exact messages", _MONEY),
    ),
)
