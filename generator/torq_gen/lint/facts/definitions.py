"""Functions and classes as they are defined: decorators, bases, fields."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import TYPE_CHECKING

from torq_gen.lint.facts import (
    arguments,
    attributes,
    classes,
    collections_,
    configured,
    construction,
    enums,
    names,
    objects,
    subscripts,
    waiting,
)
from torq_gen.lint.facts.code import ClassCode, FunctionCode
from torq_gen.lint.facts.frame import Frame, Given
from torq_gen.lint.facts.heap import ELEMENT
from torq_gen.lint.facts.library import Argument
from torq_gen.lint.facts.text import Text
from torq_gen.lint.facts.unions import alternatives, is_unknown, join
from torq_gen.lint.facts.values import (
    DATA,
    BaseMethod,
    Bound,
    Class,
    Container,
    External,
    Function,
    Object,
    Partial,
    Thing,
    ThingMethod,
    Tuple,
    Value,
)

if TYPE_CHECKING:
    from torq_gen.lint.facts.machine import Machine

_DRIVEN = ("types.coroutine", "asyncio.coroutine")
_KINDS = {
    "builtins.staticmethod": "static",
    "builtins.classmethod": "class",
    "builtins.property": "property",
    "functools.cached_property": "property",
    "abc.abstractproperty": "property",
}


def run_function(
    machine: Machine, node: ast.FunctionDef | ast.AsyncFunctionDef, frame: Frame
) -> None:
    """``def``: the function, as its decorators leave it."""
    owner = frame.owner if frame.body_of is not None else None
    symbol = f"{frame.symbol}.{node.name}" if frame.symbol else node.name
    code = machine.syntax.code_of(
        node,
        lambda: FunctionCode.of(node, frame.module, symbol, owner.code if owner else None),
    )
    assert isinstance(code, FunctionCode)
    function = Function(code, machine.scope_of(frame))
    frame.shared.update(machine.syntax.assigned_outside(node, frame))
    machine.functions.setdefault(function, owner)
    names.keep_defaults(machine, function, frame)
    value: Value = function
    name = node.name
    for decorator in reversed(node.decorator_list):
        if isinstance(decorator, ast.Attribute) and decorator.attr == "getter":
            machine.kinds[function] = _KINDS["builtins.property"]
            continue
        if isinstance(decorator, ast.Attribute) and decorator.attr in ("setter", "deleter"):
            name = f"{node.name}.{decorator.attr}"
            continue
        value = _decorated(machine, decorator, value, function, frame)
    names.assign(machine, name, value, frame)


def _decorated(
    machine: Machine, decorator: ast.expr, value: Value, function: Function, frame: Frame
) -> Value:
    """What a decorator makes of a function; a library's is taken to leave it what it is."""
    found = machine.eval(decorator, frame)
    if isinstance(found, External) and found.path in _DRIVEN:
        return Partial(External(waiting.DRIVEN), (value,))
    if isinstance(found, External) and found.path in _KINDS:
        machine.kinds[function] = _KINDS[found.path]
        return value
    if isinstance(found, External) and found.path.startswith("functools.singledispatch"):
        dispatcher = Container("dispatch", function.code.name_span)
        machine.heap.write(dispatcher, ELEMENT, value)
        return dispatcher
    span = frame.module.span(decorator)
    given = Given(span, (Argument(value, span),))
    results = []
    for one in alternatives(found):
        if isinstance(one, _CALLED):
            results.append(machine.call(one, given))
        elif isinstance(one, Thing | ThingMethod):
            made = machine.call(one, given)
            results.append(made if isinstance(made, Thing | Function) else value)
        elif isinstance(one, BaseMethod) and isinstance(one.receiver, Container):
            machine.call(one, given)
            results.append(value)
        else:
            results.append(value)
    return join([value if is_unknown(r) else r for r in results]) if results else value


def run_class(machine: Machine, node: ast.ClassDef, frame: Frame) -> None:
    """``class``: its bases, its body, its decorators."""
    symbol = f"{frame.symbol}.{node.name}" if frame.symbol else node.name
    code = machine.syntax.code_of(node, lambda: ClassCode(node, frame.module, symbol))
    assert isinstance(code, ClassCode)
    cls = Class(code, machine.scope_of(frame))
    frame.shared.update(machine.syntax.assigned_outside(node, frame))
    bases = tuple(machine.eval(base, frame) for base in node.bases)
    bases = tuple(classes.as_base(machine, base, bases, code.name_span) for base in bases)
    machine.heap.write(("bases", cls), "all", Tuple(bases))
    configured.note_bases(machine, bases)
    keywords: dict[str, Argument] = {}
    for keyword in node.keywords:
        value = machine.eval(keyword.value, frame)
        entries: Mapping[str, Value] = {keyword.arg or "": value}
        if keyword.arg is None:
            held = collections_.entries(machine, value)
            entries = {"metaclass": arguments.values_of(machine, value)} if held is None else held
        span = frame.module.span(keyword.value)
        keywords |= {name: Argument(one, span) for name, one in entries.items()}
    metaclass = keywords.pop("metaclass", None)
    stated = [] if metaclass is None else [metaclass.value]
    of_bases = (classes.metaclass_of_base(machine, o) for b in bases for o in alternatives(b))
    metaclasses = [*stated, *(one for one in of_bases if one is not None)]
    if metaclasses:
        machine.heap.write(("bases", cls), "metaclass", join(metaclasses))
        machine.heap.write(classes.METACLASSES, "any", DATA)
    machine.define(cls)
    body = Frame(
        frame.module, symbol, owner=cls, body_of=code, scope=cls.scope,
        typing_only=frame.typing_only,
    )  # fmt: skip
    space = _prepared(machine, cls, bases, keywords)
    machine.execute(node.body, body)
    for name, value in enums.defined(machine, cls, body.variables):
        machine.heap.write(cls, name, value)
        if isinstance(space, Object):
            subscripts.write(machine, space, Text.of((name,)), value, code.name_span)
    _tell_attributes(machine, cls, body)
    _tell_bases(machine, cls, keywords)
    enums.tell(machine, cls)
    result = _made_by_metaclass(machine, cls, bases, keywords)
    for decorator in reversed(node.decorator_list):
        found = machine.eval(decorator, frame)
        if _makes_fields(found):
            machine.with_fields.add(cls)
        elif any(isinstance(one, _CALLED) for one in alternatives(found)):
            span = frame.module.span(decorator)
            made = machine.call(found, Given(span, (Argument(result, span),)))
            result = result if is_unknown(made) else made
    names.assign(machine, node.name, result, frame)


