"""Blocks that look something up by the class of a variable: ``table[type(event)]``.

What is found belongs to that class, and what follows does things with both. So each class that the
variable may be of is followed by itself from there on, as after an ``if`` that asks for it.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import TYPE_CHECKING

from torq_gen.lint.facts.frame import Frame, Variables, meet
from torq_gen.lint.facts.unions import join
from torq_gen.lint.facts.values import MessageValue, Object, Union, Value

if TYPE_CHECKING:
    from torq_gen.lint.facts.machine import Machine

MOST_CLASSES = 6
"""Classes of one variable that are followed by themselves."""
_SIMPLE = (ast.Expr, ast.Assign, ast.AnnAssign, ast.Return)


def parted(statement: ast.stmt, frame: Frame) -> tuple[str, list[Value]] | None:
    """The variable by whose class a statement looks something up, and its values class by class."""
    name = _asked(statement)
    value = frame.variables.get(name) if name and name not in frame.shared else None
    if not isinstance(value, Union):
        return None
    kinds: dict[object, list[Value]] = {}
    for one in value.of:
        if not isinstance(one, Object | MessageValue):
            return None
        kinds.setdefault(one.cls if isinstance(one, Object) else one.name, []).append(one)
    if not 1 < len(kinds) <= MOST_CLASSES:
        return None
    return name, [join(of_kind) for of_kind in kinds.values()]


def each(
    machine: Machine, rest: Sequence[ast.stmt], frame: Frame, name: str, values: Sequence[Value]
) -> bool:
    """Runs the rest of a block for each of the values; whether its end is reached."""
    start, ends = frame.variables, list[Variables]()
    for value in values:
        frame.variables = {**start, name: value}
        if machine.execute(rest, frame):
            ends.append(frame.variables)
    return meet(frame, ends, otherwise=start)


def _asked(statement: ast.stmt) -> str:
    """The variable whose class is a key in a statement; kept in its node."""
    if not isinstance(statement, _SIMPLE):
        return ""
    known: str | None = getattr(statement, "asked", None)
    if known is None:
        keys = (key for node in ast.walk(statement) for key in _keys(node))
        known = next(filter(None, map(_subject, keys)), "")
        statement.asked = known  # type: ignore[union-attr]
    return known


def _keys(node: ast.AST) -> Sequence[ast.expr]:
    match node:
        case ast.Subscript(slice=key):
            return (key,)
        case ast.Call(func=ast.Attribute(attr="get" | "pop"), args=[key, *_]):
            return (key,)
    return ()


def _subject(key: ast.expr) -> str:
    """``x`` of ``type(x)``, or of ``type(x).__name__`` and the like."""
    match key:
        case ast.Call(func=ast.Name(id="type"), args=[ast.Name(id=name)]):
            return name
        case ast.Attribute(value=ast.expr() as inner):
            return _subject(inner)
    return ""
