"""The project's modules by their names; each is read and parsed when it is first asked for."""

from __future__ import annotations

import ast
import sys
import tokenize
import warnings
from collections.abc import Container, Iterable
from io import BytesIO

from torq_gen.diagnostics import Span
from torq_gen.lint.facts.code import ModuleCode
from torq_gen.lint.facts.files import Files
from torq_gen.lint.facts.model import Unreadable

LARGEST_FILE = 5_000_000
"""Bytes; a larger file is data, and nobody reads it as code."""
_UNPARSED = f"does not parse as Python {sys.version_info.major}.{sys.version_info.minor}"


def _below(root: str, name: str) -> str:
    """Where a module of a dotted name stands below a root, without the ending."""
    inside = name.replace(".", "/")
    return f"{root}/{inside}" if root else inside


def _text(source: bytes) -> str:
    encoding, _ = tokenize.detect_encoding(BytesIO(source).readline)
    return source.decode(encoding)


class Program:
    """The modules of a project, found by their dotted names below the source roots.

    ``parsed`` keeps what was parsed for further programs of the same project. ``home`` is the
    folder of a service. One that is no package may be where Python is started, and modules are
    sought there first: each of several services may have some of its own under the same names.

    ``libraries`` are third-party modules. Neither these nor Python's own are taken for files of the
    service's folder: who is started from the root has them, and the folder's files are read anyway.
    """

    def __init__(
        self,
        files: Files,
        roots: Iterable[str] = ("", "src"),
        parsed: dict[str, ModuleCode] | None = None,
        home: str = "",
        libraries: Container[str] = (),
    ) -> None:
        self._files = files
        self._roots = tuple(roots)
        self._modules: dict[str, ModuleCode | None] = {}
        self._by_path: dict[str, ModuleCode] = {}
        self._parsed = {} if parsed is None else parsed
        self._absent: dict[str, None] = {}
        self._mentioned: dict[tuple[str, int], bool] = {}
        self.unreadable: list[Unreadable] = []
        self._home = home
        self._libraries = libraries
        self._rivals: dict[str, str] = {}
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

    def is_mentioned(self, name: str) -> bool:
        """Whether a word stands more than once in the service's own files that were read."""
        key = (name, len(self._by_path))
        known = self._mentioned.get(key)
        if known is None:
            word, times = name.encode(), 0
            for module in [m for path, m in self._by_path.items() if self._is_own(path)]:
                times += module.times(word, 2)
                if times > 1:
                    break
            known = self._mentioned[key] = times > 1
        return known

    def _is_own(self, path: str) -> bool:
        return path.startswith(f"{self._home}/") or path == self._home

    def module(self, name: str, near: str = "") -> ModuleCode | None:
        """The project's module of a dotted name, or None when it is no module of the project.

        ``near`` is a folder in which a script's own modules stand.
        """
        key = f"{near}:{name}" if near else name
        if key not in self._modules:
            self._modules[key] = self._find(name, near)
        return self._modules[key]

    def known(self, name: str, near: str = "") -> ModuleCode | None:
        """As ``module``, if that was asked before; nothing is sought."""
        return self._modules.get(f"{near}:{name}" if near else name)

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
        top = name.partition(".")[0]
        of_python = top in sys.stdlib_module_names
        is_library = of_python or top in self._libraries
        roots = dict.fromkeys((*self._sought, near) if near else self._sought)
        for root in roots:
            path = "" if is_library and root == self._home else self._file(root, name)
            if path:
                return self.module_at(path)
        for root in () if is_library else roots:  # a package of any other kind comes before these
            at = _below(root, name)
            if self._files.is_folder(at) and any(True for _ in self._files.code(at)):
                return ModuleCode(name, at, is_package=True, tree=ast.Module([], []))
        return None

    def _file(self, root: str, name: str) -> str:
        """The file of a module below a root; empty when there is none."""
        at = _below(root, name)
        for path in (f"{at}/__init__.py", f"{at}.py"):
            if self._files.exists(path):
                return path
            self._absent[path] = None
        return ""

    def rival(self, name: str) -> str:
        """Which modules a dotted name may begin with, if it depends on where Python is started."""
        top = name.partition(".")[0]
        if top not in self._rivals:
            self._rivals[top] = self._rival(top)
        return self._rivals[top]

    def _rival(self, top: str) -> str:
        beside = f"{self._home.rpartition('/')[0]}/"
        others = (r for r in (*self._roots, "") if r != self._home and not r.startswith(beside))
        files = (self._file(root, top) for root in dict.fromkeys(others))
        other = next((path for path in files if path), "")
        if top in sys.stdlib_module_names:
            return f"{other} or the module of Python" if other else ""
        started_at_home = self._sought[0] == self._home and self._home not in self._roots
        own = self._file(self._home, top) if other and started_at_home else ""
        return f"{own} or {other}" if own else ""

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
            return self._give_up(module, f"{_UNPARSED}: {error.msg}", line, column)
        except (RecursionError, MemoryError):  # the parser's stack ends with either
            return self._give_up(module, f"{_UNPARSED}: it is nested too deeply")
        except UnicodeDecodeError as error:
            line = source.count(b"\n", 0, error.start) + 1
            return self._give_up(module, f"is not {error.encoding} text", line)
        except (ValueError, LookupError) as error:
            return self._give_up(module, f"{_UNPARSED}: {error}")
        return module

    def _give_up(
        self, module: ModuleCode, reason: str, line: int = 1, column: int = 1
    ) -> ModuleCode:
        column = max(column, 1)
        span = Span(module.path, max(line, 1), column, max(line, 1), column)
        module.trouble = Unreadable(span, reason)
        return module
