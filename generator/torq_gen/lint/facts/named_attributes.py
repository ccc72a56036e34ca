"""Attributes by their names: getattr, setattr, hasattr."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from torq_gen.lint.facts import assigning, attributes, classes, instances, objects, tagging
from torq_gen.lint.facts.frame import Given, Handler
from torq_gen.lint.facts.heap import ANY_ATTRIBUTE
from torq_gen.lint.facts.model import DynamicCode
from torq_gen.lint.facts.text import Text
from torq_gen.lint.facts.unions import alternatives, join
from torq_gen.lint.facts.values import (
    DATA,
    NONE,
    NOTHING,
    Amount,
    Class,
    External,
    Generated,
    MessageValue,
    Module,
    Object,
    Plain,
    Unknown,
    Value,
)

if TYPE_CHECKING:
    from torq_gen.lint.facts.machine import Machine


def read(machine: Machine, given: Given) -> Value:
    """``getattr``: an attribute by its name."""
    if len(given.positional) < 2:
        return DATA
    owner, name = given.positional[:2]
    names = [v.exact if isinstance(v, Text) else None for v in alternatives(name.value)]
    if None not in names:
        defaults = [a.value for a in given.positional[2:]]
        found = [_read(machine, owner.value, known or "", given, defaults) for known in names]
        return join([*found, *defaults])
    held: list[Value] = []
    for one in alternatives(owner.value):
        what = machine.capability(one)
        if what:
            machine.escaped(given.span, what, "an attribute whose name is computed")
        elif isinstance(one, External | Generated):
            machine.note(DynamicCode(given.span, f"an attribute of {one.path} by a computed name"))
        elif isinstance(one, Object | Class | Module):
            held.append(objects.whole(machine, objects.namespace(one), given.span))
        elif isinstance(one, MessageValue):
            held += machine.contracts.fields(one.name, struct=one.struct).values()
    money = [one for one in alternatives(join(held)) if isinstance(one, Amount)]
    return join((*money, Unknown("it is an attribute whose name is computed")))


def _read(
    machine: Machine, owner: Value, name: str, given: Given, defaults: Sequence[Value]
) -> Value:
    """An attribute; with a default, of what may have it."""
    if not defaults:
        return machine.attribute(owner, name, given.span)
    kept = [o for o in alternatives(owner) if tagging.may_have(machine, o, name, given.span)]
    return machine.attribute(join(kept), name, given.span) if kept else NOTHING


def _registered(machine: Machine, given: Given) -> Value:
    """``ABCMeta.register(cls, other)``."""
    machine.heap.write(classes.REGISTERED, "any", DATA)
    return given.positional[1].value if len(given.positional) > 1 else DATA


def _own(machine: Machine, given: Given) -> Value:
    """As ``getattr``, past what the class says of reading."""
    if len(given.positional) < 2:
        return DATA
    owner, name = (argument.value for argument in given.positional[:2])
    names = [one.exact if isinstance(one, Text) else None for one in alternatives(name)]
    if None in names or not all(isinstance(one, Object | Class) for one in alternatives(owner)):
        return read(machine, given)
    found = [
        attributes.as_found(machine, one, known or "", given.span)
        if isinstance(one, Object)
        else attributes.class_as_found(machine, one, known or "", given.span)
        for one in alternatives(owner)
        if isinstance(one, Object | Class)
        for known in names
    ]
    return join(found)


def _write(machine: Machine, given: Given) -> Value:
    """``setattr``: an attribute by its name."""
    if len(given.positional) < 3:
        return NONE
    owner, name, value = given.positional[:3]
    for one in alternatives(name.value):
        known = one.exact if isinstance(one, Text) else None
        if known is not None:
            machine.assign(owner.value, known, value.value, given.span)
            continue
        for each in alternatives(owner.value):
            if isinstance(each, Object | Class | Module):
                assigning.write_any(machine, each, value.value)
            else:
                machine.hand_over(value.value, value.span, "an attribute whose name is computed")
    return NONE


def _write_own(machine: Machine, given: Given) -> Value:
    """As ``setattr``, past what the class says of assignments."""
    if len(given.positional) < 3:
        return NONE
    owner, name, value = given.positional[:3]
    for one in alternatives(owner.value):
        for text in alternatives(name.value):
            known = text.exact if isinstance(text, Text) else None
            if isinstance(one, Class) and known is not None:
                assigning.write_class(machine, one, known, value.value)
            elif isinstance(one, Object) and known is not None:
                assigning.write_own(machine, one, known, value.value)
            elif isinstance(one, Object | Class):
                assigning.write_any(machine, one, value.value)
    return NONE


def _is_there(machine: Machine, given: Given) -> Value:
    """``hasattr``: what reading it runs, is run."""
    if len(given.positional) > 1:
        for one in alternatives(given.positional[1].value):
            if isinstance(one, Text) and one.exact is not None:
                machine.attribute(given.first_value, one.exact, given.span)
    return Plain("bool")


def _delete(machine: Machine, given: Given) -> Value:
    """``delattr``: what ``del`` of the attribute runs, is run."""
    if len(given.positional) > 1:
        for one in alternatives(given.positional[1].value):
            known = one.exact if isinstance(one, Text) else None
            if known is None:
                instances.note_deleted(machine, ANY_ATTRIBUTE)
            else:
                objects.told_to_delete(machine, given.first_value, known, given.span)
    return NONE


TABLE: dict[str, Handler] = {
    **dict.fromkeys(("builtins.getattr", "inspect.getattr_static"), read),
    **{f"builtins.{owner}.__getattribute__": _own for owner in ("object", "type")},
    "builtins.setattr": _write,
    **{f"builtins.{owner}.__setattr__": _write_own for owner in ("object", "type")},
    "builtins.hasattr": _is_there,
    "builtins.delattr": _delete,
    **dict.fromkeys(("abc.ABCMeta.register", "abc.ABC.register"), _registered),
}
