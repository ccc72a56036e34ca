"""The project's modules, classes and functions as parsed; read when they are first asked for."""

from __future__ import annotations

import ast
import re
import tokenize
import warnings
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from typing import TYPE_CHECKING

from torq_gen.diagnostics import Span
from torq_gen.lint.facts.files import Files
from torq_gen.lint.facts.model import Unreadable

if TYPE_CHECKING:
    from torq_gen.lint.facts.values import Class, Function

_WORD = re.compile(rb"[^\W\d]\w*")
LARGEST_FILE = 5_000_000
"""Bytes; a larger file is data, and nobody reads it as code."""
LONGEST_SHOWN = 60
"""Characters of an expression in a message."""


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
    _words: Counter[bytes] = field(default_factory=Counter, repr=False)
    _has: dict[bytes, bool] = field(default_factory=dict, repr=False)

    def words(self) -> Mapping[bytes, int]:
        """How often each word stands in the file."""
        if not self._words:
            self._words.update(_WORD.findall(self.source))
        return self._words

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
        if not self._rows:
            self._rows = self.source.splitlines()
        rows = self._rows[node.lineno - 1 : node.end_lineno]
        return any(word in row for row in rows) or word not in self.source

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
    def name_span(self) -> Span:
        """Where the class's name stands."""
        return _name_span(self.node, self.module, "class ")


@dataclass(frozen=True, slots=True)
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

    @property
    def yields(self) -> bool:
        """Whether it is a generator: one ``yield`` makes it so, even where it is never reached."""
        if self._yields is None:
            self._yields = self.module.has_within(b"yield", self.node) and _yields(self.node)
        return self._yields

    @property
    def name(self) -> str:
        """The function's own name."""
        return self.qualname.rpartition(".")[2]

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


def _text(source: bytes) -> str:
    encoding, _ = tokenize.detect_encoding(BytesIO(source).readline)
    return source.decode(encoding)


class Program:
    """The modules of a project, found by their dotted names below the source roots.

    ``parsed`` keeps what was parsed for further programs of the same project. ``home`` is the
    folder of a service. One that is no package is where Python is started, and modules are
    sought there first: each of several services may have some of its own under the same names.
    """

    def __init__(
        self,
        files: Files,
        roots: Iterable[str] = ("", "src"),
        parsed: dict[str, ModuleCode] | None = None,
        home: str = "",
    ) -> None:
        self._files = files
        self._roots = tuple(roots)
        self._modules: dict[str, ModuleCode | None] = {}
        self._by_path: dict[str, ModuleCode] = {}
        self._parsed = {} if parsed is None else parsed
        self._absent: dict[str, None] = {}
        self.unreadable: list[Unreadable] = []
        self._sought = tuple(dict.fromkeys((*self._roots, "")))
        if home and not files.exists(f"{home}/__init__.py"):
            self._absent[f"{home}/__init__.py"] = None
            self._sought = tuple(dict.fromkeys((home, *self._sought)))

    @property
    def paths(self) -> tuple[str, ...]:
        """The files that were read."""
        return tuple(self._by_path)

    @property
    def absent(self) -> tuple[str, ...]:
        """The files that a module would have been read from, had they been there."""
        return tuple(self._absent)

    def source(self, path: str) -> bytes:
        """The content of a file that was read; empty when it could not be."""
        return self._by_path[path].source

    def words(self, path: str) -> Mapping[bytes, int]:
        """How often each word stands in a file that was read."""
        return self._by_path[path].words()

    def module(self, name: str, near: str = "") -> ModuleCode | None:
        """The project's module of a dotted name, or None when it is no module of the project.

        ``near`` is a folder in which a script's own modules stand.
        """
        key = f"{near}:{name}" if near else name
        if key not in self._modules:
            self._modules[key] = self._find(name, near)
        return self._modules[key]

    def module_at(self, path: str) -> ModuleCode:
        """The module of a file."""
        known = self._by_path.get(path)
        if known is None:
            known = self._parsed.get(path)
            if known is None:
                known = self._parsed[path] = self._parse(self._name_of(path), path)
            self._by_path[path] = known
            if known.trouble is not None:
                self.unreadable.append(known.trouble)
            self._modules.setdefault(known.name, known)
        return known

    def _find(self, name: str, near: str) -> ModuleCode | None:
        inside = name.replace(".", "/")
        for root in dict.fromkeys((*self._sought, near) if near else self._sought):
            at = f"{root}/{inside}" if root else inside
            for path in (f"{at}/__init__.py", f"{at}.py"):
                if self._files.exists(path):
                    return self.module_at(path)
                self._absent[path] = None
            if self._files.is_folder(at) and any(True for _ in self._files.code(at)):
                return ModuleCode(name, at, is_package=True, tree=ast.Module([], []))
        return None

    def _name_of(self, path: str) -> str:
        for root in sorted(self._roots, key=len, reverse=True):
            if root and path.startswith(f"{root}/"):
                path = path[len(root) + 1 :]
                break
        inside = path.removesuffix(".py").removesuffix("/__init__")
        return inside.replace("/", ".")

    def _parse(self, name: str, path: str) -> ModuleCode:
        module = ModuleCode(name, path, is_package=path.endswith("/__init__.py"))
        try:
            source = self._files.read(path)
        except OSError as error:
            return self._give_up(module, f"cannot be read: {error.strerror or error}")
        if source is None:
            return self._give_up(module, "is not there any more")
        if len(source) > LARGEST_FILE:
            found = f"{len(source):,} bytes"
            return self._give_up(module, f"is too large: {found}, at most {LARGEST_FILE:,}")
        module.source = source
        try:
            if not source.isascii():
                module.lines = _text(source).encode().splitlines()
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # an odd escape is not this tool's to report
                module.tree = ast.parse(source)
        except SyntaxError as error:
            line, column = error.lineno or 1, error.offset or 1
            return self._give_up(module, f"does not parse: {error.msg}", line, column)
        except (RecursionError, MemoryError):  # the parser's stack ends with either
            return self._give_up(module, "does not parse: it is nested too deeply")
        except UnicodeDecodeError as error:
            line = source.count(b"\n", 0, error.start) + 1
            return self._give_up(module, f"is not {error.encoding} text", line)
        except (ValueError, LookupError) as error:
            return self._give_up(module, f"does not parse: {error}")
        return module

    def _give_up(
        self, module: ModuleCode, reason: str, line: int = 1, column: int = 1
    ) -> ModuleCode:
        column = max(column, 1)
        span = Span(module.path, max(line, 1), column, max(line, 1), column)
        module.trouble = Unreadable(span, reason)
        return module
