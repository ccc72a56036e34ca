"""``try`` and ``with``: what is true after an error that somebody caught."""

from __future__ import annotations

import ast
import sys
from typing import TYPE_CHECKING

from torq_gen.lint.facts import classes, managers, names, raising
from torq_gen.lint.facts.frame import Frame, Loop, Variables, meet, merge
from torq_gen.lint.facts.unions import alternatives
from torq_gen.lint.facts.values import NONE, External, Items, Literal, Object, Unknown, Value

if TYPE_CHECKING:
    from torq_gen.lint.facts.machine import Machine


_SWALLOWING = ("contextlib.suppress", "contextlib.ExitStack", "contextlib.AsyncExitStack")


def run_try(machine: Machine, node: ast.Try | ast.TryStar, frame: Frame) -> bool:
    """``try``; whether what follows can be reached."""
    if not node.finalbody:
        return _handled(machine, node, frame)
    # What comes last is reached from anywhere in the rest: by an exception, a return, a break.
    start = dict(frame.variables)
    assigned: Variables = {}
    frame.recorders.append(assigned)
    loop = frame.loops[-1] if frame.loops else Loop()
    breaks, continues = len(loop.breaks), len(loop.continues)
    ended = _handled(machine, node, frame)
    frame.recorders.pop()
    jumps = loop.breaks[breaks:] + loop.continues[continues:]
    after, frame.variables = frame.variables, merge([start, {**start, **assigned}])
    at_last: Variables = {}
    frame.recorders.append(at_last)
    falls = machine.execute(node.finalbody, frame)
    frame.recorders.pop()
    for variables in jumps:
        variables.update(merge([variables, {**variables, **at_last}]))
    if not ended or not falls:
        return False
    frame.variables = after
    return machine.execute(node.finalbody, frame)


def _handled(machine: Machine, node: ast.Try | ast.TryStar, frame: Frame) -> bool:
    """A ``try`` without its ``finally``."""
    start = dict(frame.variables)
    assigned: Variables = {}
    frame.recorders.append(assigned)
    ended = machine.execute(node.body, frame)
    frame.recorders.pop()
    ends: list[Variables] = []
    if ended and machine.execute(node.orelse, frame):
        ends.append(frame.variables)
    # A handler may be reached after any of the body's assignments, or before the first one.
    at_handler = merge([start, {**start, **assigned}])
    for handler in node.handlers:
        frame.variables = dict(at_handler)
        if handler.type is not None:
            kind = machine.eval(handler.type, frame)
            if handler.name is not None:
                grouped = isinstance(node, ast.TryStar)
                error = raising.OTHER if grouped else raising.caught(machine, kind)
                names.assign(machine, handler.name, error, frame)
        if machine.execute(handler.body, frame):
            ends.append(frame.variables)
    return meet(frame, ends, start)


def run_with(machine: Machine, node: ast.With | ast.AsyncWith, frame: Frame) -> bool:
    """``with``; whether what follows can be reached."""
    left: list[tuple[Value, ast.expr]] = []
    assigned: Variables = {}
    start: Variables = {}
    for place, item in enumerate(node.items):
        manager = machine.eval(item.context_expr, frame)
        left.append((manager, item.context_expr))
        entered = managers.entered(machine, manager, frame.module.span(item.context_expr))
        target = item.optional_vars
        if place == 0 and isinstance(target, ast.Name):
            names.bind(machine, target, entered, frame)  # nothing fails between: it has its value
            target = None
        if place == 0:
            start = dict(frame.variables)
            frame.recorders.append(assigned)
        if target is not None:
            names.bind(machine, target, entered, frame)
    ended = machine.execute(node.body, frame)
    frame.recorders.pop()
    results = [managers.left(machine, manager, frame.module.span(at)) for manager, at in left]
    swallows = any(_may_swallow(machine, m, r) for (m, _), r in zip(left, results, strict=True))
    if not swallows:
        return ended
    # The body may have been left after any of its assignments, or before the first one.
    ends = [frame.variables] if ended else []
    frame.variables = merge([start, {**start, **assigned}, *ends])
    return True


def _may_swallow(machine: Machine, manager: Value, left: Value) -> bool:
    """Whether an exception may end in the ``with``: not where all that is known is to close."""
    if any(one not in (NONE, Literal(False)) for one in alternatives(left)):
        return True
    for one in alternatives(manager):
        if isinstance(one, Items):
            return True
        order: tuple[Value, ...] = (one,)
        if isinstance(one, Object) and managers.leaver(machine, one) is None:
            order = classes.ancestry(machine, one.cls)
        if any(map(_is_swallowing, order)):
            return True
    return False


def _is_swallowing(manager: Value) -> bool:
    """Whether what a library made, or a class of it, may let an exception end."""
    if isinstance(manager, External):
        own = manager.path.partition(".")[0].partition("(")[0] in sys.stdlib_module_names
        return not own or manager.path.startswith(_SWALLOWING)
    return isinstance(manager, Unknown)
