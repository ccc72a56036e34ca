"""What happens to values that go to code which is not analysed.

Functions among them may be called, by anybody and with anything: they are interpreted so. What can
publish or reach a store is noted as an `Escape`. Data goes where it likes.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from torq_gen.diagnostics import Span
from torq_gen.lint.facts import objects
from torq_gen.lint.facts.frame import Given
from torq_gen.lint.facts.heap import ELEMENT
from torq_gen.lint.facts.library import Argument
from torq_gen.lint.facts.model import Escape
from torq_gen.lint.facts.values import (
    NOTHING,
    BaseMethod,
    Bound,
    Class,
    Container,
    External,
    Function,
    Items,
    Object,
    Partial,
    Super,
    Thing,
    ThingMethod,
    Tuple,
    Unknown,
    Value,
    alternatives,
    join,
)

if TYPE_CHECKING:
    from torq_gen.lint.facts.machine import Machine


_HOLDING = ("weakref.", "operator.", "functools.", "asyncio.Task", "builtins.__dict__")
"""Things of Python's own library that only hold other values."""


def of_all(machine: Machine, given: Given, into: str) -> None:
    """Every argument of a call goes to code that is not analysed."""
    for argument in given.all:
        of(machine, argument.value, argument.span, into)


def of(
    machine: Machine,
    value: Value,
    span: Span,
    into: str,
    *,
    callbacks_only: bool = False,
    keeps_data: bool = False,
) -> None:
    """A value goes to code that is not analysed (``into`` says which).

    ``callbacks_only``: the code is known to do nothing with capabilities but to call functions.
    ``keeps_data``: it is known to put nothing into collections.
    """
    machine.work(len(alternatives(value)))
    for one in alternatives(value):
        match one:
            case Function() | Bound() | Partial():
                machine.call_back(one, span)
                if not callbacks_only and not keeps_data:
                    work = partial(_of_answer, machine, one, span, into)
                    machine.once(("answer", one, machine.told_apart(span, into)), work)
            case Super(receiver=receiver) if not callbacks_only:
                of(machine, receiver, span, into, keeps_data=keeps_data)
            case BaseMethod(receiver=Object() as receiver, name=name):
                if machine.service_of(receiver.cls) is not None and name in ("publish", "_publish"):
                    machine.note(Escape(span, "`publish` of the service", into))
            case ThingMethod(receiver=receiver):
                _of_thing(machine, receiver, span, into)
            case External(path=path) if machine.libraries.function(path) is not None:
                anything = Argument(Unknown(f"{into} calls it with what nobody knows"), span)
                machine.call(one, Given(span, rest=anything))
            case Object() if not callbacks_only:
                _of_object(machine, one, span, into)
            case Thing(type=kind, fields=fields) if kind.startswith(_HOLDING):
                held = join(field for _, field in fields) if fields else NOTHING
                of(machine, held, span, into, callbacks_only=callbacks_only, keeps_data=keeps_data)
            case Thing() if not callbacks_only:
                _of_thing(machine, one, span, into)
            case Tuple(items=items):
                for item in items:
                    of(
                        machine,
                        item,
                        span,
                        into,
                        callbacks_only=callbacks_only,
                        keeps_data=keeps_data,
                    )
            case Items(item=item):
                of(machine, item, span, into, callbacks_only=callbacks_only, keeps_data=keeps_data)
            case Container():
                work = partial(_of_container, machine, one, span, into, callbacks_only, keeps_data)
                key = ("escape", one, callbacks_only, keeps_data, machine.told_apart(into))
                machine.once(key, work)
            case Class():
                machine.escaped_class(one)


def _of_answer(machine: Machine, function: Value, span: Span, into: str) -> None:
    """What a function gives, goes to whoever calls it."""
    inner, given = unbound(function)
    if isinstance(inner, Function):
        of(machine, machine.run_unknown(inner, given), span, into)


def _of_container(
    machine: Machine,
    value: Container,
    span: Span,
    into: str,
    callbacks_only: bool,
    keeps_data: bool,
) -> None:
    held = machine.heap.all(value)
    of(machine, held, span, into, callbacks_only=callbacks_only, keeps_data=keeps_data)
    if not callbacks_only and not keeps_data:
        machine.heap.write(value, ELEMENT, Unknown(f"{into} may have put it there"))


def _of_object(machine: Machine, value: Object, span: Span, into: str) -> None:
    """An object may have its methods called; a service may besides be made to publish."""
    if machine.service_of(value.cls) is not None:
        machine.note(Escape(span, "the service", into))
        return
    collection = objects.collection_of(machine, value)
    if collection is not None:
        of(machine, collection, span, into)
    one = machine.one_of_many(value)
    machine.once(("escaped", one), lambda: machine.escaped_class(one.cls, one))
    if machine.has_services():
        public = machine.found(("public", value), lambda: _public(machine, value))
        of(machine, public, span, into)


def _public(machine: Machine, value: Object) -> Value:
    """What anybody can read off an object that matters: a service, or its `publish`."""
    found: list[Value] = []
    for name in machine.heap.names(value):
        if name.startswith(("_", "[")):
            continue  # what is private, other code leaves alone
        for one in alternatives(machine.heap.read(value, name) or NOTHING):
            owner = one.receiver if isinstance(one, BaseMethod) else one
            if isinstance(owner, Object) and machine.service_of(owner.cls) is not None:
                found.append(one)
    return join(found) if found else NOTHING


def _of_thing(machine: Machine, value: Thing, span: Span, into: str) -> None:
    capability = machine.libraries.capability(value)
    if capability:
        machine.note(Escape(span, capability, into))


def unbound(value: Value) -> tuple[Value, tuple[Value, ...]]:
    """The function behind bound methods and partials, with the arguments that they give."""
    given: tuple[Value, ...] = ()
    while isinstance(value, Bound | Partial):
        more = (value.receiver,) if isinstance(value, Bound) else value.positional
        given = (*more, *given)
        value = value.function
    return value, given
