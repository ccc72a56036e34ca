"""Tuples, lists, sets and dictionaries that are written out."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING

from torq_gen.lint.facts import collections_, elements
from torq_gen.lint.facts.frame import Frame
from torq_gen.lint.facts.unions import join
from torq_gen.lint.facts.values import Container, Items, Tuple, Value

if TYPE_CHECKING:
    from torq_gen.lint.facts.machine import Machine


def tuple_(machine: Machine, node: ast.Tuple | ast.List, frame: Frame) -> Value:
    """A tuple, or a list that is one; what is starred may make its length unknown."""
    items: list[Value] = []
    for item in node.elts:
        if isinstance(item, ast.Starred):
            value = machine.eval(item.value, frame)
            if not isinstance(value, Tuple):
                return Items(join(list(_elements(machine, node.elts, frame))))
            items += value.items
        else:
            items.append(machine.eval(item, frame))
    return Tuple(tuple(items))


def list_or_set(machine: Machine, node: ast.List | ast.Set, frame: Frame) -> Value:
    """A list or a set, known by the place where it is written."""
    kind = "list" if isinstance(node, ast.List) else "set"
    made = Container(kind, frame.module.span(node))
    collections_.fill(machine, made, _elements(machine, node.elts, frame))
    return made


def _elements(machine: Machine, nodes: list[ast.expr], frame: Frame) -> Iterator[Value]:
    for node in nodes:
        if isinstance(node, ast.Starred):
            yield elements.of(machine, machine.eval(node.value, frame))
        else:
            yield machine.eval(node, frame)


def dict_(machine: Machine, node: ast.Dict, frame: Frame) -> Value:
    """A dictionary, known by the place where it is written."""
    made = Container("dict", frame.module.span(node))
    for key, item in zip(node.keys, node.values, strict=True):
        value = machine.eval(item, frame)
        if key is None:
            collections_.update(machine, made, value)
        else:
            collections_.put(machine, made, machine.eval(key, frame), value)
    return made
