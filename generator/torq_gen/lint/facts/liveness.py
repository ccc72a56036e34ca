"""Which variables a loop's body may read as the round before left them.

Only these make another round of the loop worth its while: what is given a value before it is read
is the same in every round.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable

Loop = ast.While | ast.For | ast.AsyncFor
Names = set[str]


def carried(node: Loop) -> frozenset[str]:
    """The names that a loop may read in a round before it gives them a value in that round.

    More than these at worst: a name counts as given where every way through the body gives it.
    """
    found: Names = set()
    given: Names = set()
    if isinstance(node, ast.While):
        _read(node.test, given, found)
    else:
        _bind(node.target, given, found)
    _block(node.body, given, found)
    return frozenset(found)


def _block(statements: Iterable[ast.stmt], given: Names, found: Names) -> None:
    for statement in statements:
        _statement(statement, given, found)


def _statement(node: ast.stmt, given: Names, found: Names) -> None:
    match node:
        case ast.Assign(targets=targets, value=value):
            _read(value, given, found)
            for target in targets:
                _bind(target, given, found)
        case ast.AnnAssign(target=target, value=ast.expr() as value):
            _read(value, given, found)
            _bind(target, given, found)
        case ast.If(test=test, body=body, orelse=orelse):
            _read(test, given, found)
            _branches((body, orelse), given, found)
        case ast.For(iter=source, target=target, body=body, orelse=orelse):
            _read(source, given, found)
            _loop(target, body, orelse, given, found)
        case ast.AsyncFor(iter=source, target=target, body=body, orelse=orelse):
            _read(source, given, found)
            _loop(target, body, orelse, given, found)
        case ast.While(test=test, body=body, orelse=orelse):
            _read(test, given, found)
            _loop(None, body, orelse, given, found)
        case ast.With(items=items, body=body) | ast.AsyncWith(items=items, body=body):
            for item in items:
                _read(item.context_expr, given, found)
                if item.optional_vars is not None:
                    _bind(item.optional_vars, given, found)
            _block(body, set(given), found)  # it may end early, and what follows still be reached
        case _:
            # Also of statements that give names (`try`, `match`, `del`, `import`, `def`): whatever
            # they name counts as read, and nothing as given.
            _read(node, given, found)


def _branches(blocks: Iterable[list[ast.stmt]], given: Names, found: Names) -> None:
    ends = []
    for block in blocks:
        inside = set(given)
        _block(block, inside, found)
        ends.append(inside)
    given |= set.intersection(*ends)


def _loop(
    target: ast.expr | None,
    body: list[ast.stmt],
    orelse: list[ast.stmt],
    given: Names,
    found: Names,
) -> None:
    """A loop inside: its body may be left out, and what it gives with it."""
    inside = set(given)
    if target is not None:
        _bind(target, inside, found)
    _block(body, inside, found)
    _block(orelse, set(given), found)


def _bind(target: ast.expr, given: Names, found: Names) -> None:
    match target:
        case ast.Name(id=name):
            given.add(name)
        case ast.Tuple(elts=parts) | ast.List(elts=parts):
            for part in parts:
                _bind(part, given, found)
        case ast.Starred(value=inner):
            _bind(inner, given, found)
        case _:
            _read(target, given, found)


def _read(node: ast.AST, given: Names, found: Names) -> None:
    """Every name in an expression, or in a statement of another kind."""
    found.update(
        part.id for part in ast.walk(node) if part.__class__ is ast.Name and part.id not in given
    )
    if not isinstance(node, ast.expr):
        found.update(_named(node))


def _named(node: ast.AST) -> Iterable[str]:
    """Names that stand in a statement as texts: of patterns, handlers, imports, definitions."""
    for part in ast.walk(node):
        for value in (getattr(part, field, None) for field in ("name", "rest", "asname", "names")):
            if isinstance(value, str):
                yield value
            elif isinstance(value, list):
                yield from (one for one in value if isinstance(one, str))
