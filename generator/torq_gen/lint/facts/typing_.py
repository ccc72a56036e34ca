"""What a variable with an annotation may hold, and what the functions of `typing` say."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import TYPE_CHECKING

from torq_gen.diagnostics import Span
from torq_gen.lint.facts import classes, collections_
from torq_gen.lint.facts.frame import Frame, Given
from torq_gen.lint.facts.questions import name_of
from torq_gen.lint.facts.text import Text
from torq_gen.lint.facts.unions import alternatives, join
from torq_gen.lint.facts.values import (
    ANY_TEXT,
    DATA,
    NONE,
    Class,
    Container,
    External,
    Function,
    Generated,
    Items,
    MessageClass,
    MessageValue,
    Object,
    Plain,
    Thing,
    Tuple,
    Unknown,
    Value,
)

if TYPE_CHECKING:
    from torq_gen.lint.facts.machine import Machine

_NUMBERS = {"int", "bool", "float", "complex", "bytes", "bytearray", "memoryview", "object"}
_LISTS = {"list", "List", "deque", "Deque", "Queue", "MutableSequence", "PriorityQueue"}
_SETS = {"set", "frozenset", "Set", "FrozenSet", "MutableSet"}
_MAPPINGS = {"dict", "Dict", "Mapping", "MutableMapping", "defaultdict", "DefaultDict"}
_MAPPINGS |= {"OrderedDict", "MappingProxyType", "ChainMap"}
_ITERATED = {"Iterable", "Iterator", "AsyncIterable", "AsyncIterator", "Sequence", "Collection"}
_ITERATED |= {"Generator", "AsyncGenerator", "KeysView", "ValuesView"}
_INNER = {"Optional", "Awaitable", "Coroutine", "Annotated", "Final", "ClassVar", "Required"}
_INNER |= {"NotRequired", "ReadOnly", "Task", "Future", "TypeGuard"}
_MADE = ("random.Random", "random.SystemRandom", "decimal.Context", "string.Formatter")
"""Classes of Python whose instances are known by how they are made; beside those of `datetime`."""
_TYPING = tuple(
    f"{name}."
    for name in (
        *("typing", "typing_extensions", "collections", "builtins", "asyncio", "types"),
        *("contextvars", "queue", "abc", "enum"),
    )
)


def annotated(machine: Machine, node: ast.expr, frame: Frame) -> Value:
    """The value of a variable that is annotated so."""
    match node:
        case ast.Constant(value=str() as text):
            try:
                inner = ast.parse(text.strip(), mode="eval").body
            except (SyntaxError, ValueError):
                return Unknown(f"its annotation {text!r} does not parse")
            return annotated(machine, ast.copy_location(_placed(inner, node), node), frame)
        case ast.Constant(value=None):
            return NONE
        case ast.BinOp(op=ast.BitOr()):
            sides = (annotated(machine, side, frame) for side in (node.left, node.right))
            return join(sides)
        case ast.Subscript():
            return _generic(machine, node, frame)
    values = alternatives(machine.eval(node, frame))
    found = [_instance(machine, value, ast.unparse(node)) for value in values]
    return join(found) if found else Unknown(f"its annotation `{ast.unparse(node)}` is not known")


def _placed(inner: ast.expr, node: ast.expr) -> ast.expr:
    for part in ast.walk(inner):
        if isinstance(part, ast.expr):
            ast.copy_location(part, node)
    return inner


def _instance(machine: Machine, value: Value, shown: str) -> Value:
    match value:
        case MessageClass(name=name, struct=struct):
            return MessageValue(name, struct=struct)
        case Class(code=code):
            own = machine.libraries.own_types.get(code.dotted_name)
            return Object(value, None) if own is None else Thing(own)
        case Generated():
            return machine.contracts.instance(value)
        case External(path=path):
            return _external(machine, path, shown)
        case Thing(type="typing.TypeVar"):
            return value.get("bound") or Unknown(f"it may be of any type `{shown}`")
        case Thing(type="typing.NewType" | "typing.Alias"):
            return value.get("of") or DATA
        case Container() | Items() | Tuple() | Object() | MessageValue():
            return value  # the annotation names a type that was computed
        case Unknown():
            return Unknown(f"its annotation `{shown}` is not known")
    return DATA


def _external(machine: Machine, path: str, shown: str) -> Value:
    name = path.rpartition(".")[2]
    if path.startswith(_TYPING) or "." not in path:
        if name in ("Any", "object", "TypeVar", "Hashable"):
            return Unknown(f"its annotation `{shown}` allows anything")
        if name in ("str", "LiteralString", "AnyStr"):
            return ANY_TEXT
        if name in _NUMBERS:
            return Plain(name)
        if name in ("Callable", "type", "Type"):
            return Unknown(f"its annotation `{shown}` does not say what it gives")
        if name in _LISTS | _SETS | _MAPPINGS | _ITERATED:
            return Unknown(f"its annotation `{shown}` does not say what it holds")
    if path in ("decimal.Decimal", "fractions.Fraction"):
        return Plain("Decimal")
    if path in _MADE or path.startswith("datetime."):
        return External(f"{path}()")
    known = machine.libraries.annotation(path)
    if known is not None:
        return Thing(known)
    if path.startswith("mycelium.") and name in ("Message", "Structure"):
        return Unknown(f"its annotation `{shown}` allows every message")
    return Unknown(f"its annotation `{shown}` is a class that is not analysed")


def _generic(machine: Machine, node: ast.Subscript, frame: Frame) -> Value:
    inner = node.slice
    parts = list(inner.elts) if isinstance(inner, ast.Tuple) else [inner]
    found = []
    for base in alternatives(machine.eval(node.value, frame)):
        name = base.path.rpartition(".")[2] if isinstance(base, External) else ""
        found.append(_parametrised(machine, base, name, parts, node, frame))
    return join(found) if found else DATA


def _parametrised(
    machine: Machine,
    base: Value,
    name: str,
    parts: list[ast.expr],
    node: ast.Subscript,
    frame: Frame,
) -> Value:
    shown = ast.unparse(node)
    if not parts or (isinstance(base, External) and not base.path.startswith(_TYPING)):
        return _instance(machine, base, shown)
    if name == "Union":
        return join([annotated(machine, part, frame) for part in parts])
    if name in _INNER:
        place = 2 if name == "Coroutine" and len(parts) > 2 else 0
        value = annotated(machine, parts[place], frame)
        return join((value, NONE)) if name == "Optional" else value
    if name in ("type", "Type"):
        return _class_of(annotated(machine, parts[0], frame), shown)
    if name == "Literal":
        return join([machine.eval(part, frame) for part in parts])
    if name in ("tuple", "Tuple"):
        if len(parts) == 2 and isinstance(parts[1], ast.Constant) and parts[1].value is Ellipsis:
            return Items(annotated(machine, parts[0], frame))
        return Tuple(tuple(annotated(machine, part, frame) for part in parts))
    if name in _ITERATED:
        return Items(annotated(machine, parts[0], frame))
    if name in _LISTS | _SETS:
        made = Container("list" if name in _LISTS else "set", frame.module.span(node))
        collections_.fill(machine, made, (annotated(machine, parts[0], frame),))
        return made
    if name in _MAPPINGS and len(parts) == 2:
        made = Container("dict", frame.module.span(node))
        key = annotated(machine, parts[0], frame)
        collections_.put(machine, made, key, annotated(machine, parts[1], frame))
        return made
    if name == "ContextVar":
        made = Container("variable", frame.module.span(node))
        collections_.fill(machine, made, (annotated(machine, parts[0], frame),))
        return made
    if name == "Callable":
        returned = annotated(machine, parts[-1], frame)
        return Thing("typing.Callable", (("gives", returned),))
    return _instance(machine, base, shown)


def _class_of(value: Value, shown: str) -> Value:
    found: list[Value] = []
    for one in alternatives(value):
        match one:
            case MessageValue(name=name, struct=struct):
                found.append(MessageClass(name, struct))
            case Object(cls=cls):
                found.append(cls)
            case _:
                found.append(Unknown(f"its annotation `{shown}` does not say which class"))
    return join(found)


def stated(machine: Machine, value: Value, span: Span) -> Value:
    """As `instance_of`; a text is read as the module at the place would read it."""
    text = value.exact if isinstance(value, Text) else None
    if text is None or not span.file:
        return instance_of(machine, value)
    node = ast.Constant(text, lineno=1, col_offset=0, end_lineno=1, end_col_offset=0)
    return annotated(machine, node, Frame(machine.current_module(span)))


def instance_of(machine: Machine, value: Value) -> Value:
    """What a variable holds whose annotation has this value: ``cast``, a ``TypeVar``'s bound."""
    found: list[Value] = []
    for one in alternatives(value):
        shown = one.exact if isinstance(one, Text) else None
        if shown is not None:
            found.append(Unknown(f"its annotation `{shown}` is not known"))
        else:
            found.append(_instance(machine, one, name_of(one) or "it"))
    return join(found) if found else DATA


