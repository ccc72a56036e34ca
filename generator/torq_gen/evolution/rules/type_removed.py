"""TQ734: a named type is gone."""

from __future__ import annotations

from collections.abc import Iterator

from torq_gen.evolution.breaks import Change, Harm
from torq_gen.evolution.comparison import Comparison
from torq_gen.evolution.reading import alike
from torq_gen.evolution.rules._samples import SCHEMA, versions
from torq_gen.model import NamedType
from torq_gen.model.types import named_types
from torq_gen.rule import Rule


def _schema(name: str) -> str:
    return (
        f"domain: MarketData\ntypes:\n  {name}: bytes[20]\nmessages:\n"
        f"  Quote: {{type: 1, fields: [{{pool: {name.strip('«»')}}}]}}\n"
    )


RULE = Rule(
    "TQ734",
    "type-removed",
    "A named type is gone, or has another name.",
    why="""\
Its name is gone from the generated types; code that imports it no longer starts.""",
    fix="""\
Keep the name, or change the code that imports it in the same change.""",
    bad=(versions("renamed", SCHEMA, _schema("Address"), _schema("«Account»")),),
    good=(versions("as it was", SCHEMA, _schema("Address"), _schema("Address")),),
)
HARM = Harm.SOURCE


def check(both: Comparison) -> Iterator[Change]:
    """Each type of the older version that nobody can import any more."""
    for name, was in both.old.types.items():
        if name in both.new.types:
            continue
        heir = _heir(both, was)
        yield Change(
            name,
            f"is gone; {heir.name} stands in its place" if heir is not None else "is gone",
            both.place(heir.span if heir is not None else None, old=was.span),
            was.span,
            "keep the name, or change the code that imports it with the same change",
            messages=_users(both, name),
        )


def _heir(both: Comparison, was: NamedType) -> NamedType | None:
    """A new type of the same kind and layout: what it was most likely renamed to."""
    new = (t for n, t in both.new.types.items() if n not in both.old.types)
    return next((t for t in new if type(t) is type(was) and alike(was, t)), None)


def _users(both: Comparison, name: str) -> tuple[str, ...]:
    return tuple(
        pair.new.name
        for pair in both.messages
        if any(t.name == name for f in pair.old.fields for t in named_types(f.type))
    )
