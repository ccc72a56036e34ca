"""Invariants in words as the forms that a machine checks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torq_gen.formatting.schemas import strip_text
from torq_gen.formatting.tree import Mapping, Scalar, entries_of, node_of
from torq_gen.model import NeverAfter, OneOfEach, Precedes, Within
from torq_gen.spec.statements import FORMS, UNITS

if TYPE_CHECKING:
    from torq_gen.formatting.tree import Entry, Node, Plain
    from torq_gen.model import Check, FieldRef, Invariant, Service


def is_older_invariant(node: Node) -> bool:
    """Whether an invariant is stated in words alone."""
    return not isinstance(node, Mapping) or not any(node.get(form) is not None for form in FORMS)


def modernise_invariants(node: Node | None, service: Service) -> None:
    """Give each invariant its id, and its form where the words were understood."""
    for item, invariant in zip(entries_of(node), service.invariants, strict=True):
        if isinstance(item.value, Mapping):
            strip_text(item.value.get("text"))
            if is_older_invariant(item.value) and invariant.check is not None:
                for key, value in _form(invariant.check).items():
                    item.value.set(key, node_of(value))
        else:
            _spell_out(item, invariant)


def _spell_out(item: Entry, invariant: Invariant) -> None:
    if isinstance(item.value, Scalar) and item.value.header:
        item.above.append(item.value.header)
    form = _form(invariant.check) if invariant.check is not None else {}
    item.value = node_of({"id": invariant.id, "text": invariant.text, **form})


def _form(check: Check) -> dict[str, Plain]:
    match check:
        case Precedes(first=first, then=then):
            return {"precedes": {"first": str(first), "then": _refs(then)}}
        case Within(after=after, then=then, nanoseconds=time):
            return {"within": {"after": str(after), "then": _refs(then), "time": _time(time)}}
        case NeverAfter(after=after, never=never):
            return {"never_after": {"after": str(after), "never": _refs(never)}}
        case OneOfEach(each=each, of=of):
            return {"one_of": {"each": str(each), "of": _refs(of)}}


def _refs(references: tuple[FieldRef, ...]) -> Plain:
    return [str(reference) for reference in references]  # words state no conditions


def _time(nanoseconds: int) -> str:
    units = sorted(UNITS.items(), key=lambda unit: -unit[1])
    return next(f"{nanoseconds // size}{unit}" for unit, size in units if nanoseconds % size == 0)
