"""A Python file's text with its tree, and where its lines are."""

from __future__ import annotations

import ast
import re

from torq_gen.immutable import immutable

_BREAK = re.compile(r"\r\n|\r|\n")


class NotFixableError(Exception):
    """There is no safe way to mend the file; the text says why, as the end of a sentence."""


def lines_of(text: str) -> list[str]:
    """The lines as Python counts them, without their breaks."""
    return _BREAK.split(text)


@immutable
class Source:
    """A file that parses. ``starts`` are the offsets at which its lines begin."""

    text: str
    tree: ast.Module
    starts: tuple[int, ...]

    @classmethod
    def of(cls, text: str) -> Source:
        """The file with this text.

        Raises:
            NotFixableError: it does not parse.
        """
        starts = (0, *(found.end() for found in _BREAK.finditer(text)))
        return cls(text, parse(text), starts)

    @property
    def newline(self) -> str:
        """The line break that the file uses."""
        found = _BREAK.search(self.text)
        return found.group() if found else "\n"

    def offset(self, line: int, column: int) -> int:
        """The place of a line (from 1) and a column in bytes of UTF-8 (from 0), as ``ast`` counts.

        A byte order mark is not part of the first line there.
        """
        start = self.starts[line - 1] + (line == 1 and self.text.startswith("\ufeff"))
        head = self.text[start : self.line_end(line)].encode("utf-8", "surrogatepass")[:column]
        return start + len(head.decode("utf-8", "surrogatepass"))

    def start(self, node: ast.stmt | ast.expr | ast.alias) -> int:
        """Where a node begins."""
        return self.offset(node.lineno, node.col_offset)

    def end(self, node: ast.stmt | ast.expr | ast.alias) -> int:
        """Where a node ends."""
        return self.offset(node.end_lineno or node.lineno, node.end_col_offset or node.col_offset)

    def line_end(self, line: int) -> int:
        """Where a line ends, before its break."""
        stop = self.starts[line] if line < len(self.starts) else len(self.text)
        return len(self.text[:stop].rstrip("\r\n")) if line < len(self.starts) else stop

    def indent(self, node: ast.stmt) -> str:
        """The blanks before a statement; empty when it shares its line with another."""
        head = self.text[self.starts[node.lineno - 1] : self.start(node)]
        return head if not head.strip() else ""


def parse(text: str) -> ast.Module:
    """The tree of a text.

    Raises:
        NotFixableError: it does not parse.
    """
    try:
        return ast.parse(text.removeprefix("\ufeff"))
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise NotFixableError("the file does not parse") from error
