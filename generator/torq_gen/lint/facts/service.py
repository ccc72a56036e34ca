"""The base class of services, as `mycelium` has it: what a service gets from it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

from torq_gen.diagnostics import Span
from torq_gen.lint.facts import members, serialising
from torq_gen.lint.facts.frame import Given
from torq_gen.lint.facts.library import Argument
from torq_gen.lint.facts.model import DynamicCode, Foreign, Known, Publish, Unproven, What
from torq_gen.lint.facts.syntax import statements_in
from torq_gen.lint.facts.text import Text
from torq_gen.lint.facts.unions import alternatives, is_unknown
from torq_gen.lint.facts.values import (
    DATA,
    NONE,
    NOTHING,
    BaseMethod,
    Class,
    External,
    Function,
    Generated,
    MessageClass,
    MessageValue,
    Module,
    Object,
    Plain,
    Thing,
    Unknown,
    Value,
)
from torq_gen.model.names import LIFE_CYCLE, pascal_case

if TYPE_CHECKING:
    from torq_gen.lint.facts.code import ModuleCode
    from torq_gen.lint.facts.machine import Machine

_PUBLISH = frozenset({"publish", "_publish"})
_OWN = frozenset({"publish", "_publish", "spawn", *LIFE_CYCLE})
_DATA = frozenset({"envelope", "SPEC", "HANDLERS"})
_PRIVATE = frozenset({"__sends", "__spawn", "_attach_bus", "_detach_bus"})
"""What the runtime has of it for itself, without the name of its class."""
LOGGER = Plain("Logger")
"""The logger of a service."""


def has(name: str) -> bool:
    """Whether the base class of services has an attribute of the name."""
    return name in _OWN or name in _DATA or name in ("log", "settings") or name.startswith("__")


def attribute(owner: Object, name: str) -> Value:
    """What a service object has from its base class."""
    if name == "settings":
        return Thing("mycelium.settings")
    if name == "log":
        return LOGGER
    return DATA if name in _DATA else BaseMethod(owner, name)


def note_private(machine: Machine, name: str, span: Span) -> None:
    """What the runtime keeps in a service for itself is no way to the bus."""
    if name in _PRIVATE:
        machine.note(DynamicCode(span, f"`{name}`, which is the runtime's own"))


def call(machine: Machine, owner: Object, name: str, given: Given) -> Value:
    """A call of a method that a service has from its base class."""
    if name in _PUBLISH:
        argument = given.argument(0, "message")
        service = machine.service_of(owner.cls) or ""
        if argument is not None:
            publish(machine, argument, given.span, service)
        return NONE
    if name == "spawn":
        argument = given.argument(0, "coroutine")
        return DATA if argument is None else argument.value
    if name in (*LIFE_CYCLE, "__init__", "__repr__", "__eq__", "__hash__"):
        return NONE
    for argument in given.all:
        machine.hand_over(argument.value, argument.span, f"`{name}` of the service's base class")
    return Unknown(f"`{name}` of the service's base class is not known")


def is_started(machine: Machine, cls: Class, service: str) -> bool:
    """Whether the runtime finds a class, which it looks for in the service's module ``service``."""
    for path in (f"{machine.near}/service.py", f"{machine.near}/service/__init__.py"):
        if path in machine.program.paths:
            module = Module(machine.program.module_at(path))
            found = alternatives(members.of_module(machine, module, pascal_case(service)))
            return any(one == cls or not _is_another(one) for one in found)
    return False


def _is_another(value: Value) -> bool:
    """Whether it is nothing, or another class of the project."""
    return isinstance(value, Class) or (isinstance(value, Unknown) and value.missing)


def publish(machine: Machine, argument: Argument, call_span: Span, service: str) -> None:
    """Notes what is published."""
    if argument.value == NOTHING:
        what = _unproven(machine, argument.span, "nothing in the code gives it a value")
        machine.note_empty(Publish(argument.span, call_span, what, service))
    dropped = call_span in _dropped(machine.current_module(call_span))
    for span, what in told(machine, argument):
        machine.note(Publish(span, call_span, what, service, dropped))


@lru_cache(maxsize=32)  # a service publishes in few modules
def _dropped(module: ModuleCode) -> frozenset[Span]:
    """The calls of ``publish`` that nobody awaits, each a statement of its own: nothing runs."""
    found = []
    for node in statements_in(module.tree or ast.Module([], [])):
        match node:
            case ast.Expr(value=ast.Call(func=ast.Attribute(attr=name)) as call):
                if name in _PUBLISH:
                    found.append(module.span(call))
    return frozenset(found)


def told(machine: Machine, argument: Argument) -> Iterator[tuple[Span, What]]:
    """What messages an argument may be, each with the place where that is decided."""
    values = [v for v in alternatives(argument.value) if v != NONE]
    values = [v for v in values if not serialising.is_mere_data(v)] or values
    if not values and argument.value == NONE:
        values = [NONE]
    for value in values:
        match value:
            case MessageValue(name=name, origin=origin, struct=False):
                ours = origin is not None and machine.is_own(origin.file)
                yield (origin if ours and origin else argument.span), Known(name)
            case Unknown(reason=reason):
                yield argument.span, _unproven(machine, argument.span, reason)
            case Text() if value.setting is not None:
                yield argument.span, _unproven(machine, argument.span, "it is a setting")
            case External(path=path) if is_unknown(value):
                reason = f"it comes from `{path.removesuffix('()')}`"
                yield argument.span, _unproven(machine, argument.span, reason)
            case BaseMethod(receiver=Object(), name=name) if name not in _OWN:
                reason = f"`{name}` comes from a base class that is not analysed"
                yield argument.span, _unproven(machine, argument.span, reason)
            case _ if value == DATA:
                reason = "it is data whose type is not known"
                yield argument.span, _unproven(machine, argument.span, reason)
            case _:
                yield argument.span, _foreign(value)


def _unproven(machine: Machine, span: Span, reason: str) -> What:
    shown = machine.current_module(span).text(span) if span.file else ""
    return Unproven(reason or "its value is not known", shown)


def _foreign(value: Value) -> What:
    match value:
        case MessageValue(name=name):
            return Foreign(f"the struct {name}")
        case MessageClass(name=name):
            return Foreign(f"the class {name} itself, not a message of it")
        case Object(cls=Class(code=code)):
            return Foreign(f"{code.node.name} of {code.module.name}")
        case Function() | BaseMethod():
            return Foreign("a function")
        case Generated(path=path) | External(path=path):
            return Foreign(path)
    return Foreign("None" if value == NONE else _plain(value))


def _plain(value: Value) -> str:
    return {
        "Text": "a text",
        "Literal": "a number",
        "Tuple": "a tuple",
        "Container": "a collection",
        "Items": "an iterator",
        "Amount": "a number",
        "Plain": "plain data",
    }.get(type(value).__name__, "something that is no message")