def hints(machine: Machine, given: Given) -> Value:
    """``get_type_hints``: annotations that are texts are evaluated."""
    for one in alternatives(given.first_value):
        for base in classes.ancestry(machine, one) if isinstance(one, Class) else ():
            stated = machine.annotations.get(base, {}) if isinstance(base, Class) else {}
            for node, frame in tuple(stated.values()):
                machine.annotated(node, frame)
        if isinstance(one, Function):
            frame = Frame(one.code.module, one.code.qualname, one.code, scope=one.scope)
            for parameter in one.code.parameters:
                if parameter.annotation is not None:
                    machine.annotated(parameter.annotation, frame)
    return External("typing.get_type_hints()")


def is_alias(machine: Machine, node: ast.AnnAssign, frame: Frame) -> bool:
    """Whether an assignment names a type."""
    name = getattr(node.annotation, "attr", getattr(node.annotation, "id", ""))
    return name == "TypeAlias" and node.value is not None


def _cast(machine: Machine, given: Given) -> Value:
    """``cast``: what a value is said to be, unless more is known of it."""
    if len(given.positional) < 2:
        return DATA
    by_type = stated(machine, given.positional[0].value, given.span)
    value = given.positional[1].value
    if isinstance(by_type, Unknown):
        return value
    known = [one for one in alternatives(value) if isinstance(one, MessageValue | Object)]
    return join(known) if known else by_type


def _type_variable(machine: Machine, given: Given) -> Value:
    bound = given.keywords.get("bound")
    options = given.positional[1:]
    if bound is not None:
        limit = instance_of(machine, bound.value)
    elif options:
        limit = join([instance_of(machine, a.value) for a in options])
    else:
        return Thing("typing.TypeVar")
    return Thing("typing.TypeVar", (("bound", limit),))


def _new_type(machine: Machine, given: Given) -> Value:
    inner = given.positional[1].value if len(given.positional) > 1 else DATA
    return Thing("typing.NewType", (("of", instance_of(machine, inner)),))


TABLE: dict[str, Callable[[Machine, Given], Value]] = {
    **dict.fromkeys(
        ("typing.get_type_hints", "typing_extensions.get_type_hints", "inspect.get_annotations"),
        hints,
    ),
    "typing.cast": _cast,
    "typing.TypeVar": _type_variable,
    "typing.NewType": _new_type,
}
