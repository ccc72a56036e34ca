"""Objects told apart by an attribute: by what it is, or by whether it is there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torq_gen.diagnostics import Span
from torq_gen.lint.facts import classes
from torq_gen.lint.facts.text import Text
from torq_gen.lint.facts.unions import alternatives, present
from torq_gen.lint.facts.values import NOTHING, Literal, Object, Value

if TYPE_CHECKING:
    from torq_gen.lint.facts.machine import Machine


def may_have(machine: Machine, value: Value, name: str, span: Span) -> bool:
    """Whether an object may have an attribute: one that the code makes has what the code gives."""
    if not isinstance(value, Object) or value.site is None:
        return True
    return present(machine.attribute(value, name, span)) != NOTHING


def may_equal(
    machine: Machine, value: Value, name: str, wanted: Value, span: Span, *, same: bool
) -> bool:
    """Whether an object's attribute may (or, unless ``same``, may not) equal a value."""
    if not isinstance(value, Object):
        return True
    if machine.heap.read(classes.COMPARING_MEMBERS, "any") is not None:
        return True
    tags = [_constant(one) for one in alternatives(machine.attribute(value, name, span))]
    others = [_constant(one) for one in alternatives(wanted)]
    if None in (*tags, *others) or not tags or not others:
        return True
    if same:
        return any(tag == other for tag in tags for other in others)
    return not all(tag == other for tag in tags for other in others)


def _constant(value: Value) -> tuple[object] | None:
    """A constant as Python compares it; None for what is none."""
    if isinstance(value, Text):
        return None if value.exact is None else (value.exact,)
    return (value.value,) if isinstance(value, Literal) else None
