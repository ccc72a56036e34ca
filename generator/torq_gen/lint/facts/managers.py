"""Context managers: what a ``with`` gives and runs, and the functions of `contextlib`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torq_gen.diagnostics import Span
from torq_gen.lint.facts import classes, raising, waiting
from torq_gen.lint.facts.frame import Given, Handler
from torq_gen.lint.facts.library import Argument
from torq_gen.lint.facts.unions import alternatives, join
from torq_gen.lint.facts.values import DATA, NONE, Class, Items, Object, Thing, Value

if TYPE_CHECKING:
    from torq_gen.lint.facts.machine import Machine


def entered(machine: Machine, manager: Value, span: Span) -> Value:
    """What a context manager gives when a ``with`` enters it."""
    found: list[Value] = []
    for one in alternatives(manager):
        if isinstance(one, Object | Class):
            method = _either(machine, one, "__aenter__", "__enter__")
            found.append(one if method is None else machine.call(method, Given(span)))
        elif isinstance(one, Items):
            found.append(one.item)  # a function with `yield`, made a context manager
        elif isinstance(one, Thing):
            found.append(_of_thing(machine, one))
        else:
            found.append(one)
    return join(found)


def _of_thing(machine: Machine, thing: Thing) -> Value:
    """What ``with`` gives of a library's thing."""
    if thing.type == waiting.TASK:
        return waiting.awaited_of(thing)
    model = machine.libraries.type(thing.type)
    return thing if model is None or not model.enter else Thing(model.enter, thing.fields)


def left(machine: Machine, manager: Value, span: Span) -> Value:
    """What the managers of the project give when a ``with`` is left."""
    given = _leaving(machine, span)
    found: list[Value] = []
    for one in alternatives(manager):
        method = leaver(machine, one)
        if method is not None:
            found.append(machine.call(method, given))
    return join(found)


def _leaving(machine: Machine, span: Span) -> Given:
    """What a manager is told of an error, or of none: its class, itself and where it came from."""
    error = join((NONE, raising.raised(machine)))
    return Given(span, tuple(Argument(value, span) for value in (DATA, error, DATA)))


def leaver(machine: Machine, manager: Value) -> Value | None:
    """The method of the project that a ``with`` calls when it is left."""
    return _either(machine, manager, "__aexit__", "__exit__")


def _either(machine: Machine, one: Value, *names: str) -> Value | None:
    """The methods of some names: which of them is called, the ``with`` that it stands in says."""
    found = [classes.special(machine, one, name) for name in names]
    known = [method for method in found if method is not None]
    return join(known) if known else None


def _kept_entered(machine: Machine, given: Given) -> Value:
    """``stack.enter_context(manager)``: a ``with`` that ends with the stack's."""
    if given.first is None:
        return DATA
    value = entered(machine, given.first.value, given.span)
    left(machine, given.first.value, given.span)
    return value


def _kept_left(machine: Machine, given: Given) -> Value:
    """``stack.push(manager)``: what a ``with`` would do when it is left, or a function instead."""
    leaving = _leaving(machine, given.span)
    for one in alternatives(given.first_value):
        method = leaver(machine, one)
        machine.call(one if method is None else method, leaving)
    return given.first_value


def _closing(close: str) -> Handler:
    """A manager that gives its argument, and closes it in the end."""

    def made(machine: Machine, given: Given) -> Value:
        for one in alternatives(given.first_value):
            method = machine.method(one, close) if isinstance(one, Object) else None
            if method is not None:
                machine.call(method, Given(given.span))
        return Items(given.first_value)

    return made


TABLE: dict[str, Handler] = {
    "contextlib.closing": _closing("close"),
    "contextlib.aclosing": _closing("aclose"),
    "contextlib.nullcontext": lambda machine, given: Items(given.first_value),
}
METHODS: dict[str, Handler] = dict.fromkeys(("enter_context", "enter_async_context"), _kept_entered)
"""Methods of stacks of managers, whatever the stack is."""
METHODS_OF_STACKS: dict[str, Handler] = dict.fromkeys(("push", "push_async_exit"), _kept_left)
"""Methods of `contextlib`'s stacks alone: many a library's object has others of these names."""
