"""Statements: what they do to variables, and whether what follows them is reached."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from torq_gen.lint.facts import (
    by_class,
    definitions,
    displays,
    fixed,
    imports,
    loop_statements,
    matching,
    names,
    narrowing,
    operators,
    raising,
    try_statements,
    typing_,
)
from torq_gen.lint.facts.frame import Frame, Given, Variables, meet, merge
from torq_gen.lint.facts.unions import alternatives, general, is_unknown, join
from torq_gen.lint.facts.values import NOTHING, Class, External, Literal, Thing, Unknown

if TYPE_CHECKING:
    from torq_gen.lint.facts.machine import Machine


def execute(machine: Machine, block: Sequence[ast.stmt], frame: Frame) -> bool:
    """Runs statements in their order; whether the end is reached."""
    if frame.code is not None and frame.code.asks_type:
        return _execute_by_class(machine, block, frame)
    for statement in block:
        run = RUN.get(statement.__class__)
        if run is not None and run(machine, statement, frame) is False:
            return False
    return True


def _execute_by_class(machine: Machine, block: Sequence[ast.stmt], frame: Frame) -> bool:
    for place, statement in enumerate(block):
        parts = by_class.parted(statement, frame)
        if parts is not None:
            return by_class.each(machine, block[place:], frame, *parts)
        run = RUN.get(statement.__class__)
        if run is not None and run(machine, statement, frame) is False:
            return False
    return True


def _expression(machine: Machine, node: ast.Expr, frame: Frame) -> None:
    if node.value.__class__ is not ast.Constant:
        machine.eval(node.value, frame)


def _assign(machine: Machine, node: ast.Assign, frame: Frame) -> None:
    if node.value.__class__ is ast.List and fixed.is_fixed(node, frame):
        value = displays.tuple_(machine, node.value, frame)
    else:
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
    ast.While: loop_statements.run_while,
    ast.For: loop_statements.run_for,
    ast.AsyncFor: loop_statements.run_for,
    ast.Break: loop_statements.run_break,
    ast.Continue: loop_statements.run_continue,
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
