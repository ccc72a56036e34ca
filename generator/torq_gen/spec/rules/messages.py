"""Rules of messages (TQ130 to TQ135, TQ157)."""

from __future__ import annotations

from torq_gen.diagnostics import Severity
from torq_gen.rule import Rule
from torq_gen.spec.rules._samples import schema


def _quote(*fields: str, more: str = "") -> str:
    lines = "".join(f"      - {field}\n" for field in fields)
    return f"domain: MarketData\nmessages:\n  Quote:\n    type: 1\n{more}    fields:\n{lines}"


WRONG_VERSION = Rule(
    "TQ130",
    "wrong-version",
    "Versions of fields do not describe a message that only grew.",
    why="Old readers skip what was appended. A new field in the middle would shift what they read.",
    fix="Append new fields, with a `since` one above the newest. Leave out `version`: it follows.",
    bad=(
        schema(
            "a newer field in the middle",
            _quote(
                "venue: u16",
                "size: {type: u64, since: 3, default: 0}",
                "«depth»: {type: u32, since: 2, default: 0}",
            ),
        ),
    ),
    good=(
        schema(
            "appended",
            _quote(
                "venue: u16",
                "depth: {type: u32, since: 2, default: 0}",
                "size: {type: u64, since: 3, default: 0}",
            ),
        ),
    ),
)
MISSING_DEFAULT = Rule(
    "TQ131",
    "missing-default",
    "A field that needs a default has none: old data lacks it.",
    why="Writers of the older version do not send the field. Readers need to know what it is then.",
    fix="Add a `default`; for an optional field `default: null`.",
    bad=(schema("a new field without one", _quote("venue: u16", "«size»: {type: u64, since: 2}")),),
    good=(
        schema("with a default", _quote("venue: u16", "size: {type: u64, since: 2, default: 0}")),
    ),
)
WRONG_DEFAULT = Rule(
    "TQ132",
    "wrong-default",
    "A default that the field cannot hold.",
    why="Every message read from old data would hold a value that no writer may send.",
    fix="Write a value of the field's type that its own `validate` accepts. Decimals and bytes "
    "are quoted.",
    bad=(
        schema("beyond the type", _quote("venue: {type: u8, default: «300»}")),
        schema(
            "against its validate",
            _quote("venue: {type: u8, validate: {in: [1, 2]}, default: «3»}"),
        ),
    ),
    good=(
        schema(
            "a value of the type", _quote("venue: {type: u8, validate: {in: [1, 2]}, default: 1}")
        ),
    ),
)
WRONG_VALIDATION = Rule(
    "TQ133",
    "wrong-validation",
    "A validate rule that does not fit its field.",
    why="A rule that no value or every value satisfies protects nothing.",
    fix="Use the rule for the types it is for: `range` for numbers, `pattern` for texts, `in` with "
    "values of the type.",
    bad=(
        schema("a pattern for a number", _quote("venue: {type: u16, validate: {«pattern»: X+}}")),
        schema(
            "a range from top to bottom", _quote("venue: {type: u16, validate: {range: «[9, 1]»}}")
        ),
    ),
    good=(schema("a range", _quote("venue: {type: u16, validate: {range: [1, 9]}}")),),
)
WRONG_EXAMPLE = Rule(
    "TQ134",
    "wrong-example",
    "An example that is not a message.",
    why="Examples become golden bytes and contract tests: a wrong one would fix a wrong format.",
    fix="Give every field without a default a value of its type.",
    bad=(
        schema(
            "no such field", _quote("venue: u16", more="    examples: [{venue: 1, «side»: 2}]\n")
        ),
        schema("beyond the type", _quote("venue: u8", more="    examples: [{venue: «256»}]\n")),
    ),
    good=(schema("a whole message", _quote("venue: u8", more="    examples: [{venue: 255}]\n")),),
)
WRONG_KEY = Rule(
    "TQ135",
    "wrong-key",
    "A message key that is no field or cannot be a key.",
    why="Order and retention are counted by the key. Floats are not equal to themselves often "
    "enough for that.",
    fix="Name a field that is an integer, bytes, a text or an enum.",
    bad=(
        schema("no such field", _quote("venue: u16", more="    key: «venu»\n")),
        schema("a float", _quote("price: f64", more="    key: «price»\n")),
    ),
    good=(schema("an integer", _quote("venue: u16", more="    key: venue\n")),),
)
UNKNOWN_PREDICATE = Rule(
    "TQ157",
    "unknown-predicate",
    "The module of a predicate is found nowhere.",
    Severity.WARNING,
    why="`Message.create` will import it: where it is not there, no message can be made.",
    fix="Write the module, or correct its name; it may stand in any folder of the project that "
    "services run with.",
    bad=(
        schema(
            "no such module",
            _quote(
                "venue: {type: u8, validate: {predicate: «'venues:known'», valid: [1], "
                "invalid: [2]}}"
            ),
        ),
    ),
    good=(
        schema(
            "an installed module",
            _quote(
                'venue: {type: u8, validate: {predicate: "math:isqrt", valid: [1], invalid: [0]}}'
            ),
        ),
    ),
)
