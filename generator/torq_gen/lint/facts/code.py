"""A module, a class and a function as parsed."""

from __future__ import annotations

import ast
import re
import string
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING

from torq_gen.diagnostics import Span
from torq_gen.immutable import immutable
from torq_gen.lint.facts.model import Unreadable

if TYPE_CHECKING:
    from torq_gen.lint.facts.values import Class, Function

_WORD = re.compile(rb"[^\W\d]\w*")
_IN_WORD = frozenset(b"_" + string.ascii_letters.encode() + string.digits.encode())
LONGEST_SHOWN = 60
"""Characters of an expression in a message."""


_MOST_NODES = 60
"""Syntax nodes of a small function."""
_SEVERAL = (
    *(ast.For, ast.AsyncFor, ast.While, ast.Try, ast.TryStar, ast.With, ast.AsyncWith, ast.Match),
    *(ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda),
    *(ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.Yield, ast.YieldFrom),
)
"""What no small function has in it."""


@dataclass(eq=False, slots=True)
class ModuleCode:
    """A module, or a package (its ``__init__``, or only a folder). ``path`` is its file's."""

    name: str
    path: str
    is_package: bool = False
    tree: ast.Module | None = None
    lines: list[bytes] | None = None  # of a file that is not ASCII: columns count characters
    source: bytes = field(default=b"", repr=False)
    trouble: Unreadable | None = None
    _rows: list[bytes] = field(default_factory=list, repr=False)
    _has: dict[bytes, bool] = field(default_factory=dict, repr=False)

    @property
    def package(self) -> str:
        """The dotted name of the package that relative imports start from; empty for none."""
        return self.name if self.is_package else self.name.rpartition(".")[0]

    def times(self, word: bytes, most: int) -> int:
        """How often a word stands in the file, counted up to ``most``."""
        source = self.source
        found, at = 0, source.find(word)
        while at >= 0 and found < most:
            end = at + len(word)
            inside = at > 0 and source[at - 1] in _IN_WORD
            inside = inside or (end < len(source) and source[end] in _IN_WORD)
            found += not inside
            at = source.find(word, end)
        return found

    def has(self, word: bytes) -> bool:
        """Whether a word may stand anywhere in the file: most need not be searched for it."""
        known = self._has.get(word)
        if known is None:
            first_lines = b"".join(self.source.split(b"\n", 2)[:2])
            known = self._has[word] = b"coding" in first_lines or word in self.source
        return known

    def has_within(self, word: bytes, node: ast.stmt | ast.expr) -> bool:
        """Whether a word may stand in the lines of a node."""
        if not self.has(word):
            return False
        return any(word in row for row in self._lines_of(node)) or word not in self.source

    def words_within(self, node: ast.stmt | ast.expr) -> list[bytes]:
        """The words in the lines of a node, in their order."""
        return [word for row in self._lines_of(node) for word in _WORD.findall(row)]

    def _lines_of(self, node: ast.stmt | ast.expr) -> list[bytes]:
        if not self._rows:
            self._rows = self.source.splitlines()
        return self._rows[node.lineno - 1 : node.end_lineno]

    def span(self, node: ast.AST) -> Span:
        """Where a node stands; kept in the node, for most are asked for more than once."""
        known: Span | None = getattr(node, "span", None)
        if known is not None:
            return known
        line, column = node.lineno, node.col_offset  # type: ignore[attr-defined]
        end, end_column = node.end_lineno, node.end_col_offset  # type: ignore[attr-defined]
        if self.lines is not None:
            column = len(self.lines[line - 1][:column].decode())
            end_column = len(self.lines[end - 1][:end_column].decode())
        known = Span(self.path, line, column + 1, end, end_column + 1)
        node.span = known  # type: ignore[attr-defined]
        return known

    def text(self, span: Span) -> str:
        """The code at a place of this file, on one line; a long piece is cut."""
        if self.lines is None:
            lines = self.source.splitlines()[span.line - 1 : span.end_line]
        else:
            lines = self.lines[span.line - 1 : span.end_line]
        texts = [line.decode(errors="replace") for line in lines]
        if texts:
            texts[-1] = texts[-1][: span.end_column - 1]
            texts[0] = texts[0][span.column - 1 :]
        text = " ".join(" ".join(texts).split())
        return text if len(text) <= LONGEST_SHOWN else f"{text[: LONGEST_SHOWN - 1]}…"


