"""Expressions to values."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from torq_gen.lint.facts import (
    call_expressions,
    comprehensions,
    displays,
    elements,
    formatting,
    generating,
    members,
    names,
    narrowing,
    numbers,
    operators,
    strings,
    subscripts,
    waiting,
)
from torq_gen.lint.facts.code import FunctionCode
from torq_gen.lint.facts.frame import Frame
from torq_gen.lint.facts.text import Text
from torq_gen.lint.facts.unions import alternatives, join
from torq_gen.lint.facts.values import (
    DATA,
    NONE,
    NOTHING,
    Function,
    Literal,
    Plain,
    Thing,
    Tuple,
    Union,
    Unknown,
    Value,
)

if TYPE_CHECKING:
    from torq_gen.lint.facts.machine import Machine


def _constant(machine: Machine, node: ast.Constant, frame: Frame) -> Value:
    known: Value | None = getattr(node, "known", None)
    if known is None:  # kept in the node: one value for all that meet it is compared at once
        known = node.known = _of_constant(node.value)  # type: ignore[attr-defined]
    return known


def _of_constant(value: object) -> Value:
    if isinstance(value, str):
        return Text((value,)) if value else Text()
    if value is None or value is Ellipsis:
        return NONE if value is None else DATA
    assert isinstance(value, int | float | complex | bytes)
    return Literal(value)


def _name(machine: Machine, node: ast.Name, frame: Frame) -> Value:
    name = node.id
    known = frame.variables.get(name)
    if known is not None and name not in frame.globals and name not in frame.nonlocals:
        if name in frame.shared:
            return join((known, names.look_up_shared(machine, name, frame)))
        return known
    if known is None and name in frame.shared:
        later = names.look_up_shared(machine, name, frame)
        if later != NOTHING:
            return later
    return names.look_up(machine, name, frame)


def _attribute(machine: Machine, node: ast.Attribute, frame: Frame) -> Value:
    value = machine.eval(node.value, frame)
    if value.__class__ is Union:
        found = [_one_attribute(machine, v, node, frame) for v in alternatives(value)]
        return join(found) if found else NOTHING
    return _one_attribute(machine, value, node, frame)


def _one_attribute(machine: Machine, value: Value, node: ast.Attribute, frame: Frame) -> Value:
    if value.__class__ is Literal and value.value is None:
        return NOTHING  # a checker of types sees that it is not None here
    return members.read(machine, value, node.attr, frame.module.span(node))


def _binary(machine: Machine, node: ast.BinOp, frame: Frame) -> Value:
    left, right = _operands(machine, node, frame)
    return numbers.binary(machine, node.op, left, right, frame.module.span(node))


def _operands(machine: Machine, node: ast.BinOp, frame: Frame) -> tuple[Value, Value]:
    """Both sides; a long chain to the left is walked, not nested."""
    chain: list[ast.BinOp] = []
    left: ast.expr = node
    while isinstance(left, ast.BinOp):
        chain.append(left)
        left = left.left
    value = machine.eval(left, frame)
    for inner in reversed(chain[1:]):
        right = machine.eval(inner.right, frame)
        value = numbers.binary(machine, inner.op, value, right, frame.module.span(inner))
    return value, machine.eval(node.right, frame)


def _unary(machine: Machine, node: ast.UnaryOp, frame: Frame) -> Value:
    value = machine.eval(node.operand, frame)
    if isinstance(node.op, ast.Not):
        return Plain("bool")
    if isinstance(node.op, ast.USub) and isinstance(value, Literal):
        number = value.value
        return Literal(-number) if isinstance(number, int | float) else DATA
    return operators.unary(machine, node.op, value, frame.module.span(node))


def _compare(machine: Machine, node: ast.Compare, frame: Frame) -> Value:
    left = machine.eval(node.left, frame)
    outside: dict[str, Value] | None = None
    found: list[Value] = [Plain("bool")]
    for place, (op, right) in enumerate(zip(node.ops, node.comparators, strict=True)):
        if place == 1:  # from here on only as long as what comes before is true
            outside = dict(frame.variables)
        value = machine.eval(right, frame)
        found += operators.compared(machine, op, left, value, frame.module.span(node))
        left = value
    if outside is not None:
        inside, frame.variables = frame.variables, outside
        comprehensions.keep_assigned(machine, node, inside, frame)
    return join(found)


def _boolean(machine: Machine, node: ast.BoolOp, frame: Frame) -> Value:
    """Every operand may be the last; one that follows another sees what that one proved."""
    outside = frame.variables
    frame.variables = dict(outside)
    wanted = isinstance(node.op, ast.And)
    found: list[Value] = []
    for place, operand in enumerate(node.values, 1):
        value = machine.eval(operand, frame)
        last = place == len(node.values)
        found.append(value if last else narrowing.decided(machine, value, truth=not wanted))
        before = dict(frame.variables)
        narrowing.assume(machine, operand, frame, truth=wanted)
        if narrowing.is_impossible(before, frame.variables):
            break
    inside, frame.variables = frame.variables, outside
    comprehensions.keep_assigned(machine, node, inside, frame, surely=node.values[0])
    return join(found)


def _conditional(machine: Machine, node: ast.IfExp, frame: Frame) -> Value:
    machine.eval(node.test, frame)
    before = frame.variables
    found = []
    for branch, truth in ((node.body, True), (node.orelse, False)):
        frame.variables = dict(before)
        narrowing.assume(machine, node.test, frame, truth=truth)
        if narrowing.is_impossible(before, frame.variables):
            frame.variables = before
            continue
        found.append(machine.eval(branch, frame))
        inside, frame.variables = frame.variables, before
        comprehensions.keep_assigned(machine, branch, inside, frame)
    return join(found) if found else NOTHING


def _walrus(machine: Machine, node: ast.NamedExpr, frame: Frame) -> Value:
    value = machine.eval(node.value, frame)
    names.assign(machine, node.target.id, value, frame)
    return value


def _await(machine: Machine, node: ast.Await, frame: Frame) -> Value:
    return waiting.awaited(machine, machine.eval(node.value, frame))


def _yield(machine: Machine, node: ast.Yield, frame: Frame) -> Value:
    frame.generates = True
    frame.yields.append(NONE if node.value is None else machine.eval(node.value, frame))
    return generating.sent(machine)


def _yield_from(machine: Machine, node: ast.YieldFrom, frame: Frame) -> Value:
    frame.generates = True
    value = machine.eval(node.value, frame)
    frame.yields.append(elements.of(machine, value))
    if any(isinstance(one, Thing) for one in alternatives(value)):
        return join((waiting.awaited(machine, value), generating.returned(machine)))
    return join((DATA, generating.returned(machine)))


def _lambda(machine: Machine, node: ast.Lambda, frame: Frame) -> Value:
    code = machine.syntax.code_of(
        node, lambda: FunctionCode.of(node, frame.module, f"{frame.symbol}.<lambda>", None)
    )
    assert isinstance(code, FunctionCode)
    function = Function(code, machine.scope_of(frame))
    machine.functions.setdefault(function, None)
    names.keep_defaults(machine, function, frame)
    return function


def _subscript(machine: Machine, node: ast.Subscript, frame: Frame) -> Value:
    value = machine.eval(node.value, frame)
    if isinstance(node.slice, ast.Slice):
        whole = waiting.by_place(machine, value)
        part = _part_of(node.slice, whole) if isinstance(whole, Tuple) else None
        if part is not None:
            return part
    key = machine.eval(node.slice, frame)
    span = frame.module.span(node)
    return subscripts.read(machine, value, key, span)


def _part_of(node: ast.Slice, value: Tuple) -> Value | None:
    """A tuple's slice by constants."""
    bounds: list[int | None] = []
    for bound in (node.lower, node.upper, node.step):
        try:
            known = None if bound is None else ast.literal_eval(bound)
        except ValueError:
            return None
        if known is not None and (
            not isinstance(known, int) or (known == 0 and bound is node.step)
        ):
            return None
        bounds.append(known)
    return Tuple(value.items[slice(*bounds)])


