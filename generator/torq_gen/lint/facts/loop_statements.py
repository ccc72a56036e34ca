"""``while`` and ``for``: their bodies are run until the variables stand still."""

from __future__ import annotations

import ast
import itertools
from collections.abc import Callable
from typing import TYPE_CHECKING

from torq_gen.lint.facts import comprehensions, elements, names, narrowing, rounds
from torq_gen.lint.facts.frame import Frame, Loop, Variables, meet, merge
from torq_gen.lint.facts.values import Value

if TYPE_CHECKING:
    from torq_gen.lint.facts.liveness import Liveness
    from torq_gen.lint.facts.machine import Machine


def run_while(machine: Machine, node: ast.While, frame: Frame) -> bool:
    """``while``; whether what follows is reached."""

    def before_body() -> None:
        machine.eval(node.test, frame)
        narrowing.assume(machine, node.test, frame, truth=True)

    endless = isinstance(node.test, ast.Constant) and bool(node.test.value)
    return _loop(machine, node, frame, before_body, endless=endless)


def run_for(machine: Machine, node: ast.For | ast.AsyncFor, frame: Frame) -> bool:
    """``for``; whether what follows is reached."""
    source = comprehensions.consumed(machine, node.iter, frame, node)

    def before_body() -> None:
        names.bind(machine, node.target, elements.of(machine, source), frame)

    return _loop(machine, node, frame, before_body, endless=False)


def _loop(
    machine: Machine,
    node: ast.While | ast.For | ast.AsyncFor,
    frame: Frame,
    before_body: Callable[[], None],
    *,
    endless: bool,
) -> bool:
    """Runs a loop until its variables stand still; then its ``else``."""
    start = frame.variables
    breaks: list[Variables] = []
    for count in itertools.count():
        loop = Loop()
        frame.loops.append(loop)
        frame.variables = dict(start)
        before_body()
        ended = machine.execute(node.body, frame)
        frame.loops.pop()
        breaks = loop.breaks
        ends = [*loop.continues, *([frame.variables] if ended else [])]
        after = merge([start, *ends])
        changed = [name for name, value in after.items() if _is_changed(start, name, value)]
        if not changed:
            break
        live = machine.syntax.liveness_of(node)
        if not frame.shows_all and _is_last(live, breaks, start, changed):
            _leave(breaks, start, after, changed)
            start = after
            break
        if count >= rounds.MOST:
            after = rounds.widened(machine, node, frame, start, after)
            if after == start:
                break
        start = after
    frame.variables = dict(start)
    if isinstance(node, ast.While):
        machine.eval(node.test, frame)
        narrowing.assume(machine, node.test, frame, truth=False)
    leaves = [] if endless or not machine.execute(node.orelse, frame) else [frame.variables]
    return meet(frame, [*leaves, *breaks], start)


def _is_changed(before: Variables, name: str, value: Value) -> bool:
    known = before.get(name)
    return known is not value and known != value


def _is_last(loop: Liveness, breaks: list[Variables], start: Variables, changed: list[str]) -> bool:
    """Whether another round would find nothing that this one did not.

    It may where it reads what this one gave, and at a ``break`` before which some ways give a
    variable a value and others leave what this one gave.
    """
    if not loop.read.isdisjoint(changed):
        return False
    unsure = [name for name in changed if name not in loop.left_with]
    return all(v.get(name) is start.get(name) for v in breaks for name in unsure)


def _leave(breaks: list[Variables], start: Variables, after: Variables, changed: list[str]) -> None:
    """What a round does not give before its ``break``, an earlier round may have given."""
    for variables in breaks:
        for name in changed:
            if variables.get(name) is start.get(name):
                variables[name] = after[name]


def run_break(machine: Machine, node: ast.Break, frame: Frame) -> bool:
    """``break``: the variables go to the end of the loop."""
    if frame.loops:
        frame.loops[-1].breaks.append(dict(frame.variables))
    return False


def run_continue(machine: Machine, node: ast.Continue, frame: Frame) -> bool:
    """``continue``: the variables go to the next round of the loop."""
    if frame.loops:
        frame.loops[-1].continues.append(dict(frame.variables))
    return False
