"""What becomes of a class's attribute when it is read from an object."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from torq_gen.diagnostics import Span
from torq_gen.lint.facts import (
    classes,
)
from torq_gen.lint.facts.frame import Given
from torq_gen.lint.facts.library import Argument
from torq_gen.lint.facts.text import Text
from torq_gen.lint.facts.unions import alternatives, join
from torq_gen.lint.facts.values import (
    DATA,
    NONE,
    NOTHING,
    BaseMethod,
    Bound,
    Class,
    Container,
    Function,
    Generated,
    Object,
    Partial,
    Thing,
    Unknown,
    Value,
)

if TYPE_CHECKING:
    from torq_gen.lint.facts.machine import Machine


MADE_PROPERTY = "builtins.property"
"""What ``property(get, set)`` makes: a thing with both."""


def bound(machine: Machine, found: Value, receiver: Value) -> Value:
    """What of a class's attribute is a method, bound to the object (or class) it is read from."""
    if found.__class__ is Function and not machine.kinds.get(found):
        return Bound(found, receiver)
    results = []
    for one in alternatives(found):
        if isinstance(one, BaseMethod) and isinstance(one.receiver, Generated):
            results.append(of_base(machine, receiver, one.name))
        elif isinstance(one, Thing) and one.type == "functools.partialmethod":
            results.append(_with_receiver(one, receiver))
        elif isinstance(one, Thing) and one.type == MADE_PROPERTY:
            results.append(bound(machine, one.get("get") or NOTHING, receiver))
        elif isinstance(one, Container) and one.kind == "dispatch":
            results.append(Bound(one, receiver))
        elif (
            not isinstance(one, Function | Bound | Partial)
            or machine.kind_of(one) == classes.STATIC
        ):
            results.append(one)
        elif machine.kind_of(one) == classes.OF_CLASS:
            owner = receiver.cls if isinstance(receiver, Object) else receiver
            results.append(Bound(one, owner))
        elif isinstance(one, Function):
            results.append(Bound(one, receiver))
        else:
            results.append(one)
    return join(results)


def _with_receiver(method: Thing, receiver: Value) -> Value:
    """What ``partialmethod`` made, read from an object."""
    made = method.get("partial") or NOTHING
    return join(
        [
            replace(one, positional=(receiver, *one.positional))
            for one in alternatives(made)
            if isinstance(one, Partial)
        ]
    )


def of_base(machine: Machine, value: Value, name: str) -> Value:
    """A method of the generated base class, bound to objects that are handed to it."""
    found: list[Value] = [
        BaseMethod(one, name)
        if isinstance(one, Object) and classes.service_of(machine, one.cls) is not None
        else Unknown(f"`{name}` of a service's base class gets an object that is not known")
        for one in alternatives(value)
    ]
    return join(found)


def is_method(machine: Machine, found: Value) -> bool:
    """Whether an attribute is bound when it is read, or asked."""
    if found.__class__ is Function:
        return True
    return any(isinstance(one, Function) or _is_bindable(one) for one in alternatives(found))


def _is_property(machine: Machine, value: Value) -> bool:
    """Whether reading it calls it."""
    if isinstance(value, Thing):
        return value.type == MADE_PROPERTY
    return isinstance(value, Function) and machine.kind_of(value) == classes.PROPERTY


def properties_of(machine: Machine, cls: Class) -> tuple[str, ...]:
    """The names under which a class and its bases have what is run when it is read."""
    return tuple(
        name
        for base in classes.ancestry(machine, cls)
        if isinstance(base, Class)
        for name in machine.heap.names(base)
        for one in alternatives(machine.heap.read(base, name) or NOTHING)
        if _is_property(machine, one)
    )


def _is_bindable(value: Value) -> bool:
    """Whether a class's attribute is bound to the object that it is read from, as functions are."""
    match value:
        case BaseMethod(receiver=Generated()):
            return True
        case Thing(type="functools.partialmethod" | "builtins.property"):
            return True
        case Container(kind="dispatch"):
            return True
    return False


def method_value(machine: Machine, found: Value, receiver: Value, span: Span) -> Value:
    """What reading a method gives: bound, or what it returns when it is a property."""
    results = []
    for one in alternatives(found):
        asked = classes.special(machine, one, "__get__") if isinstance(one, Object) else None
        if asked is not None:
            owner = receiver.cls if isinstance(receiver, Object) else DATA
            given = (Argument(receiver, span), Argument(owner, span))
            results.append(machine.call(asked, Given(span, given)))
            continue
        method = bound(machine, one, receiver)
        called = _is_property(machine, one)
        results.append(machine.call(method, Given(span)) if called else method)
    return join(results)


def of_metaclass(
    machine: Machine,
    cls: Class,
    order: tuple[Value, ...],
    name: str,
    span: Span,
    *,
    property_only: bool = False,
) -> Value | None:
    """What the class of a class defines, if that is one of the project's.

    ``property_only``: the class has an attribute of the name, before which only a property goes.
    """
    meta = classes.metaclass_of(machine, order)
    if meta is None:
        return None
    above = classes.ancestry(machine, meta)
    found = classes.in_classes(machine, above, name)
    if property_only:
        asked = found is not None and any(_is_property(machine, v) for v in alternatives(found[1]))
        return method_value(machine, found[1], cls, span) if asked and found is not None else None
    if found is not None:
        return method_value(machine, found[1], cls, span)
    maker = classes.in_classes(machine, above, "__getattr__")
    if maker is None or name[:2] == "__":
        return None
    return machine.call(Bound(maker[1], cls), Given(span, (Argument(Text((name,)), span),)))


def bound_to_class(machine: Machine, found: Value, cls: Class, span: Span) -> Value:
    """What reading a class's attribute from the class gives; a descriptor is asked."""
    results: list[Value] = []
    for one in alternatives(found):
        asked = classes.method(machine, one, "__get__") if isinstance(one, Object) else None
        if asked is not None:
            given = (Argument(NONE, span), Argument(cls, span))
            results.append(machine.call(asked, Given(span, given)))
            continue
        of_class = isinstance(one, Function) and machine.kind_of(one) == classes.OF_CLASS
        results.append(Bound(one, cls) if of_class else one)
    return join(results)
