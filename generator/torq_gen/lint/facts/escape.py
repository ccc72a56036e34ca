"""What happens to values that go to code which is not analysed.

Functions among them may be called, by anybody and with anything: they are interpreted so. What can
publish or reach a store is noted as an `Escape`. Data goes where it likes.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from torq_gen.diagnostics import Span
from torq_gen.lint.facts import arguments, classes, generating, instances, objects
from torq_gen.lint.facts.frame import Given
from torq_gen.lint.facts.heap import ELEMENT, KEY
from torq_gen.lint.facts.library import Argument
from torq_gen.lint.facts.model import Escape
from torq_gen.lint.facts.unions import alternatives, join
from torq_gen.lint.facts.values import (
    DATA,
    NOTHING,
    BaseMethod,
    Bound,
    Class,
    Container,
    External,
    Function,
    Items,
    Module,
    Object,
    Partial,
    Super,
    Thing,
    ThingMethod,
    Tuple,
    Unknown,
    Value,
)

if TYPE_CHECKING:
    from torq_gen.lint.facts.machine import Machine


_HOLDING = ("weakref.", "operator.", "functools.", "asyncio.Task", "builtins.__dict__")
"""Things of Python's own library that only hold other values."""


ESCAPED = "escaped"
"""Under ``(ESCAPED, class)``: objects of the class went to code that is not analysed."""


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
                call_back(machine, one, span)
                if not callbacks_only:
                    work = partial(_of_answer, machine, one, span, into, keeps_data)
                    told = machine.told_apart(span, into)
                    machine.runs.once(("answer", one, keeps_data, told), work)
            case Super(receiver=receiver) if not callbacks_only:
                of(machine, receiver, span, into, keeps_data=keeps_data)
            case BaseMethod() if _is_publish(machine, one):
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
                if not keeps_data:  # once, for what generators return may hold others
                    machine.runs.once(
                        ("returned", callbacks_only, machine.told_apart(span, into)),
                        partial(_of_returned, machine, span, into, callbacks_only),
                    )
            case Container():
                work = partial(_of_container, machine, one, span, into, callbacks_only, keeps_data)
                key = ("escape", one, callbacks_only, keeps_data, machine.told_apart(into))
                machine.runs.once(key, work)
            case Module() if not callbacks_only and not keeps_data:
                machine.runs.once(("escaped", one), partial(_of_module, machine, one, span))
            case Class():
                escaped_class(machine, one)
                if not callbacks_only:
                    _of_public(machine, one, span, into)


def _of_returned(machine: Machine, span: Span, into: str, callbacks_only: bool) -> None:
    """What a generator returns, goes to whoever drives it."""
    of(machine, generating.escaped(machine, into), span, into, callbacks_only=callbacks_only)


def _of_module(machine: Machine, module: Module, span: Span) -> None:
    """What a module defines may be called by whoever has it."""
    for name in machine.heap.names(module.code):
        for one in alternatives(machine.heap.read(module.code, name) or NOTHING):
            if isinstance(one, Function) and one.code.module is module.code and name[0] != "_":
                call_back(machine, one, span)


def _of_answer(machine: Machine, function: Value, span: Span, into: str, keeps_data: bool) -> None:
    """What a function gives, goes to whoever calls it."""
    inner, given = unbound(function)
    if _is_called_whole(machine, function, inner):
        answer = _call_whole(machine, function, span)
    elif isinstance(inner, Function):
        answer = run_unknown(machine, inner, given)
    else:
        return
    of(machine, answer, span, into, keeps_data=keeps_data)


def _of_container(
    machine: Machine,
    value: Container,
    span: Span,
    into: str,
    callbacks_only: bool,
    keeps_data: bool,
) -> None:
    keys = machine.heap.read(value, KEY)
    for held in (machine.heap.all(value), NOTHING if keys is None else keys):
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
    for cls in classes.ancestry(machine, value.cls):
        if isinstance(cls, Class):
            machine.heap.write((ESCAPED, cls), "any", DATA)
    one = instances.one_of_many(machine, value)
    machine.runs.once(("escaped", one), lambda: escaped_class(machine, one.cls, one))
    _of_public(machine, value, span, into)


def _of_public(machine: Machine, value: Object | Class, span: Span, into: str) -> None:
    if instances.has_services(machine):
        public = machine.runs.found(("public", value), lambda: _public(machine, value))
        of(machine, public, span, into)


