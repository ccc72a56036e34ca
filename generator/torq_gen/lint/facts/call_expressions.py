"""Call expressions: what is called, with what, and functions that look at where they are called."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from torq_gen.lint.facts import collections_, displays, names, objects
from torq_gen.lint.facts.arguments import arguments_of
from torq_gen.lint.facts.frame import Frame, Given
from torq_gen.lint.facts.library import Argument
from torq_gen.lint.facts.text import Text
from torq_gen.lint.facts.unions import join
from torq_gen.lint.facts.values import (
    NOTHING,
    BaseMethod,
    Container,
    External,
    Module,
    Tuple,
    Union,
    Value,
)

if TYPE_CHECKING:
    from torq_gen.lint.facts.machine import Machine


def call(machine: Machine, node: ast.Call, frame: Frame) -> Value:
    """What a call that is written there gives."""
    value = machine.eval(node.func, frame)
    if value.__class__ is External and value.path in _OF_PLACE:
        found = _of_place(machine, value.path, node, frame)
        if found is not None:
            return found
    elif value.__class__ is Union and any(map(_is_of_place, value.of)):
        return _either_of_place(machine, value, node, frame)
    if value.__class__ is BaseMethod and value.name == "join":
        return machine.call(value, _joined_parts(machine, node, frame))
    consumed = value.__class__ is External and value.path in _CONSUMING
    return machine.call(value, arguments_of(machine, node, frame, consumed=consumed))


_CONSUMING = frozenset(
    f"builtins.{name}"
    for name in (
        *("all", "any", "dict", "frozenset", "list", "max", "min", "set", "sorted", "sum"),
        "tuple",
    )
)
"""Functions that go through what they are given before they return."""
_OF_PLACE = frozenset(f"builtins.{name}" for name in ("super", "locals", "vars", "globals"))
"""Functions whose result depends on where they are called."""


def _is_of_place(value: Value) -> bool:
    return isinstance(value, External) and value.path in _OF_PLACE


def _either_of_place(machine: Machine, value: Union, node: ast.Call, frame: Frame) -> Value:
    """A call of one of several functions, some of whose results depend on where it stands."""
    given = arguments_of(machine, node, frame)
    found: list[Value] = []
    for one in value.of:
        placed = None
        if isinstance(one, External) and one.path in _OF_PLACE:
            placed = _of_place(machine, one.path, node, frame)
        found.append(machine.call(one, given) if placed is None else placed)
    return join(found)


def _of_place(machine: Machine, path: str, node: ast.Call, frame: Frame) -> Value | None:
    if path == "builtins.super":
        return names.super_of(machine, node, frame)
    if node.args:
        return None
    if path == "builtins.globals":
        return objects.namespace(Module(frame.module))
    return _locals(machine, node, frame)


def _joined_parts(machine: Machine, node: ast.Call, frame: Frame) -> Given:
    """The arguments of ``separator.join``: a list that is written there keeps its order."""
    given = arguments_of(machine, node, frame, consumed=True)
    only = node.args[0] if len(node.args) == 1 else None
    parts = displays.tuple_(machine, only, frame) if isinstance(only, ast.List) else NOTHING
    if not isinstance(parts, Tuple):
        return given
    return Given(given.span, (Argument(parts, given.positional[0].span),))


def _locals(machine: Machine, node: ast.Call, frame: Frame) -> Value:
    if frame.is_module:
        return objects.namespace(Module(frame.module))
    frame.shows_all = True
    if frame.body_of is not None and frame.owner is not None:
        for name, value in frame.variables.items():
            machine.heap.write(frame.owner, name, value)
        return objects.namespace(frame.owner)
    made = Container("dict", frame.module.span(node))
    for name, value in frame.variables.items():
        collections_.put(machine, made, Text((name,)), value)
    return made
