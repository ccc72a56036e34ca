"""Comprehensions, and what ``:=`` in an expression leaves behind."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from torq_gen.lint.facts import (
    collections_,
    names,
    narrowing,
)
from torq_gen.lint.facts.frame import Frame
from torq_gen.lint.facts.unions import join
from torq_gen.lint.facts.values import (
    NOTHING,
    Container,
    Items,
    Value,
)

if TYPE_CHECKING:
    from torq_gen.lint.facts.machine import Machine


def keep_assigned(
    machine: Machine,
    node: ast.AST,
    inside: dict[str, Value],
    frame: Frame,
    *,
    surely: ast.AST | None = None,
) -> None:
    """What ``:=`` gave a value inside an expression stays after it, beside what was there before.

    ``surely`` is the part that is evaluated in any case.
    """
    certain = () if surely is None else machine.assigned_in(surely, frame)
    for name in machine.assigned_in(node, frame):
        if name in inside:
            before = None if name in certain else frame.variables.get(name)
            value = inside[name] if before is None else join((before, inside[name]))
            names.assign(machine, name, value, frame)


def comprehension(
    machine: Machine, node: ast.ListComp | ast.SetComp | ast.GeneratorExp, frame: Frame
) -> Value:
    """A list, a set or a generator that a comprehension makes."""
    if isinstance(node, ast.GeneratorExp):
        names.share(machine, node, frame)
    return _comprehended(machine, node, frame)


def consumed(machine: Machine, node: ast.expr, frame: Frame) -> Value:
    """An expression whose value is gone through at once, before anything else is done."""
    if isinstance(node, ast.GeneratorExp):
        return _comprehended(machine, node, frame)
    return machine.eval(node, frame)


def _comprehended(
    machine: Machine, node: ast.ListComp | ast.SetComp | ast.GeneratorExp, frame: Frame
) -> Value:
    outer = _within(frame)
    reached = _loop_over(machine, node.generators, frame)
    value = machine.eval(node.elt, frame) if reached else NOTHING
    _leave(machine, node, outer, frame)
    if isinstance(node, ast.GeneratorExp):
        return Items(value)
    kind = "list" if isinstance(node, ast.ListComp) else "set"
    made = Container(kind, frame.module.span(node))
    collections_.fill(machine, made, (value,))
    return made


def dict_comprehension(machine: Machine, node: ast.DictComp, frame: Frame) -> Value:
    """A dictionary that a comprehension makes."""
    outer = _within(frame)
    made = Container("dict", frame.module.span(node))
    if _loop_over(machine, node.generators, frame):
        key = machine.eval(node.key, frame)
        collections_.put(machine, made, key, machine.eval(node.value, frame))
    _leave(machine, node, outer, frame)
    return made


def _within(frame: Frame) -> tuple[dict[str, Value], bool]:
    """Begins a comprehension: the names that it binds are seen in it alone."""
    outer = dict(frame.variables), frame.in_comprehension
    frame.in_comprehension = True
    return outer


def _loop_over(machine: Machine, generators: list[ast.comprehension], frame: Frame) -> bool:
    """Binds the names of a comprehension; False when its conditions let nothing through."""
    for generator in generators:
        items = collections_.elements(machine, machine.eval(generator.iter, frame))
        names.bind(machine, generator.target, items, frame)
        for test in generator.ifs:
            machine.eval(test, frame)
            before = dict(frame.variables)
            narrowing.assume(machine, test, frame, truth=True)
            if narrowing.is_impossible(before, frame.variables):
                return False
    return True


def _leave(
    machine: Machine, node: ast.expr, outer: tuple[dict[str, Value], bool], frame: Frame
) -> None:
    """A comprehension's own variables end with it; what ``:=`` assigned stays."""
    inside = frame.variables
    frame.variables, frame.in_comprehension = outer
    keep_assigned(machine, node, inside, frame)
