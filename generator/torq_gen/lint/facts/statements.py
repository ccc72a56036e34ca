"""Statements: what they do to variables, and whether what follows them is reached."""

from __future__ import annotations

import ast
import itertools
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from torq_gen.lint.facts import (
    collections_,
    comprehensions,
    definitions,
    imports,
    matching,
    names,
    narrowing,
    operators,
    raising,
    rounds,
    try_statements,
    typing_,
)
from torq_gen.lint.facts.frame import Frame, Given, Loop, Variables, merge
from torq_gen.lint.facts.unions import alternatives, general, is_unknown, join
from torq_gen.lint.facts.values import (
    NOTHING,
    Class,
    External,
    Literal,
    Thing,
    Unknown,
    Value,
)

if TYPE_CHECKING:
    from torq_gen.lint.facts.liveness import Liveness
    from torq_gen.lint.facts.machine import Machine


def execute(machine: Machine, block: Sequence[ast.stmt], frame: Frame) -> bool:
    """Runs statements in their order; whether the end is reached."""
    for statement in block:
        run = RUN.get(statement.__class__)
        if run is not None and run(machine, statement, frame) is False:
            return False
    return True


def _expression(machine: Machine, node: ast.Expr, frame: Frame) -> None:
    if node.value.__class__ is not ast.Constant:
        machine.eval(node.value, frame)


def _assign(machine: Machine, node: ast.Assign, frame: Frame) -> None:
    value = machine.eval(node.value, frame)
    for target in node.targets:
        if target.__class__ is ast.Name:
            names.assign(machine, target.id, value, frame)
        else:
            names.bind(machine, target, value, frame)


def _annotated(machine: Machine, node: ast.AnnAssign, frame: Frame) -> None:
    definitions.remember_annotation(machine, node, frame)
    if node.value is None:
        return
    value = machine.eval(node.value, frame)
    if any(is_unknown(one) for one in alternatives(value)):
        stated = machine.annotated(node.annotation, frame)
        if not any(isinstance(one, Unknown) for one in alternatives(stated)):
            value = join((*(v for v in alternatives(value) if not is_unknown(v)), stated))
    elif typing_.is_alias(machine, node, frame):
        value = Thing("typing.Alias", (("of", machine.annotated(node.value, frame)),))
    names.bind(machine, node.target, value, frame)


def _augmented(machine: Machine, node: ast.AugAssign, frame: Frame) -> None:
    target = node.target
    span = frame.module.span(node)
    if isinstance(target, ast.Name):
        before = machine.eval(ast.copy_location(ast.Name(target.id, ast.Load()), target), frame)
    else:
        before = machine.eval(target, frame)
    value = machine.eval(node.value, frame)
    # A counter would otherwise be a new number each time.
    after = general(operators.in_place(machine, node.op, before, value, span))
    names.bind(machine, target, after, frame)


def _return(machine: Machine, node: ast.Return, frame: Frame) -> bool:
    frame.returns.append(Literal(None) if node.value is None else machine.eval(node.value, frame))
    return False


def _raise(machine: Machine, node: ast.Raise, frame: Frame) -> bool:
    for part in (node.exc, node.cause):
        raised = NOTHING if part is None else machine.eval(part, frame)
        for one in alternatives(raised):
            if isinstance(one, Class):
                one = machine.call(one, Given(frame.module.span(node)))
            raising.remember(machine, one)
    return False


def _if(machine: Machine, node: ast.If, frame: Frame) -> bool:
    if _is_type_checking(machine, node.test, frame):
        before, frame.typing_only = frame.typing_only, True
        start = dict(frame.variables)
        execute(machine, node.body, frame)
        frame.typing_only = before
        frame.variables |= start  # what is there when it runs is what was there before
        execute(machine, node.orelse, frame)
        return True
    machine.eval(node.test, frame)
    first, ends = frame.variables, []
    while True:  # a chain of elif is walked, not nested
        start = frame.variables
        if _enter(machine, node.test, start, frame, truth=True) and execute(
            machine, node.body, frame
        ):
            ends.append(frame.variables)
        if not _enter(machine, node.test, start, frame, truth=False):
            break
        if len(node.orelse) != 1 or not isinstance(node.orelse[0], ast.If):
            if execute(machine, node.orelse, frame):
                ends.append(frame.variables)
            break
        node = node.orelse[0]
        machine.eval(node.test, frame)
    return meet(frame, ends, first)


def _enter(
    machine: Machine, test: ast.expr, start: Variables, frame: Frame, *, truth: bool
) -> bool:
    """Takes what a test proves as the branch's variables; whether the branch can be reached."""
    if _never(test, truth=truth):
        return False
    frame.variables = dict(start)
    narrowing.assume(machine, test, frame, truth=truth)
    return not narrowing.is_impossible(start, frame.variables)


