"""Objects told apart by an attribute: by what it is, or by whether it is there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torq_gen.diagnostics import Span
from torq_gen.lint.facts import enums
from torq_gen.lint.facts.unions import alternatives, present
from torq_gen.lint.facts.values import NOTHING, Object, Value

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
    if machine.heap.read(enums.COMPARING, "any") is not None:
        return True
    tags = _constants(machine.attribute(value, name, span))
    others = _constants(wanted)
    if not tags or not others:
        return True
    if same:
        return any(tag == other for tag in tags for other in others)
    differ = not all(tag == other for tag in tags for other in others)
    return differ or enums.may_differ(machine, (*tags, *others))


def _constants(value: Value) -> list[tuple[object]]:
    """The constants that a value may be; none, if it may be something else."""
    found = [enums.constant_of(one) for one in alternatives(value)]
    return [one for one in found if one is not None] if None not in found else []
