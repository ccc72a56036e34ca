"""Calls of what a library's file describes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torq_gen.lint.facts import (
    arrays,
    collections_,
    construction,
    elements,
    escape,
    floats,
    imports,
    named_attributes,
    objects,
    questions,
    templates,
    waiting,
)
from torq_gen.lint.facts.frame import Given
from torq_gen.lint.facts.library import Argument
from torq_gen.lint.facts.library import Call as LibraryCall
from torq_gen.lint.facts.values import (
    DATA,
    NONE,
    Object,
    Thing,
    ThingMethod,
    Value,
)

if TYPE_CHECKING:
    from torq_gen.lint.facts.library import Function as LibraryFunction
    from torq_gen.lint.facts.machine import Machine


def library_call(machine: Machine, path: str, receiver: Value, given: Given) -> LibraryCall:
    """A call as a library's file sees it."""
    return LibraryCall(
        span=given.span,
        path=path,
        positional=given.positional,
        keywords=given.keywords,
        rest=given.rest,
        more=given.more,
        receiver=receiver,
        elements=lambda value: elements.of(machine, value),
        entries=lambda value: collections_.entries(machine, value),
        attribute=lambda value, name: machine.attribute(value, name, given.span),
        annotation=lambda value, place: questions.annotation(machine, value, place),
        qualified=questions.qualified,
        kin=lambda cls, name: questions.kin(machine, cls, name),
        message=questions.message,
        result=lambda value: machine.call(value, Given(given.span)),
        source=lambda span: questions.source(machine, span),
    )


def apply_model(
    machine: Machine, model: LibraryFunction, path: str, receiver: Value, given: Given
) -> Value:
    """A call of what a library's file describes."""
    seen = library_call(machine, path, receiver, given)
    if model.effect is not None:
        for fact in model.effect(seen):
            machine.note(fact)
    if model.handler is not None:
        handler = seen.argument(*model.handler)
        if handler is not None:
            escape.call_back(
                machine, handler.value, handler.span, machine.result(model.handed, seen)
            )
    elif not model.keeps:
        for argument in given.all:
            escape.of(
                machine,
                argument.value,
                argument.span,
                f"`{path}`",
                callbacks_only=not model.passes,
                keeps_data=model.passes,
            )
    if model.passes_one is not None:
        passed = seen.argument(*model.passes_one)
        if passed is not None:
            escape.of(machine, passed.value, passed.span, f"`{path}`")
    return machine.result(model.returns, seen)


_LOOPS = ("asyncio.", "concurrent.", "trio.", "anyio.")


def call_thing(machine: Machine, method: ThingMethod, given: Given) -> Value:
    """A call of a method of a library's type."""
    receiver, name = method.receiver, method.name
    if name == "__getattribute__":
        return named_attributes.read(machine, given.with_first(Argument(receiver, given.span)))
    if receiver.type == objects.NAMESPACE:
        return objects.call(machine, receiver, name, given)
    if receiver.type == waiting.TASK:
        return waiting.of_task(machine, receiver, name, given)
    if receiver.type == templates.TEMPLATE:
        return templates.substituted(machine, receiver, name, given)
    if receiver.type == floats.LAYOUT:
        return floats.by_layout(machine, receiver, name, given)
    if receiver.type == arrays.ARRAY:
        return arrays.method(machine, receiver, name, given)
    if receiver.type == waiting.CONTEXT:
        return waiting.of_context(machine, receiver, name, given)
    if receiver.type.startswith(_LOOPS) and name in waiting.METHODS:
        return waiting.METHODS[name](machine, given)
    if name == "__init__" and isinstance(method.owner, Object):
        construction.construct_outside(machine, method.owner, given)
        return NONE
    model = machine.libraries.method(receiver, name)
    path = f"{receiver.type}.{name}"
    if model is None and receiver.type == "message.encoded" and name in ("decode", "encode"):
        return receiver
    if model is None:
        escape.of_all(machine, given, f"`{path}`")
        return DATA
    if receiver.type == "dynamic.Modules" and name in ("__getitem__", "get"):
        apply_model(machine, model, path, receiver, given)
        return imports.loaded(machine, given.first_value)
    # What its constructor left says more than the project's own object, if it left anything.
    owner = None if receiver.fields else method.owner
    return apply_model(machine, model, path, owner or receiver, given)


def item_of(machine: Machine, thing: Thing) -> Value:
    """What iterating over a thing gives."""
    if thing.type == arrays.ARRAY:
        return arrays.items(machine, thing)
    model = machine.libraries.type(thing.type)
    if model is None or not model.item:
        return DATA
    return machine.result(model.item, machine.library_call(thing, "__iter__"))