def _public(machine: Machine, value: Object | Class) -> Value:
    """What anybody can read off an object that matters: a service, or its `publish`."""
    order = classes.ancestry(machine, value.cls if isinstance(value, Object) else value)
    places = [value, *(base for base in order if isinstance(base, Class))]
    found: list[Value] = []
    held = [(place, name) for place in places for name in machine.heap.names(place)]
    for owner, name in held:
        if name.startswith(("_", "[")):
            continue  # what is private, other code leaves alone
        for one in alternatives(machine.heap.read(owner, name) or NOTHING):
            service = one.receiver if isinstance(one, BaseMethod) else one
            if isinstance(service, Object) and machine.service_of(service.cls) is not None:
                found.append(one)
    return join(found)


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


def escaped_class(machine: Machine, cls: Class, receiver: Object | None = None) -> None:
    """Any method of the class may be called, with anything."""
    for base in classes.ancestry(machine, cls):
        if not isinstance(base, Class):
            continue
        for name in machine.heap.names(base):
            value = machine.heap.read(base, name)
            for one in alternatives(value) if value is not None else ():
                if isinstance(one, Function) and not name.startswith("__init"):
                    call_unknown(machine, one, receiver or Object(cls, None))


def call_back(machine: Machine, value: Value, span: Span, handed: Value = DATA) -> None:
    """A function may be called, with anything (or with what is ``handed``)."""
    for one in alternatives(value):
        inner, given = unbound(one)
        if _is_called_whole(machine, one, inner):
            _call_whole(machine, one, span, handed)
            if isinstance(inner, ThingMethod):
                of(machine, inner, span, "code that calls it back")
            continue
        if not isinstance(inner, Function):
            if handed != DATA and inner == one:
                machine.call(one, Given(span, (Argument(handed, span),)))
            else:
                of(machine, inner, span, "code that calls it back")
            continue
        call_unknown(machine, inner, *given, handed=handed)


def _is_called_whole(machine: Machine, value: Value, inner: Value) -> bool:
    """Whether what is given to a function beforehand is more than the first arguments of one.

    ``inner`` is the function behind it. `publish` of a service is noted for itself.
    """
    if inner == value or _is_publish(machine, inner):
        return False
    return not isinstance(inner, Function) or _has_words(value)


def _is_publish(machine: Machine, value: Value) -> bool:
    if not isinstance(value, BaseMethod) or value.name not in ("publish", "_publish"):
        return False
    owner = value.receiver
    return isinstance(owner, Object) and machine.service_of(owner.cls) is not None


def _has_words(value: Value) -> bool:
    """Whether any argument is given by name, or so many that nobody knows."""
    while isinstance(value, Bound | Partial):
        if isinstance(value, Partial):
            several = (value.rest, value.more)
            if value.keywords or any(one is not None for one in several):
                return True
        value = value.function
    return False


def _call_whole(machine: Machine, value: Value, span: Span, handed: Value = DATA) -> Value:
    """What a function gives with what it is given beforehand, and with anything besides."""
    if handed != DATA:
        items = handed.items if isinstance(handed, Tuple) else (handed,)
        return machine.call(value, Given(span, tuple(Argument(one, span) for one in items)))
    anything = Argument(Unknown("code that is not analysed calls it"), span)
    return machine.call(value, Given(span, rest=anything))


def call_unknown(machine: Machine, function: Function, *first: Value, handed: Value = DATA) -> None:
    """Interprets a function as called by anybody: its annotations say with what."""
    key = ("unknown", function, first, handed)
    machine.runs.once(key, lambda: run_unknown(machine, function, first, handed))


def run_unknown(
    machine: Machine, function: Function, first: tuple[Value, ...], handed: Value = DATA
) -> Value:
    """What a function gives when nobody knows the caller."""
    parameters = function.code.parameters
    static = machine.kind_of(function) == classes.STATIC
    known = list(() if static else first)
    if handed != DATA:
        known += handed.items if isinstance(handed, Tuple) else (handed,)
    positional = [p for p in parameters if p.kind == "positional"]
    values = dict(zip((p.name for p in positional), known, strict=False))
    further = known[len(positional) :]
    given = tuple(
        arguments.trusted(machine, function, p, values[p.name])
        if p.name in values
        else arguments.unknown_argument(machine, function, p, *further)
        for p in parameters
    )
    return machine.runs.run(function, given, machine.functions.get(function))
