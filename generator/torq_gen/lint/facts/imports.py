"""Import statements, and functions that import."""

from __future__ import annotations

import ast
from contextlib import nullcontext
from typing import TYPE_CHECKING

from torq_gen.diagnostics import Span
from torq_gen.lint.facts import members, names
from torq_gen.lint.facts.frame import Frame, Given
from torq_gen.lint.facts.model import DynamicCode, Import
from torq_gen.lint.facts.text import Text
from torq_gen.lint.facts.unions import alternatives, join
from torq_gen.lint.facts.values import (
    NONE,
    External,
    Generated,
    Module,
    Tuple,
    Unknown,
    Value,
)

if TYPE_CHECKING:
    from torq_gen.lint.facts.machine import Machine


def run_import(machine: Machine, node: ast.Import, frame: Frame) -> None:
    """``import a.b, c as d``."""
    with machine.aside() if frame.typing_only else nullcontext():
        _import(machine, node, frame)


def run_import_from(machine: Machine, node: ast.ImportFrom, frame: Frame) -> None:
    """``from a import b, c``, relative or not."""
    with machine.aside() if frame.typing_only else nullcontext():
        _import_from(machine, node, frame)


def _import(machine: Machine, node: ast.Import, frame: Frame) -> None:
    for alias in node.names:
        span = frame.module.span(alias)
        value = module(machine, alias.name, span, frame)
        if alias.asname is not None:
            names.assign(machine, alias.asname, value, frame)
            continue
        top = alias.name.partition(".")[0]
        if top != alias.name:
            value = _resolved(machine, top)
        names.assign(machine, top, value, frame)


def _import_from(machine: Machine, node: ast.ImportFrom, frame: Frame) -> None:
    base = absolute(node, frame)
    if base is None:
        return
    value = _resolved(machine, base) if base else Unknown("its module is not known")
    noted = False
    for alias in node.names:
        span = frame.module.span(alias)
        if alias.name == "*":
            _note(machine, base, frame.module.span(node), frame)
            names.import_all(machine, value, frame)
            continue
        inner = f"{base}.{alias.name}"
        submodule = _submodule(machine, inner) if isinstance(value, Module) else None
        if submodule is not None:
            _note(machine, inner, span, frame)
        elif not noted:
            _note(machine, base, span, frame)
            noted = True
        found = submodule or members.read(machine, value, alias.name, span)
        names.assign(machine, alias.asname or alias.name, found, frame)


def absolute(node: ast.ImportFrom, frame: Frame) -> str | None:
    """The module that the names come from; None when it lies above the project."""
    if not node.level:
        return node.module or ""
    parts = frame.module.package.split(".") if frame.module.package else []
    for _ in range(node.level - 1):
        if not parts:
            return None
        parts.pop()
    return ".".join((*parts, node.module) if node.module else parts)


def module(machine: Machine, name: str, span: Span, frame: Frame) -> Value:
    """The module of a dotted name; the import is noted."""
    _note(machine, name, span, frame)
    return _resolved(machine, name)


def _resolved(machine: Machine, name: str) -> Value:
    if machine.contracts.owns(name):
        return Generated(name)
    code = machine.program.module(name, machine.near)
    if code is None:
        return External(name)
    parts = name.split(".")
    for end in range(1, len(parts) + 1):
        package = machine.program.module(".".join(parts[:end]), machine.near)
        if package is not None:
            machine.run_module(package)
    return Module(code)


def loaded(machine: Machine, key: Value) -> Value:
    """What ``sys.modules`` holds under a name: a module of the project, or of a library."""
    names = [one.exact if isinstance(one, Text) else None for one in alternatives(key)]
    unknown = Unknown("it comes from a module whose name is computed")
    found = [_resolved(machine, name) if name else unknown for name in names]
    return join(found)


def _submodule(machine: Machine, name: str) -> Value | None:
    """The project's module of that name, if it is one."""
    code = machine.program.module(name, machine.near)
    if code is None:
        return None
    machine.run_module(code)
    return Module(code)


def _note(machine: Machine, name: str, span: Span, frame: Frame) -> None:
    found = None
    if not machine.contracts.owns(name):
        code = machine.program.module(name, machine.near)
        found = None if code is None else code.path
        rival = "" if code is None else machine.program.rival(name)
        if rival and not frame.typing_only:
            top = name.partition(".")[0]
            via = f"`{top}`, which is {rival} by where Python is started (rename one)"
            machine.note(DynamicCode(span, via))
    machine.note(Import(span, name, frame.typing_only, found))


def by_name(machine: Machine, given: Given) -> Value:
    """``__import__(name, …, fromlist)``: without names to take from it, the outermost package."""
    found = by_function(machine, given)
    stated, wanted = given.argument(0, "name"), given.argument(3, "fromlist")
    if stated is None or (wanted is not None and wanted.value not in (NONE, Tuple(()))):
        return found
    names = [one.exact if isinstance(one, Text) else None for one in alternatives(stated.value)]
    known = [_resolved(machine, name.partition(".")[0]) for name in names if name]
    return join(known) if None not in names and known else found


def by_function(machine: Machine, given: Given) -> Value:
    """``importlib.import_module(name, package)``."""
    stated = given.argument(0, "name")
    if stated is None:
        return Unknown("its module is not known")
    package = given.positional[1].value if len(given.positional) > 1 else None
    keyword = given.keywords.get("package")
    package = keyword.value if keyword is not None else package
    found: list[Value] = []
    for one in alternatives(stated.value):
        name = one.exact if isinstance(one, Text) else None
        level = 0 if name is None else len(name) - len(name.lstrip("."))
        base = package.exact if isinstance(package, Text) else None
        if name is None or (level and not base):
            machine.note(DynamicCode(given.span, "a computed import"))
            found.append(Unknown("it comes from a module whose name is computed"))
            continue
        if level and base:
            parts = base.split(".")
            parts = parts[: len(parts) - level + 1]
            name = ".".join((*parts, name.lstrip(".")))
        frame = Frame(machine.current_module(given.span))
        found.append(module(machine, name, stated.span, frame))
    return join(found)
