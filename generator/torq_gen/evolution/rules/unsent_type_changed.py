"""TQ741: a type that no message of both versions holds is another one in code."""

from __future__ import annotations

from collections.abc import Iterator

from torq_gen.evolution.annotations import annotation
from torq_gen.evolution.breaks import Change, Harm
from torq_gen.evolution.comparison import Comparison
from torq_gen.evolution.rules._samples import types
from torq_gen.model import AliasType, EnumType, NamedType, StructType
from torq_gen.rule import Rule

RULE = Rule(
    "TQ741",
    "unsent-type-changed",
    "A named type that no message holds where it did is another one in code.",
    why="""\
No bytes are misread for it, but it is generated and can be imported: code that makes or reads its
values no longer fits.""",
    fix="""\
Leave the type as it is and declare one of a new name, or change the code that uses it in the same
change.""",
    bad=(
        types("an alias of something else", "  Id: u64\n", "  «Id»: string\n", "u16"),
        types(
            "a struct without a field",
            "  Level: {struct: [{price: u64}, {size: u64}]}\n",
            "  «Level»: {struct: [{price: u64}]}\n",
            "u16",
        ),
        types(
            "an alias that became a struct",
            "  Id: u64\n",
            "  «Id»: {struct: [{number: u64}]}\n",
            "u16",
        ),
    ),
    good=(types("a number of another width", "  Id: u64\n", "  Id: u128\n", "u16"),),
)
HARM = Harm.SOURCE


def check(both: Comparison) -> Iterator[Change]:
    """Each type beside those that messages of both versions hold."""
    met = {pair.new.name for pair in both.types}
    for name, was in both.old.types.items():
        now = both.new.types.get(name)
        if now is None or name in met or (type(was) is type(now) and _parts(was) <= _parts(now)):
            continue
        lost = ", ".join(sorted(_parts(was) - _parts(now)))
        kinds = _kind(was), _kind(now)
        text = f"no longer has {lost}" if type(was) is type(now) else "was {}, is {}".format(*kinds)
        yield Change(
            name,
            text,
            both.place(now.span, old=was.span),
            was.span,
            "declare a type of another name, or change the code that uses this one",
        )


def _parts(type_: NamedType) -> set[str]:
    """What code can see of a type; the values of enums are a rule of their own."""
    match type_:
        case AliasType(target=target):
            return {annotation(target)}
        case StructType(fields=fields):
            return {f"{f.attribute}: {annotation(f.type)}" for f in fields}
        case EnumType():
            return set()


def _kind(type_: NamedType) -> str:
    match type_:
        case AliasType(target=target):
            return f"{target}"
        case StructType():
            return "a struct"
        case EnumType():
            return "an enum"
