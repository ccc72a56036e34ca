"""Edits of a file's text at the places of its syntax tree."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from itertools import accumulate
from typing import TypeAlias

Edit: TypeAlias = tuple[tuple[int, int], str]
"""A range of characters, and what is to stand there."""
Place: TypeAlias = tuple[str, list[Edit]]
"""A place where something can be changed, in words, and the edits."""
Function = ast.FunctionDef | ast.AsyncFunctionDef


class Text:
    """A file's text and tree; edits are made from the end to the beginning."""

    def __init__(self, text: str, tree: ast.Module) -> None:
        self.text = text
        self.tree = tree
        self._lines = text.splitlines(keepends=True)
        self._starts = list(accumulate(map(len, self._lines), initial=0))

    def at(self, node: ast.expr | ast.stmt | ast.arg) -> tuple[int, int]:
        """Where a node begins and ends, in characters."""
        end = node.end_lineno or node.lineno, node.end_col_offset or 0
        return self._offset(node.lineno, node.col_offset), self._offset(*end)

    def of(self, node: ast.expr | ast.stmt) -> str:
        """A node's text."""
        start, end = self.at(node)
        return self.text[start:end]

    def indent(self, node: ast.stmt) -> str:
        """The blanks in front of a statement."""
        return " " * node.col_offset

    def lines(self, nodes: list[ast.stmt]) -> tuple[int, int]:
        """Where the lines of some consecutive statements begin and end."""
        last = nodes[-1].end_lineno or nodes[-1].lineno
        return self._starts[first_line(nodes[0]) - 1], self._starts[last]

    def changed(self, edits: Iterable[Edit]) -> str:
        """The text with each range replaced."""
        text = self.text
        for (start, end), new in sorted(edits, reverse=True):
            text = text[:start] + new + text[end:]
        return text

    def _offset(self, line: int, column: int) -> int:
        before = self._lines[line - 1].encode()[:column]
        return self._starts[line - 1] + len(before.decode())


def first_line(node: ast.stmt) -> int:
    """The line on which a statement begins, decorators included."""
    decorators = getattr(node, "decorator_list", ())
    first: int = min([node.lineno, *(d.lineno for d in decorators)])
    return first


def functions(tree: ast.Module) -> Iterator[tuple[ast.ClassDef | None, Function]]:
    """The functions of a module and the methods of its classes."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield None, node
        elif isinstance(node, ast.ClassDef):
            for inner in node.body:
                if isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef):
                    yield node, inner


def after_future(text: Text) -> int:
    """Where imports may begin."""
    for node in text.tree.body:
        if isinstance(node, ast.ImportFrom) and node.module == "__future__":
            return text.at(node)[1] + 1
    return 0
