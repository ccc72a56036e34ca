"""Which variables a loop's body may read as the round before left them.

Only these make another round of the loop worth its while: what is given a value before it is read
is the same in every round.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable

from torq_gen.immutable import immutable

Loop = ast.While | ast.For | ast.AsyncFor
Names = set[str]


@immutable
class Liveness:
    """What a loop's body does with variables.

    ``read`` are the names that a round may read before it gives them a value: more than these at
    worst, since a name counts as given where every way through the body gives it. ``left_with``
    are those that a round has surely given wherever it may leave the loop by ``break``.
    """

    read: frozenset[str]
    left_with: frozenset[str]


def of_loop(node: Loop) -> Liveness:
    """What the body of a loop does with variables, and its head in each round."""
    reader = _Reader()
    given: Names = set()
    if isinstance(node, ast.While):
        reader.read(node.test, given)
    else:
        reader.bind(node.target, given)
    reader.block(node.body, given)
    return Liveness(frozenset(reader.found), frozenset(reader.left_with or ()))


class _Reader:
    """Goes through a body in order; ``given`` are the names that have a value of this round."""

    def __init__(self) -> None:
        self.found: Names = set()
        self.left_with: Names | None = None
        self._inside = 0

    def block(self, statements: Iterable[ast.stmt], given: Names) -> None:
        for statement in statements:
            self._statement(statement, given)

    def _statement(self, node: ast.stmt, given: Names) -> None:
        match node:
            case ast.Assign(targets=targets, value=value):
                self.read(value, given)
                for target in targets:
                    self.bind(target, given)
            case ast.AnnAssign(target=target, value=ast.expr() as value):
                self.read(value, given)
                self.bind(target, given)
            case ast.If(test=test, body=body, orelse=orelse):
                self.read(test, given)
                self._branches((body, orelse), given)
            case ast.For(iter=source, target=target, body=body, orelse=orelse):
                self.read(source, given)
                self._loop(target, body, orelse, given)
            case ast.AsyncFor(iter=source, target=target, body=body, orelse=orelse):
                self.read(source, given)
                self._loop(target, body, orelse, given)
            case ast.While(test=test, body=body, orelse=orelse):
                self.read(test, given)
                self._loop(None, body, orelse, given)
            case ast.With(items=items, body=body) | ast.AsyncWith(items=items, body=body):
                self._with(items, body, set(given))
            case _:
                # Also of statements that give names (`try`, `match`, `del`, `import`, `def`):
                # whatever they name counts as read, and nothing as given.
                self.read(node, given)

    def _branches(self, blocks: Iterable[list[ast.stmt]], given: Names) -> None:
        ends = []
        for block in blocks:
            inside = set(given)
            self.block(block, inside)
            ends.append(inside)
        given |= set.intersection(*ends)

    def _loop(
        self,
        target: ast.expr | None,
        body: list[ast.stmt],
        orelse: list[ast.stmt],
        given: Names,
    ) -> None:
        """A loop inside: its body may be left out, and what it gives with it."""
        inside = set(given)
        if target is not None:
            self.bind(target, inside)
        self._inside += 1
        self.block(body, inside)
        self._inside -= 1
        self.block(orelse, set(given))

    def _with(self, items: list[ast.withitem], body: list[ast.stmt], inside: Names) -> None:
        """It may end early, also between its items, and what follows still be reached."""
        for item in items:
            self.read(item.context_expr, inside)
            if item.optional_vars is not None:
                self.bind(item.optional_vars, inside)
        self.block(body, inside)

    def bind(self, target: ast.expr, given: Names) -> None:
        match target:
            case ast.Name(id=name):
                given.add(name)
            case ast.Tuple(elts=parts) | ast.List(elts=parts):
                for part in parts:
                    self.bind(part, given)
            case ast.Starred(value=inner):
                self.bind(inner, given)
            case _:
                self.read(target, given)

    def read(self, node: ast.AST, given: Names) -> None:
        """Every name in an expression, or in a statement of another kind."""
        for part in ast.walk(node):
            if part.__class__ is ast.Name:
                if part.id not in given:
                    self.found.add(part.id)
            elif part.__class__ is ast.Break and not self._inside:
                self.left_with = set(given) if self.left_with is None else self.left_with & given
            elif part.__class__ in _WITH_NAMES:
                self.found.update(_named(part))


_WITH_NAMES = frozenset(
    [
        *(ast.ExceptHandler, ast.MatchAs, ast.MatchStar, ast.MatchMapping, ast.alias),
        *(ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Global, ast.Nonlocal),
    ]
)
"""What has names as texts: patterns, handlers, imports, definitions."""


def _named(node: ast.AST) -> Iterable[str]:
    for value in (getattr(node, field, None) for field in ("name", "rest", "asname", "names")):
        if isinstance(value, str):
            yield value
        elif isinstance(value, list):
            yield from (one for one in value if isinstance(one, str))
