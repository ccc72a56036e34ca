"""Whether ``[tool.torq-gen.bus]`` names functions that there are: another one checks nothing."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from torq_gen.cli._shared.failures import UsageError, did_you_mean
from torq_gen.cli._shared.own_bus_arguments import trouble
from torq_gen.lint.settings import FILE, LintSettings, line_of

_Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef

_NOTHING = ("", "", "")
_HELP = "name the module and the class that hold its `def`, not those that import or inherit it"


def check_bus(root: Path, settings: LintSettings, text: str) -> None:
    """Refuse a name that stands for no function that the project defines, or for other arguments.

    ``text`` is that of the settings' file. A module that does not parse is a finding elsewhere.

    Raises:
        UsageError: there is one.
    """
    for does, entries in settings.bus.items():
        for name, places in entries.items():
            expected, found, help_ = _trouble(root, settings.source_roots, name, places)
            if found:
                place = f"{FILE}:{line_of(text, name, f'bus.{does}')}"
                raise UsageError(f"{place}: expected {expected}, found {found}", help_)


def _trouble(
    root: Path, source_roots: Iterable[str], name: str, places: Mapping[str, Any]
) -> tuple[str, str, str]:
    """What is expected and found of a name, and what to do; empty when nothing can be said."""
    expected = "a function that the project defines"
    module, _, qualified = name.partition(":")
    file = _file(root, source_roots, module)
    if file is None:
        return expected, f'no module {module} for "{name}"', _HELP
    body = _body(file)
    if body is None:
        return _NOTHING
    within = node = None
    for part in qualified.split("."):
        defined = dict(_names(body))
        if part not in defined:
            shown = file.relative_to(root).as_posix()
            help_ = did_you_mean(part, defined) or _HELP
            return expected, f'no {part} in {shown} for "{name}"', help_
        within, node = node, defined[part]
        if node is None:
            return _NOTHING
        body = node.body
    if node is None or isinstance(node, ast.ClassDef):
        return _NOTHING
    found, help_ = trouble(node, places, method=isinstance(within, ast.ClassDef))
    return f'an argument of "{name}"', found, help_


def _file(root: Path, source_roots: Iterable[str], module: str) -> Path | None:
    for source_root in source_roots:
        place = root.joinpath(source_root, *module.split("."))
        for file in (place.with_name(f"{place.name}.py"), place / "__init__.py"):
            if file.is_file():
                return file
    return None


def _body(file: Path) -> list[ast.stmt] | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # an odd escape is not this tool's to report
            return ast.parse(file.read_bytes()).body
    except (OSError, SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _names(nodes: Iterable[ast.AST]) -> Iterator[tuple[str, _Definition | None]]:
    """What code defines, inside other statements too; None is what is assigned: anything."""
    for node in nodes:
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                yield node.name, node
            case ast.Name(id=name, ctx=ast.Store()):
                yield name, None
            case ast.Lambda():
                pass
            case _:
                yield from _names(ast.iter_child_nodes(node))
