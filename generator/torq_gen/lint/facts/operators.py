"""Operators: what the project's objects and classes answer when Python asks them."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from torq_gen.diagnostics import Span
from torq_gen.lint.facts import classes, collections_, elements, mixins, numbers, objects
from torq_gen.lint.facts.frame import Given
from torq_gen.lint.facts.library import Argument
from torq_gen.lint.facts.operator_names import BINARY, COMPARED, UNARY
from torq_gen.lint.facts.text import Text
from torq_gen.lint.facts.unions import alternatives, join
from torq_gen.lint.facts.values import (
    NOTHING,
    Amount,
    Container,
    External,
    Items,
    Literal,
    MessageValue,
    Object,
    Plain,
    Thing,
    Tuple,
    Union,
    Unknown,
    Value,
)

if TYPE_CHECKING:
    from torq_gen.lint.facts.machine import Machine

_REFLECTED = {"lt": "gt", "le": "ge", "gt": "lt", "ge": "le"}
_DECLINED = External("builtins.NotImplemented")


def unary(machine: Machine, op: ast.unaryop, value: Value, span: Span) -> Value:
    """What ``-x``, ``+x`` and ``~x`` give: an object is asked, data stays data."""
    found: list[Value] = []
    for one in alternatives(value):
        method = classes.special(machine, one, f"__{UNARY[type(op)]}__")
        found.append(one if method is None else machine.call(method, Given(span)))
    return join(found)


def answered(
    machine: Machine, op: ast.operator, left: Value, right: Value, span: Span
) -> Value | None:
    """What the project's objects and classes make of an operator; None when no side has it.

    The left one is asked first; the right one, where that declines or is of a base class.
    """
    name = BINARY[type(op)]
    found: list[Value] = []
    asked = False
    for one in alternatives(left):
        answer = _answer(machine, one, f"__{name}__", right, span)
        for other in alternatives(right):
            declined = answer is None or _DECLINED in alternatives(answer)
            if declined or _derives(machine, other, one):
                reflected = _answer(machine, other, f"__r{name}__", one, span)
                asked |= reflected is not None
                found += () if reflected is None else alternatives(reflected)
        asked |= answer is not None
        found += () if answer is None else alternatives(answer)
    if not asked:
        return None
    kept = [one for one in found if one != _DECLINED]
    return join(kept)


def _answer(machine: Machine, one: Value, name: str, other: Value, span: Span) -> Value | None:
    method = classes.special(machine, one, name)
    if method is None:
        return None
    return machine.call(method, Given(span, (Argument(other, span),)))


def _derives(machine: Machine, value: Value, other: Value) -> bool:
    """Whether an object's class derives from another one's: then it is asked first."""
    if not isinstance(value, Object) or not isinstance(other, Object) or value.cls == other.cls:
        return False
    return other.cls in classes.ancestry(machine, value.cls)


def compared(
    machine: Machine, op: ast.cmpop, left: Value, right: Value, span: Span, depth: int = 0
) -> tuple[Value, ...]:
    """What the methods give that a comparison calls, beside mere data.

    Collections and dataclasses compare what they hold. Many of them hold the same, which is
    compared once.
    """
    if depth > DEEPEST or (_is_silent(left) and _is_silent(right)):
        return ()
    found = machine.runs.found(
        ("compared", op.__class__, left, right, span, depth),
        lambda: join(_compared(machine, op, left, right, span, depth)),
    )
    return alternatives(found)


def _compared(
    machine: Machine, op: ast.cmpop, left: Value, right: Value, span: Span, depth: int
) -> list[Value]:
    if isinstance(op, ast.In | ast.NotIn):
        _asked(machine, right, ("__contains__",), left, span)
        held = [
            elements.of(machine, one)
            for one in alternatives(right)
            if classes.special(machine, one, "__contains__") is None and _is_gone_through(one, left)
        ]
        if held and not _is_silent(left):
            compared(machine, ast.Eq(), left, join(held), span, depth + 1)
        return []
    name = COMPARED.get(type(op))
    if name is None:
        return []
    inside, others = _held(machine, left), _held(machine, right)
    if inside != NOTHING and others != NOTHING:
        for inner in (ast.Eq(), *((op,) if name in _ORDERED else ())):
            compared(machine, inner, inside, others, span, depth + 1)
    reflected = _REFLECTED.get(name, name)
    return [
        *_asked(machine, left, _answering(name), right, span),
        *_asked(machine, right, _answering(reflected), left, span),
    ]


DEEPEST = 4
"""Collections in collections that are compared with others item by item."""
_ORDERED = ("lt", "le", "gt", "ge")
_SILENT = (Text, Literal, Plain, Amount, MessageValue, Unknown)


def _is_silent(value: Value) -> bool:
    """Whether no method of it is the project's or a library's: a comparison calls none."""
    if value.__class__ is not Union:
        return value.__class__ in _SILENT
    return all(one.__class__ in _SILENT for one in value.of)


def _is_gone_through(value: Value, sought: Value) -> bool:
    """Whether a search runs the project's code: of an object, to go through it or to compare."""
    if isinstance(value, Container | Tuple | Items):
        return not _is_silent(sought)
    return isinstance(value, Object)


