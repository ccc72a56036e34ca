"""TQ717: what a type's name stands for changed on the wire."""

from __future__ import annotations

from collections.abc import Iterator

from torq_gen.evolution import reading
from torq_gen.evolution._words import size_text, sized
from torq_gen.evolution.breaks import Broken, Change, Harm
from torq_gen.evolution.comparison import Comparison, TypePair, differs_here, misread, shared
from torq_gen.evolution.rules._samples import types
from torq_gen.model import AliasType, EnumType, StructType
from torq_gen.rule import Rule

RULE = Rule(
    "TQ717",
    "named-type-changed",
    "A named type that messages hold has another layout.",
    why="""\
It stands inline in every message that mentions it, so each of them changes with it, and a
struct cannot grow: what follows it would move.""",
    fix="""\
Leave the type as it is and declare one of a new name; append fields of the new type to the
messages that need it.""",
    bad=(
        types(
            "an alias of another size",
            "  Address: bytes[20]\n",
            "  «Address»: bytes[32]\n",
            "Address",
        ),
        types(
            "a struct that grew",
            "  Level: {struct: [{price: u64}]}\n",
            "  «Level»: {struct: [{price: u64}, {size: u64}]}\n",
            "list<Level>",
        ),
        types(
            "an enum over another integer",
            "  Side: {enum: u8, values: {BUY: 1}}\n",
            "  «Side»: {enum: u16, values: {BUY: 1}}\n",
            "Side",
        ),
    ),
    good=(
        types(
            "a type beside it",
            "  Address: bytes[20]\n",
            "  Address: bytes[20]\n  LongAddress: bytes[32]\n",
            "Address",
        ),
    ),
)
HARM = Harm.WIRE


def check(both: Comparison) -> Iterator[Change]:
    """Each type that is met in messages and whose own layout changed."""
    for pair in both.types:
        if (found := _difference(pair)) is None:
            continue
        text, broken = found
        old, new, messages = pair
        yield Change(
            new.name,
            text,
            both.place(new.span, old=old.span),
            old.span,
            f"leave {new.name} as it is and declare a type of another name",
            broken,
            messages,
        )


def _difference(pair: TypePair) -> tuple[str, Broken] | None:
    match pair.old, pair.new:
        case AliasType(target=was), AliasType(target=now):
            if differs_here(was, now):
                return f"stood for {sized(was)}, stands for {sized(now)}", misread(was, now)
        case EnumType(base=was), EnumType(base=now):
            if was != now:
                return f"was an enum over {was}, is one over {now}", Broken.BOTH
        case ((StructType() as one), (StructType() as other)):
            return _of_structs(one, other)
    return None


def _of_structs(old: StructType, new: StructType) -> tuple[str, Broken] | None:
    names = reading.renamed(old.fields, new.fields)
    before = [names.get(f.name, f.name) for f in old.fields]
    after = [f.name for f in new.fields]
    if before != after:
        lost, added = [n for n in before if n not in after], [n for n in after if n not in before]
        parts = [f"lost {', '.join(lost)}"] if lost else []
        parts += [f"got {', '.join(added)}"] if added else []
        what = " and ".join(parts) or f"has its fields in another order: {', '.join(after)}"
        return f"{what} ({size_text(old)}, now {size_text(new)})", Broken.BOTH
    changed = [(w, n) for w, n in shared(old.fields, new.fields) if differs_here(w.type, n.type)]
    if not changed:
        return None
    text = ", ".join(f"{n.name} was {sized(w.type)}, is {sized(n.type)}" for w, n in changed)
    broken = Broken.NOTHING
    for was, now in changed:
        broken |= misread(was.type, now.type)
    return f"has other fields: {text}", broken
