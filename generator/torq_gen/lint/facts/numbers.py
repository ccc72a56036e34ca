"""Operators, and what they do to money.

An amount stays an amount through sums, differences, products and whole quotients. A quotient by
``/``, a float that meets it and ``float()`` are noted: each loses digits. A Decimal or Fraction
of an amount is exact, and may be divided.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING

from torq_gen.diagnostics import Span
from torq_gen.lint.facts import collections_, elements, formatting, operators, strings
from torq_gen.lint.facts.frame import Given
from torq_gen.lint.facts.library import Argument
from torq_gen.lint.facts.model import MoneyArithmetic, Operation
from torq_gen.lint.facts.operator_names import BINARY
from torq_gen.lint.facts.text import Text
from torq_gen.lint.facts.unions import alternatives, blurred, join
from torq_gen.lint.facts.values import (
    DATA,
    Amount,
    BaseMethod,
    Bound,
    Class,
    Container,
    External,
    Function,
    Items,
    Literal,
    Object,
    Partial,
    Plain,
    Thing,
    ThingMethod,
    Tuple,
    Unknown,
    Value,
)

if TYPE_CHECKING:
    from torq_gen.lint.facts.machine import Machine

MOST_ITEMS = 64
"""Items of a tuple that grew; of a longer one it is not known which stands where."""
FLOAT = Plain("float")
_INT = Plain("int")

MOST_PAIRS = 64
"""Combinations of operands that are looked at one by one."""


def binary(machine: Machine, op: ast.operator, left: Value, right: Value, span: Span) -> Value:
    """What an operator gives."""
    lefts, rights = alternatives(left), alternatives(right)
    if len(lefts) == len(rights) == 1:
        return _one(machine, op, left, right, span)
    pairs = [(a, b) for a in lefts for b in rights]
    if len(pairs) > MOST_PAIRS:
        pairs = list(_grouped(lefts, rights))
        machine.work(len(pairs))
    found = [_one(machine, op, a, b, span) for a, b in pairs]
    return join(found)


def _grouped(lefts: tuple[Value, ...], rights: tuple[Value, ...]) -> Iterator[tuple[Value, Value]]:
    """Fewer pairs of the same: only money is told apart, and what has operators of its own."""
    money = [b for b in rights if isinstance(b, Amount)]
    others = [b for b in rights if not isinstance(b, Amount)]
    plain = [a for a in lefts if not isinstance(a, Amount | Object | Thing)]
    for a in lefts:
        if isinstance(a, Object | Thing) and others:
            yield a, join(others)
        if isinstance(a, Amount):
            yield from ((a, b) for b in dict.fromkeys(map(blurred, rights)))
        yield from ((a, b) for b in money)
    for a in dict.fromkeys(map(blurred, plain)):
        yield from ((a, b) for b in dict.fromkeys(map(blurred, others)))


def _one(machine: Machine, op: ast.operator, left: Value, right: Value, span: Span) -> Value:
    kind, other = left.__class__, right.__class__
    if kind in _ASKED or other in _ASKED:
        found = operators.answered(machine, op, left, right, span)
        if found is not None:
            return found
    if isinstance(op, ast.Mod) and (template := _template(left)) is not None:
        return formatting.percent(machine, template, right, span)
    if kind is Amount or other is Amount:
        return _of_money(machine, op, left, right, span)
    if kind in (Object, Thing) or (other in (Object, Thing) and kind in (Text, Literal, Plain)):
        return _of_objects(machine, op, left, right, span)
    if kind is Text or other is Text:
        return _of_text(machine, op, left, right, span)
    if kind is Literal and other is Literal:
        return _of_literals(op, left, right)
    joins = other in _COLLECTIONS and isinstance(op, ast.Add | ast.Mult)
    if kind in _COLLECTIONS or joins:
        return _of_collections(machine, op, left, right, span)
    if kind in (Object, Thing) or other in (Object, Thing):
        return _of_objects(machine, op, left, right, span)
    if kind in (External, Unknown) and isinstance(right, _CALLED):
        machine.hand_over(right, span, "an operator that is not analysed")
    if kind is External and isinstance(op, ast.BitOr):
        return join((left, right))  # a union of types, written with |
    return _of_data(op, left, right)


def _template(value: Value) -> Value | None:
    """What ``%`` fills in: a text, or bytes read as one."""
    if isinstance(value, Literal) and isinstance(value.value, bytes):
        return Text.of((value.value.decode("latin-1"),))
    return value if isinstance(value, Text) or value == Plain("str") else None


_ASKED = (Object, Class)
"""What may have operators of its own, by its class."""
_CALLED = (Function, Bound, Partial, BaseMethod, ThingMethod)
"""What a library's operator may be given to call: ``source | self.publish``."""
_COLLECTIONS = (Container, Tuple, Items)
_UNTOLD = (Object, Unknown, External)
"""What may be a collection."""