def _prepared(
    machine: Machine, cls: Class, bases: tuple[Value, ...], keywords: dict[str, Argument]
) -> Value:
    """What ``__prepare__`` of a metaclass gives for the class's names; it may hold some already."""
    method = classes.special(machine, cls, "__prepare__")
    if method is None:
        return DATA
    span = cls.code.name_span
    stated = tuple(Argument(v, span) for v in (Text((cls.code.node.name,)), Tuple(bases)))
    space = machine.call(method, Given(span, stated, keywords))
    held = Container("dict", span)
    collections_.update(machine, held, space)
    for name, value in (collections_.entries(machine, held) or {}).items():
        machine.heap.write(cls, name, value)
    return space


def _tell_attributes(machine: Machine, cls: Class, body: Frame) -> None:
    """Objects in a class are told so, and by which name."""
    span = cls.code.name_span
    if attributes.READER in body.variables:
        machine.heap.write(attributes.OWN_READERS, "any", DATA)
    for name, value in body.variables.items():
        for one in alternatives(value):
            told = machine.method(one, "__set_name__") if isinstance(one, Object) else None
            if told is not None:
                given = (Argument(cls, span), Argument(Text.of((name,)), span))
                machine.call(told, Given(span, given))


def _tell_bases(machine: Machine, cls: Class, keywords: dict[str, Argument]) -> None:
    """A class is known to those that it derives from; ``__init_subclass__`` of them is called."""
    above = classes.ancestry(machine, cls)[1:]
    for base in above:
        if isinstance(base, Class):
            machine.heap.relate(cls, base)
        if isinstance(base, Class | Thing):
            machine.heap.write(
                ("derived", base), f"{cls.code.module.name}.{cls.code.qualname}", cls
            )
    found = classes.in_classes(machine, above, "__init_subclass__")
    if found is not None:
        machine.call(Bound(found[1], cls), Given(cls.code.name_span, (), keywords))


def _made_by_metaclass(
    machine: Machine, cls: Class, bases: tuple[Value, ...], keywords: dict[str, Argument]
) -> Value:
    """What a metaclass of the project, or a function in its place, makes of a class."""
    span = cls.code.name_span
    stated = (Text((cls.code.node.name,)), Tuple(bases), objects.namespace(cls))
    arguments = tuple(Argument(value, span) for value in stated)
    found = machine.heap.read(("bases", cls), "metaclass")
    for one in alternatives(found) if found is not None else ():
        if isinstance(one, Function | Bound | Partial):
            made = machine.call(one, Given(span, arguments, keywords))
            return cls if is_unknown(made) else made
    meta = classes.metaclass_of(machine, classes.ancestry(machine, cls))
    if meta is None:
        return cls
    for name, first in (("__new__", meta), ("__init__", cls)):
        own = classes.in_classes(machine, classes.ancestry(machine, meta), name)
        if own is not None:
            machine.call(own[1], Given(span, (Argument(first, span), *arguments), keywords))
    above = classes.ancestry(machine, meta)
    machine.runs.once(("asked", cls), lambda: construction.asked_by_python(machine, cls, above))
    return cls


_CALLED = (Function, Bound, Partial, Class, Object)
"""Decorators of the project: what they make is known."""
_FIELD_MAKERS = (
    "dataclasses.dataclass", "attr.", "attrs.", "pydantic.dataclasses.dataclass",
    "msgspec.", "typing.dataclass_transform",
)  # fmt: skip
FIELD_BASES = (
    "typing.NamedTuple", "msgspec.Struct", "pydantic.BaseModel", "pydantic_settings.BaseSettings",
    "typing.TypedDict", "typing_extensions.TypedDict", "collections.namedtuple",
)  # fmt: skip


def _makes_fields(value: Value) -> bool:
    return any(
        isinstance(one, External) and one.path.startswith(_FIELD_MAKERS)
        for one in alternatives(value)
    )


def remember_annotation(machine: Machine, node: ast.AnnAssign, frame: Frame) -> None:
    """Keeps the annotation of a class's variable or of an attribute of ``self``."""
    target = node.target
    if frame.body_of is not None and isinstance(target, ast.Name) and frame.owner is not None:
        classes.annotate(machine, frame.owner, target.id, node.annotation, frame)
    elif isinstance(target, ast.Attribute) and frame.owner is not None:
        classes.annotate(machine, frame.owner, f"self.{target.attr}", node.annotation, frame)


def run_type_alias(machine: Machine, node: ast.AST, frame: Frame) -> None:
    """``type X = …``."""
    name, value = node.name.id, node.value  # type: ignore[attr-defined]
    alias = Thing("typing.Alias", (("of", machine.annotated(value, frame)),))
    names.assign(machine, name, alias, frame)
