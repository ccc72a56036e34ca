"""Which names a function binds, and what of it can be moved."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from _mutations.edits import Function


def statements(function: Function) -> Iterator[ast.stmt]:
    """The statements of a function but its docstring, those of inner blocks too.

    An ``elif`` is none of them: it cannot stand by itself.
    """
    waiting = list(function.body)
    while waiting:
        statement = waiting.pop(0)
        if not is_docstring(function, statement) and not isinstance(statement, ast.Match):
            yield statement
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            continue
        for name in ("body", "orelse", "finalbody"):
            waiting += [s for s in getattr(statement, name, ()) if not _is_elif(statement, s)]


def _is_elif(outer: ast.stmt, inner: ast.stmt) -> bool:
    alike = isinstance(outer, ast.If) and isinstance(inner, ast.If)
    return alike and inner.col_offset == outer.col_offset


def is_docstring(function: Function, statement: ast.stmt) -> bool:
    """Whether a statement is the function's docstring."""
    return statement is function.body[0] and ast.get_docstring(function) is not None


def names(node: ast.AST) -> list[ast.Name]:
    """Every name in a piece of code."""
    return [n for n in ast.walk(node) if isinstance(n, ast.Name)]


def bound(function: Function) -> set[str]:
    """The names that a function binds, ``self`` left out."""
    spec = function.args
    given = {a.arg for a in (*spec.posonlyargs, *spec.args, *spec.kwonlyargs)}
    return (given | stored(function) | set(captured(function))) - {"self", "cls"}


def stored(function: Function) -> set[str]:
    """The names that a function assigns."""
    return {n.id for n in names(function) if isinstance(n.ctx, ast.Store)}


def captured(function: Function) -> Iterator[str]:
    """Names that patterns and except clauses bind, which are no nodes of their own."""
    for node in ast.walk(function):
        if isinstance(node, ast.MatchAs | ast.MatchStar | ast.ExceptHandler) and node.name:
            yield node.name
        elif isinstance(node, ast.MatchMapping) and node.rest:
            yield node.rest


def has_scopes(function: Function) -> bool:
    """Whether a function has functions or classes inside, or names that are not its own."""
    inner = (
        ast.FunctionDef,
        ast.AsyncFunctionDef,
        ast.Lambda,
        ast.ClassDef,
        ast.Global,
        ast.Nonlocal,
    )
    return any(isinstance(n, inner) for n in ast.walk(function) if n is not function)


def is_data(expression: ast.AST) -> bool:
    """Whether an expression awaits, yields and binds nothing: it can be moved into a function."""
    moved = (ast.Await, ast.Yield, ast.YieldFrom, ast.NamedExpr, ast.Starred, ast.Lambda)
    return not any(isinstance(node, moved) for node in ast.walk(expression))


def is_straight(expression: ast.AST) -> bool:
    """Whether all of an expression is evaluated, once, and binds nothing."""
    turning = (ast.IfExp, ast.BoolOp, ast.Lambda, ast.NamedExpr, ast.comprehension, ast.Compare)
    return not any(isinstance(n, turning) for n in ast.walk(expression))


def is_movable(statement: ast.stmt) -> bool:
    """Whether a statement can stand in a method of its own."""
    return not any(
        isinstance(n, ast.Yield | ast.YieldFrom | ast.NamedExpr)
        or (isinstance(n, ast.Name) and n.id == "super")
        for n in ast.walk(statement)
    )
