"""Objects of the project's classes, by the places where they are made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torq_gen.diagnostics import Span
from torq_gen.lint.facts import (
    classes,
)
from torq_gen.lint.facts.heap import ANY_ATTRIBUTE
from torq_gen.lint.facts.values import (
    DATA,
    Class,
    Object,
    Value,
)

if TYPE_CHECKING:
    from torq_gen.lint.facts.machine import Machine

MOST_TOLD_APART = 4
"""Objects of one class to which unknown code is told apart to do something."""
_SERVICES = ("services",)
_FILLED = "[filled]"
_DELETED = ("deleted",)
"""The cells of attributes that are deleted anywhere: what the class has, is read again."""


def instances_of(machine: Machine, cls: Class) -> tuple[Object, ...]:
    """The known objects of a class and of the classes that derive from it."""
    if machine.detail.by_family:
        return ()  # their attributes are those of the class
    machine.heap.names(("instances", cls))
    return tuple(machine.instances.get(cls, ()))


def new_object(machine: Machine, cls: Class, span: Span) -> Object:
    """An object of a class by where it is made; of many places, the further ones are one."""
    places = machine.places.setdefault(cls, set())
    if len(places) < machine.detail.places:
        places.add(span)
    made = Object(cls, span if span in places else cls.code.name_span)
    remember_instance(machine, made)
    return made


def remember_instance(machine: Machine, value: Object) -> None:
    """Notes an object under its class and all that the class derives from."""
    if machine.service_of(value.cls) is not None:
        machine.heap.write(_SERVICES, "any", DATA)
    for cls in classes.ancestry(machine, value.cls):
        if isinstance(cls, Class) and value not in machine.instances.setdefault(cls, {}):
            machine.instances[cls][value] = None
            machine.heap.write(("instances", cls), f"{value.site}", value)


def note_filled(machine: Machine, value: Object) -> None:
    """A generated ``__init__`` gives the object every field, defaults among them."""
    machine.heap.write(value, _FILLED, DATA)


def note_deleted(machine: Machine, name: str) -> None:
    """An attribute of this name is deleted, or any one."""
    machine.heap.write(_DELETED, name, DATA)


def has_field(machine: Machine, value: Object, order: tuple[Value, ...], name: str) -> bool:
    """Whether a field's value stands in the object itself, so that its class's is never read.

    Where families are one, nobody can tell: others of them may have been given it.
    """
    deleted = (machine.heap.read(_DELETED, one) for one in (name, ANY_ATTRIBUTE))
    if machine.detail.by_family or any(found is not None for found in deleted):
        return False
    filled = machine.heap.read(value, _FILLED) is not None
    assigned = filled and machine.heap.read(value, name) is not None
    return assigned and name in classes.fields_of(machine, value.cls, order)


def one_of_many(machine: Machine, value: Object) -> Object:
    """The object; of a class with many, any of them: they may have the same done to them."""
    many = machine.detail.by_family or len(instances_of(machine, value.cls)) > MOST_TOLD_APART
    return Object(value.cls, None) if many else value


def root_of(machine: Machine, cls: Class) -> Class:
    """The class of the project from which a class derives in the end."""
    return [one for one in classes.ancestry(machine, cls) if isinstance(one, Class)][-1]


def has_services(machine: Machine) -> bool:
    """Whether there is an object of a service's class."""
    return machine.heap.read(_SERVICES, "any") is not None
