"""Operators: what the project's objects and classes answer when Python asks them."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from torq_gen.diagnostics import Span
from torq_gen.lint.facts import classes, collections_, numbers, objects
from torq_gen.lint.facts.frame import Given
from torq_gen.lint.facts.library import Argument
from torq_gen.lint.facts.text import Text
from torq_gen.lint.facts.unions import alternatives, join
from torq_gen.lint.facts.values import (
    NOTHING,
    Amount,
    Container,
    External,
    Literal,
    MessageValue,
    Object,
    Plain,
    Thing,
    Unknown,
    Value,
)

if TYPE_CHECKING:
    from torq_gen.lint.facts.machine import Machine

_COMPARED = {
    ast.Eq: "eq", ast.NotEq: "ne", ast.Lt: "lt", ast.LtE: "le", ast.Gt: "gt", ast.GtE: "ge",
}  # fmt: skip
_REFLECTED = {"lt": "gt", "le": "ge", "gt": "lt", "ge": "le"}
_UNARY = {ast.USub: "__neg__", ast.UAdd: "__pos__", ast.Invert: "__invert__"}
_DECLINED = External("builtins.NotImplemented")


def unary(machine: Machine, op: ast.unaryop, value: Value, span: Span) -> Value:
    """What ``-x``, ``+x`` and ``~x`` give: an object is asked, data stays data."""
    found: list[Value] = []
    for one in alternatives(value):
        method = classes.special(machine, one, _UNARY[type(op)])
        found.append(one if method is None else machine.call(method, Given(span)))
    return join(found) if found else NOTHING


def answered(
    machine: Machine, op: ast.operator, left: Value, right: Value, span: Span
) -> Value | None:
    """What the project's objects and classes make of an operator; None when no side has it.

    The left one is asked first; the right one, where that declines or is of a base class.
    """
    name = numbers.METHODS[type(op)]
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
    return join(kept) if kept else NOTHING


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


def compared(machine: Machine, op: ast.cmpop, left: Value, right: Value, span: Span) -> list[Value]:
    """What the methods give that a comparison calls, beside mere data."""
    if _is_silent(left) and _is_silent(right):
        return []
    if isinstance(op, ast.In | ast.NotIn):
        _asked(machine, right, "__contains__", left, span)
        for one in alternatives(right):
            if classes.special(machine, one, "__contains__") is None and isinstance(one, Object):
                collections_.elements(machine, one)  # it is gone through
        return []
    name = _COMPARED.get(type(op))
    if name is None:
        return []
    return [
        *_asked(machine, left, f"__{name}__", right, span),
        *_asked(machine, right, f"__{_REFLECTED.get(name, name)}__", left, span),
    ]


_SILENT = (Text, Literal, Plain, Amount, MessageValue, Unknown)


def _is_silent(value: Value) -> bool:
    """Whether no method of it is the project's or a library's: a comparison calls none."""
    return all(one.__class__ in _SILENT for one in alternatives(value))


def _asked(machine: Machine, value: Value, name: str, other: Value, span: Span) -> list[Value]:
    given = Given(span, (Argument(other, span),))
    found: list[Value] = []
    for one in alternatives(value):
        method = classes.special(machine, one, name)
        if method is not None:
            found += alternatives(machine.call(method, given))
        elif isinstance(one, Object | Thing):
            found += alternatives(_asked_of_library(machine, one, name, given))
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
        method = classes.special(machine, one, f"__i{numbers.METHODS[type(op)]}__")
        if method is None:
            found.append(numbers.binary(machine, op, one, right, span))
        else:
            found.append(machine.call(method, Given(span, (Argument(right, span),))))
    return join(found) if found else NOTHING