@dataclass(eq=False, slots=True)
class ClassCode:
    """A class statement."""

    node: ast.ClassDef
    module: ModuleCode
    qualname: str
    made: dict[int, Class] = field(default_factory=dict, repr=False)

    @property
    def dotted_name(self) -> str:
        """The name behind its module's."""
        return f"{self.module.name}.{self.qualname}"

    @property
    def name_span(self) -> Span:
        """Where the class's name stands."""
        return _name_span(self.node, self.module, "class ")


@immutable
class Parameter:
    """A parameter of a function; ``kind`` is one of ``positional``, ``keyword``, ``*``, ``**``."""

    name: str
    kind: str
    annotation: ast.expr | None
    default: ast.expr | None


@dataclass(eq=False, slots=True)
class FunctionCode:
    """A function statement or a lambda."""

    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
    module: ModuleCode
    qualname: str
    owner: ClassCode | None = None
    parameters: tuple[Parameter, ...] = ()
    made: dict[int, Function] = field(default_factory=dict, repr=False)
    _yields: bool | None = None
    _asks_type: bool | None = None
    _mentioned: frozenset[bytes] | None = None
    _small: bool | None = None

    @property
    def is_small(self) -> bool:
        """Whether it is a few expressions that are evaluated once: a wrapper, a shorthand."""
        if self._small is None:
            nodes = list(islice(ast.walk(self.node), _MOST_NODES + 1))
            several = any(isinstance(node, _SEVERAL) for node in nodes[1:])
            self._small = len(nodes) <= _MOST_NODES and not several
        return self._small

    @property
    def mentioned(self) -> frozenset[bytes]:
        """The words in the function, its name in its own head left out."""
        if self._mentioned is None:
            words = self.module.words_within(self.node)
            own = self.name.encode()
            if own in words:
                words.remove(own)
            self._mentioned = frozenset(words)
        return self._mentioned

    @property
    def yields(self) -> bool:
        """Whether it is a generator: one ``yield`` makes it so, even where it is never reached."""
        if self._yields is None:
            self._yields = self.module.has_within(b"yield", self.node) and _yields(self.node)
        return self._yields

    @property
    def asks_type(self) -> bool:
        """Whether it may ask for the class of something."""
        if self._asks_type is None:
            self._asks_type = self.module.has_within(b"type(", self.node)
        return self._asks_type

    @property
    def name(self) -> str:
        """The function's own name."""
        return self.qualname.rpartition(".")[2]

    @property
    def dotted_name(self) -> str:
        """The name behind its module's."""
        return f"{self.module.name}.{self.qualname}"

    @property
    def name_span(self) -> Span:
        """Where the function's name stands."""
        if isinstance(self.node, ast.Lambda):
            return self.module.span(self.node)
        word = "async def " if isinstance(self.node, ast.AsyncFunctionDef) else "def "
        return _name_span(self.node, self.module, word)

    @classmethod
    def of(
        cls,
        node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda,
        module: ModuleCode,
        qualname: str,
        owner: ClassCode | None,
    ) -> FunctionCode:
        """The function of a node."""
        return cls(node, module, qualname, owner, _parameters(node.args))


def _yields(function: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> bool:
    body = function.body
    waiting: list[ast.AST] = [body] if isinstance(body, ast.expr) else list(body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Yield | ast.YieldFrom):
            return True
        if not isinstance(node, _OTHER_BODIES):
            waiting += ast.iter_child_nodes(node)
    return False


_OTHER_BODIES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)


def _name_span(
    node: ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef, module: ModuleCode, word: str
) -> Span:
    whole = module.span(node)
    column = whole.column + len(word)
    return Span(whole.file, whole.line, column, whole.line, column + len(node.name))


def _parameters(given: ast.arguments) -> tuple[Parameter, ...]:
    positional = [*given.posonlyargs, *given.args]
    missing: list[ast.expr | None] = [None] * (len(positional) - len(given.defaults))
    found = [
        Parameter(a.arg, "positional", a.annotation, default)
        for a, default in zip(positional, [*missing, *given.defaults], strict=True)
    ]
    if given.vararg is not None:
        found.append(Parameter(given.vararg.arg, "*", given.vararg.annotation, None))
    found += [
        Parameter(a.arg, "keyword", a.annotation, default)
        for a, default in zip(given.kwonlyargs, given.kw_defaults, strict=True)
    ]
    if given.kwarg is not None:
        found.append(Parameter(given.kwarg.arg, "**", given.kwarg.annotation, None))
    return tuple(found)
