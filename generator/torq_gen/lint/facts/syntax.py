"""What is read off the syntax of code again and again, kept by its node."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING

from torq_gen.lint.facts import liveness

if TYPE_CHECKING:
    from torq_gen.lint.facts.frame import Frame


_BLOCKS = ("body", "orelse", "finalbody", "handlers", "cases")


def statements_in(node: ast.AST) -> Iterator[ast.stmt]:
    """All statements inside a module or statement, without going through their expressions."""
    for block in _BLOCKS:
        for inner in getattr(node, block, ()):
            if isinstance(inner, ast.stmt):
                yield inner
            yield from statements_in(inner)


class Syntax:
    """Of one service's analysis; nothing here changes once it is known."""

    def __init__(self) -> None:
        self._codes: dict[ast.AST, object] = {}
        self._assigned: dict[ast.AST, tuple[str, ...]] = {}
        self._liveness: dict[ast.AST, liveness.Liveness] = {}
        self._outside: dict[tuple[ast.AST, bool], frozenset[str]] = {}

    def code_of(self, node: ast.AST, make: object) -> object:
        """One code value for a node, whenever it is met."""
        known = self._codes.get(node)
        if known is None:
            known = self._codes[node] = make() if callable(make) else make
        return known

    def assigned_in(self, node: ast.AST, frame: Frame) -> tuple[str, ...]:
        """The names that ``:=`` assigns inside an expression."""
        if not frame.module.has(b":="):
            return ()
        known = self._assigned.get(node)
        if known is None:
            found = (n.target.id for n in ast.walk(node) if isinstance(n, ast.NamedExpr))
            known = self._assigned[node] = tuple(found)
        return known

    def liveness_of(self, node: liveness.Loop) -> liveness.Liveness:
        """What one round of a loop needs of the round before, and gives."""
        known = self._liveness.get(node)
        if known is None:
            known = self._liveness[node] = liveness.of_loop(node)
        return known

    def assigned_outside(self, node: ast.AST, frame: Frame) -> frozenset[str]:
        """The names of the module, or of the body around it, that a function or class assigns."""
        if not frame.module.has(b"global" if frame.is_module else b"nonlocal"):
            return frozenset()
        key = (node, frame.is_module)
        known = self._outside.get(key)
        if known is None:
            kind = ast.Global if frame.is_module else ast.Nonlocal
            found = (name for n in ast.walk(node) if isinstance(n, kind) for name in n.names)
            known = self._outside[key] = frozenset(found)
        return known