def _of_data(op: ast.operator, left: Value, right: Value) -> Value:
    if is_float(left) or is_float(right):
        return FLOAT
    if isinstance(op, ast.BitOr):
        return join((left, right))  # of flags, of sets, of types
    numeric = {"int", "bool"}
    kinds = [_number_kind(v) for v in (left, right)]
    if all(k in numeric for k in kinds):
        return FLOAT if isinstance(op, ast.Div) else Plain("int")
    if isinstance(op, ast.Div) and any(k in numeric for k in kinds):
        unknown = [v for v in (left, right) if isinstance(v, Unknown)]
        return unknown[0] if unknown else DATA
    return next((v for v in (left, right) if isinstance(v, Unknown)), DATA)


def _number_kind(value: Value) -> str:
    if isinstance(value, Literal):
        return type(value.value).__name__
    return value.type if isinstance(value, Plain) else ""


def _of_money(machine: Machine, op: ast.operator, left: Value, right: Value, span: Span) -> Value:
    money = left if isinstance(left, Amount) else right
    other = right if money is left else left
    assert isinstance(money, Amount)
    if is_float(other):
        literal = isinstance(other, Literal)
        found = Operation.FLOAT_LITERAL if literal else Operation.FLOAT_ARITHMETIC
        note(machine, money, found, span)
        return FLOAT
    if isinstance(other, Thing) and machine.libraries.method(other, f"__{BINARY[type(op)]}__"):
        return _of_objects(machine, op, left, right, span)
    if isinstance(left, Text) or isinstance(other, Text | Tuple | Container | Items):
        return _of_text(machine, op, left, right, span) if isinstance(left, Text) else DATA
    exact = any((isinstance(v, Amount) and v.exact) or v == Plain("Decimal") for v in (left, right))
    if isinstance(op, ast.Div) and not exact:
        note(machine, money, Operation.TRUE_DIVISION, span)
        return FLOAT
    if isinstance(op, ast.Pow) and isinstance(right, Literal) and _is_negative(right):
        note(machine, money, Operation.TRUE_DIVISION, span)
        return FLOAT
    return Amount(money.of, money.origin, exact)


def _is_negative(value: Literal) -> bool:
    return isinstance(value.value, int) and value.value < 0


def note(machine: Machine, money: Amount, operation: Operation, span: Span) -> None:
    """Notes an operation that loses digits of money."""
    machine.note(MoneyArithmetic(span, operation, money.of, money.origin))


def _of_text(machine: Machine, op: ast.operator, left: Value, right: Value, span: Span) -> Value:
    if isinstance(op, ast.Add):
        return strings.concat(left, right)
    if isinstance(op, ast.Div):
        return _of_data(op, left, right)
    return strings.showing(left, right)


def _of_literals(op: ast.operator, left: Value, right: Value) -> Value:
    assert isinstance(left, Literal)
    assert isinstance(right, Literal)
    a, b = left.value, right.value
    if isinstance(a, int) and isinstance(b, int):
        floats = isinstance(op, ast.Div) or (isinstance(op, ast.Pow) and b < 0)
        return FLOAT if floats else _INT  # not reckoned: a counter would have no end
    return _of_data(op, left, right)


def _of_collections(
    machine: Machine, op: ast.operator, left: Value, right: Value, span: Span
) -> Value:
    if isinstance(left, Tuple) and isinstance(right, Tuple) and isinstance(op, ast.Add):
        items = (*left.items, *right.items)
        return Tuple(items) if len(items) <= MOST_ITEMS else Items(join(items))
    if isinstance(op, ast.Mult):
        many = left if isinstance(left, _COLLECTIONS) else right
        return Items(join(many.items)) if isinstance(many, Tuple) and many.items else many
    for one, other in ((left, right), (right, left)):
        if isinstance(one, Container):
            return collections_.joined(machine, collections_.copied(machine, one, span), other)
    puts_in = isinstance(op, ast.Add | ast.BitOr | ast.BitXor)
    if isinstance(right, _COLLECTIONS) or (puts_in and isinstance(right, _UNTOLD)):
        sides = (elements.of(machine, v) for v in (left, right))
        return Items(join(sides))
    return left


def by_method(machine: Machine, left: Value, name: str, right: Value, span: Span) -> Value | None:
    """What a method gives that is an operator by another name (``__add__``); None for others."""
    bare = name.strip("_")
    for op, known in BINARY.items():
        if bare == known:
            return binary(machine, op(), left, right, span)
        if bare == f"r{known}":
            return binary(machine, op(), right, left, span)
    return None


def _of_objects(machine: Machine, op: ast.operator, left: Value, right: Value, span: Span) -> Value:
    name = BINARY[type(op)]
    argument = Argument(right, span)
    if isinstance(left, Object | Thing):
        method = machine.attribute(left, f"__{name}__", span)
        return machine.call(method, Given(span, (argument,)))
    method = machine.attribute(right, f"__r{name}__", span)
    return machine.call(method, Given(span, (Argument(left, span),)))


def is_float(value: Value) -> bool:
    """Whether a value is surely a float."""
    if value.__class__ is Literal:
        return value.value.__class__ in (float, complex)
    return value == FLOAT
