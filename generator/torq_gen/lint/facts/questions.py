"""What a library's file may ask about values."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from torq_gen.diagnostics import Span
from torq_gen.lint.facts import classes
from torq_gen.lint.facts.frame import Frame
from torq_gen.lint.facts.model import Foreign, Known, What
from torq_gen.lint.facts.unions import alternatives, join
from torq_gen.lint.facts.values import (
    Bound,
    Class,
    External,
    Function,
    Generated,
    MessageClass,
    MessageValue,
    Object,
    Partial,
    Thing,
    Unknown,
    Value,
)

if TYPE_CHECKING:
    from torq_gen.lint.facts.machine import Machine

_WRAPPERS = {"Optional", "Annotated", "Final", "Awaitable", "Coroutine"}


def qualified(value: Value) -> str | None:
    """The dotted name of a project's function or class."""
    match value:
        case Function(code=code) | Class(code=code):
            return code.dotted_name
        case Object(cls=cls):
            return qualified(cls)
        case Bound(function=inner) | Partial(function=inner):
            return qualified(inner)
    return None


def kin(machine: Machine, cls: Value, name: str) -> Value:
    """The project's classes of a name that derive from what a class derives from, or are that."""
    bases = classes.ancestry(machine, cls) if isinstance(cls, Class) else ()
    found: dict[Value, None] = {}
    for base in (one for one in bases if isinstance(one, Class | Thing)):
        for one in (base, *alternatives(machine.heap.all(("derived", base)))):
            if isinstance(one, Class) and one.code.node.name == name:
                found[one] = None
    return join(found)


def name_of(value: Value) -> str:
    """What a class, a function or a library's part is called; empty for a value without a name."""
    match value:
        case External(path=path) | Generated(path=path):
            return path
        case MessageClass(name=name):
            return name
        case Function(code=code) | Class(code=code):
            return code.qualname
    return ""


def message(value: Value) -> What | None:
    """The message that a payload or class is; None when nobody knows."""
    match value:
        case MessageValue(name=name, struct=False) | MessageClass(name=name, struct=False):
            return Known(name)
        case Thing(type="message.encoded"):
            inner = value.get("message")
            return None if inner is None else message(inner)
        case Object() | Class():
            return Foreign(qualified(value) or "a class of the project")
    return None


def annotation(machine: Machine, value: Value, place: int) -> Value:
    """The class that a callable's n-th parameter is annotated with; -1: what it gives."""
    skipped = 0
    while isinstance(value, Bound | Partial):
        skipped += 1 if isinstance(value, Bound) else len(value.positional)
        value = value.function
    if not isinstance(value, Function):
        return Unknown()
    code = value.code
    if place < 0:
        node = None if isinstance(code.node, ast.Lambda) else code.node.returns
    else:
        positional = [p for p in code.parameters if p.kind == "positional"]
        at = place + skipped
        node = positional[at].annotation if at < len(positional) else None
    if node is None:
        return Unknown()
    frame = Frame(code.module, code.qualname, code, scope=value.scope)
    return _class_of(machine, node, frame)


def _class_of(machine: Machine, node: ast.expr, frame: Frame) -> Value:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        try:
            node = ast.parse(node.value.strip(), mode="eval").body
        except (SyntaxError, ValueError):
            return Unknown()
    if isinstance(node, ast.BinOp):
        sides = [s for s in (node.left, node.right) if not isinstance(s, ast.Constant)]
        return _class_of(machine, sides[0], frame) if len(sides) == 1 else Unknown()
    if isinstance(node, ast.Subscript):
        name = getattr(node.value, "attr", getattr(node.value, "id", ""))
        inner = node.slice.elts[0] if isinstance(node.slice, ast.Tuple) else node.slice
        return _class_of(machine, inner, frame) if name in _WRAPPERS else Unknown()
    if isinstance(node, ast.Constant):
        return Unknown()
    return machine.eval(node, frame)


def source(machine: Machine, span: Span) -> str:
    """The code at a place as it stands in its file, with its line breaks."""
    if span.file not in machine.program.paths:
        return ""
    lines = machine.program.source(span.file).decode("utf-8", "replace").splitlines(keepends=True)
    found = lines[span.line - 1 : span.end_line]
    if found:
        found[-1] = found[-1][: span.end_column - 1]
        found[0] = found[0][span.column - 1 :]
    return "".join(found)
