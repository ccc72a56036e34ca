"""Assignments to attributes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torq_gen.diagnostics import Span
from torq_gen.lint.facts import (
    attributes,
    classes,
    collections_,
    escape,
    instances,
    members,
    objects,
)
from torq_gen.lint.facts.frame import Given
from torq_gen.lint.facts.heap import ANY_ATTRIBUTE
from torq_gen.lint.facts.library import Argument
from torq_gen.lint.facts.model import DynamicCode
from torq_gen.lint.facts.questions import name_of
from torq_gen.lint.facts.text import Text
from torq_gen.lint.facts.unions import alternatives, join
from torq_gen.lint.facts.values import (
    DATA,
    NOTHING,
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
    from torq_gen.lint.facts.activations import Activation
    from torq_gen.lint.facts.machine import Machine


def write(machine: Machine, owner: Value, name: str, value: Value, span: Span) -> None:
    """An assignment to an attribute."""
    name = members.unmangled(name)
    if name in _OF_KIND and isinstance(owner, Object | Class):
        machine.note(DynamicCode(span, f"`{name}`: what something is changes when the code runs"))
    match owner:
        case Object() if name == "__dict__":
            objects.update(machine, objects.namespace(owner), Given(span, (Argument(value, span),)))
            objects.share(machine, owner, value)
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
            patch(machine, owner, name, value, span)
        case _:
            machine.hand_over(value, span, "an attribute of an object that is not known")


_OF_KIND = ("__class__", "__bases__")
"""Attributes that say what an object or a class is: here, each stays what it was made as."""


def write_class(machine: Machine, owner: Class, name: str, value: Value) -> None:
    """Gives a class's attribute a value."""
    machine.heap.write(owner, name, value)
    if name == attributes.READER:
        machine.heap.write(attributes.OWN_READERS, "any", DATA)


def write_own(machine: Machine, owner: Object, name: str, value: Value) -> None:
    """Gives an object's attribute a value; of an object that is any of its class, each of them."""
    owners = [owner]
    if owner.site is None:
        owners += instances.instances_of(machine, owner.cls)
    for one in owners:
        machine.heap.write(one, name, value)
    if machine.heap.read(objects.SHARED, "any") is not None:
        for one in owners:
            objects.put_shared(machine, one, name, value)


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
    if model.stored is not None and not _in_constructor(machine, owner):
        for fact in model.stored(machine.library_call(owner, name, given)):
            machine.note(fact)


def _in_constructor(machine: Machine, owner: Object) -> bool:
    """Whether the object's own ``__init__`` is being run."""
    around: list[Activation] = []
    for activation in reversed(machine.activations.stack):
        if activation.code is not None and activation.code.name == "__init__":
            arguments: tuple[Value, ...] = activation.key[1]  # type: ignore[index]
            if arguments[:1] == (owner,):
                for inner in around:
                    inner.in_place = True
                return True
        around.append(activation)
    return False


def patch(machine: Machine, owner: Value, name: str, value: Value, span: Span) -> None:
    """An assignment to an attribute of something that is not the project's."""
    if isinstance(owner, Thing):
        model = machine.libraries.type(owner.type)
        assigned = model.assigned.get(name) if model is not None else None
        given = Given(span, (Argument(value, span),))
        if assigned is not None:
            machine.apply(assigned, f"{owner.type}.{name}", owner, given)
        else:
            others = [one for one in alternatives(value) if not _is_own(one, owner)]
            escape.of(machine, join(others), span, f"`{owner.type}`", keeps_data=True)
        return
    if isinstance(owner, External) and "(" in owner.path:
        escape.of(machine, value, span, f"`{owner.path}`")
        return
    patched = name_of(owner) or "a library's function"
    machine.note(DynamicCode(span, f"a patch of {patched}.{name}"))


def _is_own(value: Value, owner: Thing) -> bool:
    """Whether a value is an attribute of the thing: to put one back hands nothing to anybody."""
    return isinstance(value, ThingMethod) and value.receiver == owner


def write_any(machine: Machine, owner: Object | Class | Module, value: Value) -> None:
    """An assignment to an attribute whose name is computed: it may be any.

    Of a class or a module, any but a function or a class: those are named where they are made.
    """
    if isinstance(owner, Object):
        for name in (*machine.heap.names(owner), ANY_ATTRIBUTE):
            machine.heap.write(owner, name, value)
        return
    place = owner.code if isinstance(owner, Module) else owner
    for name in machine.heap.names(place):
        held = machine.heap.read(place, name) or NOTHING
        if name[:2] != "__" and not any(_is_code(one) for one in alternatives(held)):
            machine.heap.write(place, name, value)
    machine.heap.write(place, ANY_ATTRIBUTE, value)


def _is_code(value: Value) -> bool:
    return isinstance(value, Function | Class | Module | External | MessageClass | Generated)