def _slice(machine: Machine, node: ast.Slice, frame: Frame) -> Value:
    for part in (node.lower, node.upper, node.step):
        if part is not None:
            machine.eval(part, frame)
    return Plain("slice")


def _starred(machine: Machine, node: ast.Starred, frame: Frame) -> Value:
    return machine.eval(node.value, frame)


def _template(machine: Machine, node: ast.JoinedStr, frame: Frame) -> Value:
    return formatting.joined(machine, node, frame)


def _formatted(machine: Machine, node: ast.FormattedValue, frame: Frame) -> Value:
    machine.eval(node.value, frame)
    return strings.ANY


def anything(machine: Machine, node: ast.expr, frame: Frame) -> Value:
    """An expression of a kind that is younger than this tool."""
    for part in ast.iter_child_nodes(node):
        if isinstance(part, ast.expr):
            machine.eval(part, frame)
    return Unknown(f"it is a `{node.__class__.__name__}`, which is not analysed")


EVALUATE: dict[type[ast.expr], Callable[[Machine, Any, Frame], Value]] = {
    ast.Constant: _constant,
    ast.Name: _name,
    ast.Attribute: _attribute,
    ast.Call: call_expressions.call,
    ast.BinOp: _binary,
    ast.UnaryOp: _unary,
    ast.Compare: _compare,
    ast.BoolOp: _boolean,
    ast.IfExp: _conditional,
    ast.NamedExpr: _walrus,
    ast.Await: _await,
    ast.Yield: _yield,
    ast.YieldFrom: _yield_from,
    ast.Lambda: _lambda,
    ast.Tuple: displays.tuple_,
    ast.List: displays.list_or_set,
    ast.Set: displays.list_or_set,
    ast.Dict: displays.dict_,
    ast.ListComp: comprehensions.comprehension,
    ast.SetComp: comprehensions.comprehension,
    ast.GeneratorExp: comprehensions.comprehension,
    ast.DictComp: comprehensions.dict_comprehension,
    ast.Subscript: _subscript,
    ast.Slice: _slice,
    ast.Starred: _starred,
    ast.JoinedStr: _template,
    ast.FormattedValue: _formatted,
}