def _held(machine: Machine, value: Value) -> Value:
    """What is compared of a collection, or of an object of a dataclass, in its place."""
    found: list[Value] = []
    for one in alternatives(value):
        if isinstance(one, Container | Tuple | Items):
            found.append(elements.of(machine, one))
        elif isinstance(one, Object) and one.cls in machine.with_fields:
            found.append(machine.heap.all(one))
    return join(found)


def _answering(name: str) -> tuple[str, ...]:
    """The methods that may answer a comparison, the usual one first: others stand in for it.

    ``!=`` is answered by ``__eq__``, and by `functools.total_ordering` any order by any other.
    """
    others = ("eq",) if name == "ne" else _ORDERED if name in _ORDERED else ()
    return tuple(f"__{one}__" for one in dict.fromkeys((name, *others)))


def _asked(
    machine: Machine, value: Value, names: tuple[str, ...], other: Value, span: Span
) -> list[Value]:
    given = Given(span, (Argument(other, span),))
    found: list[Value] = []
    for one in alternatives(value):
        asked = (classes.special(machine, one, name) for name in names)
        method = next((known for known in asked if known is not None), None)
        if method is not None:
            found += alternatives(machine.call(method, given))
        elif isinstance(one, Object | Thing):
            found += alternatives(_asked_of_library(machine, one, names[0], given))
            if isinstance(one, Object):
                mixins.method(machine, one, names[0], given)
    return [one for one in found if not isinstance(one, Literal | Plain | Unknown | External)]


def _asked_of_library(machine: Machine, value: Object | Thing, name: str, given: Given) -> Value:
    """A library's type answers as well: ``key in client`` reads the key."""
    thing: Thing | None = value if isinstance(value, Thing) else None
    if isinstance(value, Object):
        thing = classes.base_thing(machine, value, classes.ancestry(machine, value.cls))
    model = None if thing is None else machine.libraries.method(thing, name)
    if model is None or thing is None:
        return NOTHING
    return machine.apply(model, f"{thing.type}.{name}", value, given)


def in_place(machine: Machine, op: ast.operator, left: Value, right: Value, span: Span) -> Value:
    """``left += right`` and its like."""
    found: list[Value] = []
    for one in alternatives(left):
        if isinstance(one, Thing) and one.type == objects.NAMESPACE:
            objects.update(machine, one, Given(span, (Argument(right, span),)))
            found.append(one)
            continue
        if isinstance(one, Container):
            found += [collections_.joined(machine, one, other) for other in alternatives(right)]
            continue
        name = f"__i{BINARY[type(op)]}__"
        answer = _answer(machine, one, name, right, span)
        if answer is None and isinstance(one, Object):
            given = Given(span, (Argument(right, span),))
            answer = mixins.in_place(machine, one, name, given)
        kept = () if answer is None else alternatives(answer)
        found += (given for given in kept if given != _DECLINED)
        if answer is None or _DECLINED in kept:
            found.append(numbers.binary(machine, op, one, right, span))
    return join(found)