def _never(test: ast.expr, *, truth: bool) -> bool:
    return isinstance(test, ast.Constant) and bool(test.value) != truth


def _is_type_checking(machine: Machine, test: ast.expr, frame: Frame) -> bool:
    name = test.attr if isinstance(test, ast.Attribute) else getattr(test, "id", "")
    return name == "TYPE_CHECKING" and machine.eval(test, frame) in (
        External("typing.TYPE_CHECKING"),
        External("typing_extensions.TYPE_CHECKING"),
    )


def meet(frame: Frame, ends: list[Variables], otherwise: Variables) -> bool:
    """Goes on with what the branches left; False when none of them ends."""
    frame.variables = merge(ends) if ends else otherwise
    return bool(ends)


def _while(machine: Machine, node: ast.While, frame: Frame) -> bool:
    def before_body() -> None:
        machine.eval(node.test, frame)
        narrowing.assume(machine, node.test, frame, truth=True)

    endless = isinstance(node.test, ast.Constant) and bool(node.test.value)
    return _loop(machine, node, frame, before_body, endless=endless)


def _for(machine: Machine, node: ast.For | ast.AsyncFor, frame: Frame) -> bool:
    source = comprehensions.consumed(machine, node.iter, frame, node)

    def before_body() -> None:
        names.bind(machine, node.target, collections_.elements(machine, source), frame)

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
        ended = execute(machine, node.body, frame)
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
    leaves = [] if endless or not execute(machine, node.orelse, frame) else [frame.variables]
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


def _break(machine: Machine, node: ast.Break, frame: Frame) -> bool:
    if frame.loops:
        frame.loops[-1].breaks.append(dict(frame.variables))
    return False


def _continue(machine: Machine, node: ast.Continue, frame: Frame) -> bool:
    if frame.loops:
        frame.loops[-1].continues.append(dict(frame.variables))
    return False


def _delete(machine: Machine, node: ast.Delete, frame: Frame) -> None:
    for target in node.targets:
        names.delete(machine, target, frame)


def _global(machine: Machine, node: ast.Global, frame: Frame) -> None:
    frame.globals.update(node.names)


def _nonlocal(machine: Machine, node: ast.Nonlocal, frame: Frame) -> None:
    frame.nonlocals.update(node.names)


def _assert(machine: Machine, node: ast.Assert, frame: Frame) -> bool:
    machine.eval(node.test, frame)
    if node.msg is not None:
        machine.eval(node.msg, frame)
    before = dict(frame.variables)
    narrowing.assume(machine, node.test, frame, truth=True)
    impossible = narrowing.is_impossible(before, frame.variables)
    return not impossible and not _never(node.test, truth=True)


def _match(machine: Machine, node: ast.Match, frame: Frame) -> bool:
    subject = machine.eval(node.subject, frame)
    name = node.subject.id if isinstance(node.subject, ast.Name) else None
    start = frame.variables
    ends: list[Variables] = []
    for case in node.cases:
        frame.variables = dict(start)
        matched = matching.bind(machine, case.pattern, subject, frame)
        if matched == NOTHING and subject != NOTHING:
            continue
        if name is not None:
            names.assign(machine, name, matched, frame)
        if case.guard is not None:
            machine.eval(case.guard, frame)
            start = merge([start, dict(frame.variables)])
            narrowing.assume(machine, case.guard, frame, truth=True)
        if execute(machine, case.body, frame):
            ends.append(frame.variables)
        if case.guard is None:
            subject = matching.rest(machine, case.pattern, subject, frame)
    if subject != NOTHING:
        ends.append(start)
    return meet(frame, ends, start)


RUN: dict[type[ast.stmt], Callable[[Machine, Any, Frame], bool | None]] = {
    ast.Expr: _expression,
    ast.Assign: _assign,
    ast.AnnAssign: _annotated,
    ast.AugAssign: _augmented,
    ast.Return: _return,
    ast.Raise: _raise,
    ast.If: _if,
    ast.While: _while,
    ast.For: _for,
    ast.AsyncFor: _for,
    ast.Break: _break,
    ast.Continue: _continue,
    ast.Try: try_statements.run_try,
    ast.TryStar: try_statements.run_try,
    ast.With: try_statements.run_with,
    ast.AsyncWith: try_statements.run_with,
    ast.Delete: _delete,
    ast.Global: _global,
    ast.Nonlocal: _nonlocal,
    ast.Assert: _assert,
    ast.Match: _match,
    ast.Import: imports.run_import,
    ast.ImportFrom: imports.run_import_from,
    ast.FunctionDef: definitions.run_function,
    ast.AsyncFunctionDef: definitions.run_function,
    ast.ClassDef: definitions.run_class,
}
"""What is not listed does nothing that matters: ``pass``."""
if hasattr(ast, "TypeAlias"):  # Python 3.12
    RUN[ast.TypeAlias] = definitions.run_type_alias
