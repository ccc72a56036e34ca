"""TQ733: a field has another type in code, its bytes stay."""

from __future__ import annotations

from collections.abc import Iterator

from torq_gen.evolution.annotations import annotation
from torq_gen.evolution.breaks import Change, Harm
from torq_gen.evolution.comparison import Comparison, shared
from torq_gen.evolution.reading import alike
from torq_gen.evolution.rules._samples import fields, types
from torq_gen.model import AliasType, FieldType, StructType, System
from torq_gen.model.types import named_types
from torq_gen.rule import Rule

RULE = Rule(
    "TQ733",
    "field-type-changed",
    "A field has another type in generated code, and the same bytes.",
    why="""\
Old and new binaries understand each other, but code that was checked against the old type does
not type-check any more, or computes with another unit or scale than it says.""",
    fix="""\
Change the code that uses the field in the same change, or leave the type as it is.""",
    bad=(
        fields("a number that got a meaning", "at: u64", "«at»: timestamp"),
        types("an alias of another type", "  Count: u64\n", "  «Count»: timestamp\n", "Count"),
    ),
    good=(fields("only a doc", "at: u64", "at: {type: u64, doc: Block number.}"),),
)
HARM = Harm.SOURCE


def check(both: Comparison) -> Iterator[Change]:
    """Each field, struct field and alias whose annotation changed while its bytes stayed."""
    for pair in both.messages:
        for was, now in pair.fields:
            if _differs(was.type, now.type, both.new):
                yield Change(
                    f"{pair.new.name}.{now.name}",
                    _text(was.type, now.type),
                    both.place(now.span, pair.new.span, old=was.span),
                    was.span,
                    _INSTEAD,
                    messages=(pair.new.name,),
                )
    for old, new, messages in both.types:
        match old, new:
            case AliasType(target=one), AliasType(target=other) if _differs(one, other, both.new):
                yield Change(
                    new.name,
                    _text(one, other),
                    both.place(new.span, old=old.span),
                    old.span,
                    _INSTEAD,
                    messages=messages,
                )
            case StructType(fields=ours), StructType(fields=theirs):
                for member, heir in shared(ours, theirs):
                    if _differs(member.type, heir.type, both.new):
                        yield Change(
                            f"{new.name}.{heir.name}",
                            _text(member.type, heir.type),
                            both.place(heir.span, new.span, old=member.span),
                            member.span,
                            _INSTEAD,
                            messages=messages,
                        )


_INSTEAD = "leave the type, or change the code that uses it with the same change"


def _differs(old: FieldType, new: FieldType, system: System) -> bool:
    """Whether code sees another type; one whose name is gone has a finding of its own."""
    gone = any(t.name not in system.types for t in named_types(old))
    return not gone and annotation(old) != annotation(new) and alike(old, new)


def _text(old: FieldType, new: FieldType) -> str:
    was, now = annotation(old), annotation(new)
    return f"was {old} ({was} in code), is {new} ({now}); its bytes are the same"
