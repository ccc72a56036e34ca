"""Assignments to attributes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torq_gen.diagnostics import Span
from torq_gen.lint.facts import attributes, classes, collections_, escape, instances, objects
from torq_gen.lint.facts.frame import Given
from torq_gen.lint.facts.library import Argument
from torq_gen.lint.facts.text import Text
from torq_gen.lint.facts.values import (
    DATA,
    Amount,
    Class,
    Container,
    External,
    Function,
    Generated,
    Literal,
    MessageClass,
    MessageValue,
    Module,
    Object,
    Plain,
    Super,
    Thing,
    ThingMethod,
    Unknown,
    Value,
)

if TYPE_CHECKING:
    from torq_gen.lint.facts.machine import Machine


def write(machine: Machine, owner: Value, name: str, value: Value, span: Span) -> None:
    """An assignment to an attribute."""
    match owner:
        case Object() if name == "__dict__":
            objects.update(machine, objects.namespace(owner), Given(span, (Argument(value, span),)))
        case Object():
            if not objects.told_to_set(machine, owner, name, value, span):
                write_own(machine, owner, name, value)
                _tell_base(machine, owner, name, value, span)
        case Class():
            if not objects.told_to_set(machine, owner, name, value, span):
                write_class(machine, owner, name, value)
        case Module(code=code):
            machine.heap.write(code, name, value)
        case Super(receiver=receiver):
            write(machine, receiver, name, value, span)
        case Container(kind="namespace"):
            collections_.put(machine, owner, Text.of((name,)), value)
        case MessageValue() | Text() | Literal() | Plain() | Amount():
            return
        case Function() if not name.startswith("__"):
            machine.heap.write(owner, name, value)
        case Unknown():
            machine.heap.write(attributes.UNKNOWN_OWNERS, name, value)
            machine.hand_over(value, span, "an attribute of an object that is not known")
        case External() | Thing() | Generated() | MessageClass() | ThingMethod() | Function():
            escape.patched(machine, owner, name, value, span)
        case _:
            machine.hand_over(value, span, "an attribute of an object that is not known")


def write_class(machine: Machine, owner: Class, name: str, value: Value) -> None:
    """Gives a class's attribute a value."""
    machine.heap.write(owner, name, value)
    if name == attributes.READER:
        machine.heap.write(attributes.OWN_READERS, "any", DATA)


def write_own(machine: Machine, owner: Object, name: str, value: Value) -> None:
    """Gives an object's attribute a value; of an object that is any of its class, each of them."""
    machine.heap.write(owner, name, value)
    if owner.site is None:
        for one in instances.instances_of(machine, owner.cls):
            machine.heap.write(one, name, value)


def _tell_base(machine: Machine, owner: Object, name: str, value: Value, span: Span) -> None:
    """A library's type that the object's class derives from may have to know."""
    thing = classes.base_thing(machine, owner, classes.ancestry(machine, owner.cls))
    model = None if thing is None else machine.libraries.type(thing.type)
    if model is None:
        return
    given = Given(span, (Argument(value, span),))
    assigned = model.assigned.get(name)
    if assigned is not None:
        machine.apply(assigned, f"{model.name}.{name}", owner, given)
    if model.stored is not None and not escape.in_constructor(machine, owner):
        for fact in model.stored(machine.library_call(owner, name, given)):
            machine.note(fact)
