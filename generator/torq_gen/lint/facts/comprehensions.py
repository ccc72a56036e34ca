"""Comprehensions, and what ``:=`` in an expression leaves behind."""

from __future__ import annotations

import ast
import itertools
from collections.abc import Callable
from typing import TYPE_CHECKING

from torq_gen.lint.facts import (
    collections_,
    elements,
    names,
    narrowing,
    rounds,
)
from torq_gen.lint.facts.frame import Frame, merge
from torq_gen.lint.facts.unions import join
from torq_gen.lint.facts.values import (
    Container,
    Items,
    Value,
)

if TYPE_CHECKING:
    from torq_gen.lint.facts.machine import Machine

_Comprehension = ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp


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
    certain = () if surely is None else machine.syntax.assigned_in(surely, frame)
    for name in machine.syntax.assigned_in(node, frame):
        if name in inside:
            before = None if name in certain else frame.variables.get(name)
            value = inside[name] if before is None else join((before, inside[name]))
            names.assign(machine, name, value, frame)


def comprehension(
    machine: Machine, node: ast.ListComp | ast.SetComp | ast.GeneratorExp, frame: Frame
) -> Value:
    """A list, a set or a generator that a comprehension makes."""
    if isinstance(node, ast.GeneratorExp):
        names.share(machine, node, frame, None)
    return _comprehended(machine, node, frame)


def consumed(
    machine: Machine, node: ast.expr, frame: Frame, within: ast.AST | None = None
) -> Value:
    """An expression whose value is gone through at once: nothing but ``within`` is done between."""
    if not isinstance(node, ast.GeneratorExp):
        return machine.eval(node, frame)
    if within is not None:
        names.share(machine, node, frame, within)
    return _comprehended(machine, node, frame)


def _comprehended(
    machine: Machine, node: ast.ListComp | ast.SetComp | ast.GeneratorExp, frame: Frame
) -> Value:
    found: list[Value] = []
    _run(machine, node, frame, lambda: found.append(machine.eval(node.elt, frame)))
    value = join(found)
    if isinstance(node, ast.GeneratorExp):
        return Items(value)
    kind = "list" if isinstance(node, ast.ListComp) else "set"
    made = Container(kind, frame.module.span(node))
    collections_.fill(machine, made, (value,))
    return made


def dict_comprehension(machine: Machine, node: ast.DictComp, frame: Frame) -> Value:
    """A dictionary that a comprehension makes."""
    made = Container("dict", frame.module.span(node))

    def put() -> None:
        key = machine.eval(node.key, frame)
        collections_.put(machine, made, key, machine.eval(node.value, frame))

    _run(machine, node, frame, put)
    return made


def _run(machine: Machine, node: _Comprehension, frame: Frame, work: Callable[[], None]) -> None:
    """Runs a comprehension: the names that it binds are seen in it alone.

    What ``:=`` gives a value in one round, the next one may read.
    """
    outside, is_inner = frame.variables, frame.in_comprehension
    frame.in_comprehension = True
    # The names of a class are not seen in what stands in it.
    is_blind = frame.body_of is not None and not is_inner
    names_given = machine.syntax.assigned_in(node, frame)
    start = outside
    for count in itertools.count():
        frame.variables = dict(start)
        if _loop_over(machine, node.generators, frame, is_blind=is_blind):
            work()
        inside = frame.variables
        given = {name: inside[name] for name in names_given if name in inside}
        after = merge([start, given]) if given else start
        if count >= rounds.MOST:
            after = rounds.widened(machine, node, frame, start, after)
        if after == start:
            break
        start = after
    frame.variables, frame.in_comprehension = outside, is_inner
    keep_assigned(machine, node, inside, frame)


def _loop_over(
    machine: Machine, generators: list[ast.comprehension], frame: Frame, *, is_blind: bool
) -> bool:
    """Binds the names of a comprehension; False when its conditions let nothing through.

    ``is_blind``: it sees the names around it in the first thing that it goes through alone.
    """
    for generator in generators:
        items = elements.of(machine, machine.eval(generator.iter, frame))
        if is_blind and generator is generators[0]:
            frame.variables = {}
        names.bind(machine, generator.target, items, frame)
        for test in generator.ifs:
            machine.eval(test, frame)
            before = dict(frame.variables)
            narrowing.assume(machine, test, frame, truth=True)
            if narrowing.is_impossible(before, frame.variables):
                return False
    return True
