"""What a test proves about a variable in the branch that it guards."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, TypeGuard

from torq_gen.lint.facts import classes, instance_tests, tagging
from torq_gen.lint.facts.frame import Frame
from torq_gen.lint.facts.text import Text
from torq_gen.lint.facts.unions import alternatives, join
from torq_gen.lint.facts.values import (
    NONE,
    NOTHING,
    Amount,
    BaseMethod,
    Bound,
    Class,
    Container,
    External,
    Function,
    Generated,
    Literal,
    MessageClass,
    MessageValue,
    Object,
    Plain,
    Tuple,
    Union,
    Value,
)

if TYPE_CHECKING:
    from torq_gen.lint.facts.machine import Machine


def assume(machine: Machine, test: ast.expr, frame: Frame, *, truth: bool) -> None:
    """Narrows the variables that a test speaks of, given its outcome."""
    if test.__class__ is ast.Compare:
        _assume_compared(machine, test, frame, truth=truth)
        return
    match test:
        case ast.UnaryOp(op=ast.Not()):
            assume(machine, test.operand, frame, truth=not truth)
        case ast.BoolOp(op=op) if isinstance(op, ast.And) == truth:
            for operand in test.values:
                assume(machine, operand, frame, truth=truth)
        case ast.Name() | ast.NamedExpr() if truth:
            _narrow(test, frame, lambda v: not _is_falsy(v))
        case ast.Call(func=ast.Name(id="isinstance") as asked, args=[subject, classes]) if (
            machine.eval(asked, frame) == External("builtins.isinstance")
        ):
            wanted = instance_tests.classes_of(machine, machine.eval(classes, frame))
            _assume_instance(machine, subject, wanted, frame, truth=truth)
        case ast.Call(
            func=ast.Name(id="hasattr") as asked, args=[subject, ast.Constant(value=str() as name)]
        ) if truth and machine.eval(asked, frame) == External("builtins.hasattr"):
            span = frame.module.span(test)
            _narrow(subject, frame, lambda v: tagging.may_have(machine, v, name, span))


def _assume_compared(machine: Machine, test: ast.Compare, frame: Frame, *, truth: bool) -> None:
    if len(test.ops) != 1:
        return
    op, right = test.ops[0].__class__, test.comparators[0]
    if isinstance(test.left, ast.Attribute) and op in _COMPARING:
        _assume_tag(machine, test.left, test, frame, same=(op is not ast.NotEq) == truth)
    if op is ast.Is or op is ast.IsNot:
        _assume_is(machine, test.left, right, frame, same=(op is ast.Is) == truth)
    elif op is ast.Eq and truth and not _compares_itself(machine, test.left, frame):
        _assume_is(machine, test.left, right, frame, same=True)


_COMPARING = (ast.Eq, ast.NotEq, ast.Is)


def _compares_itself(machine: Machine, node: ast.expr, frame: Frame) -> bool:
    """Whether a variable may hold an object that says itself what it equals: None, too."""
    value = frame.variables.get(_name_of(node) or "", NOTHING)
    return any(
        isinstance(one, Object) and classes.method(machine, one, "__eq__") is not None
        for one in alternatives(value)
    )


def _assume_tag(
    machine: Machine, tag: ast.Attribute, test: ast.Compare, frame: Frame, *, same: bool
) -> None:
    """``x.kind == "a"``; of two equal texts nobody can tell whether they are the same one."""
    if _name_of(tag.value) not in frame.variables or (test.ops[0].__class__ is ast.Is and not same):
        return
    span, wanted = frame.module.span(test), machine.eval(test.comparators[0], frame)
    _narrow(
        tag.value,
        frame,
        lambda v: tagging.may_equal(machine, v, tag.attr, wanted, span, same=same),
    )


def decided(machine: Machine, value: Value, *, truth: bool) -> Value:
    """What of a value is true, or is false: ``and`` and ``or`` give their left side only then."""
    if truth:
        kept = [v for v in alternatives(value) if not _is_falsy(v)]
    else:
        kept = [_when_false(v) for v in alternatives(value) if not _is_truthy(machine, v)]
    return join(kept)


def _is_falsy(value: Value) -> bool:
    return (isinstance(value, Literal) and not value.value) or value == Text()


def _is_truthy(machine: Machine, value: Value) -> bool:
    if instance_tests.may_be_data(value):
        return False
    if isinstance(value, Object):
        order = classes.ancestry(machine, value.cls)
        asked = (classes.in_classes(machine, order, name) for name in ("__bool__", "__len__"))
        own = all(isinstance(base, Class | Generated) for base in order)
        return own and all(found is None for found in asked)
    if isinstance(value, Literal):
        return bool(value.value)
    return isinstance(value, MessageValue | MessageClass | Class | Function | Bound | BaseMethod)


def _when_false(value: Value) -> Value:
    """Data that is false is nothing that can be published."""
    return NONE if isinstance(value, Plain | Amount) else value


def is_impossible(before: Mapping[str, Value], after: Mapping[str, Value]) -> bool:
    """Whether a test left a variable no value: what it guards is not reached with these values."""
    for name, value in after.items():
        if value.__class__ is Union and not value.of and before.get(name, NOTHING) != NOTHING:
            return True
    return False


def _assume_is(
    machine: Machine, left: ast.expr, right: ast.expr, frame: Frame, *, same: bool
) -> None:
    if isinstance(right, ast.Constant) and right.value is None:
        _narrow(left, frame, _may_be_none if same else lambda v: v != NONE)
    elif same and _is_type_of(left) and machine.eval(left.func, frame) == _TYPE:
        # what is of another class may still derive from it
        wanted = instance_tests.classes_of(machine, machine.eval(right, frame))
        _assume_instance(machine, left.args[0], wanted, frame, truth=True)


_TYPE = External("builtins.type")


def _is_type_of(node: ast.expr) -> TypeGuard[ast.Call]:
    """Whether an expression is ``type(x)``."""
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "type"
        and len(node.args) == 1
    )


def _assume_instance(
    machine: Machine, subject: ast.expr, wanted: tuple[Value, ...], frame: Frame, *, truth: bool
) -> None:
    name = _name_of(subject)
    if name is None or name not in frame.variables or name in frame.shared:
        return
    frame.variables[name] = instance_tests.instances(
        machine, frame.variables[name], wanted, truth=truth
    )


def _may_be_none(value: Value) -> bool:
    """Data and what a library gave may be None besides."""
    return instance_tests.may_be_data(value) or (not isinstance(
        value,
        MessageValue | MessageClass | Object | Class | Function | Bound | BaseMethod
        | Container | Tuple | Amount,
    ) and not (isinstance(value, Literal) and value != NONE))  # fmt: skip


def _name_of(node: ast.expr) -> str | None:
    if isinstance(node, ast.NamedExpr):
        return node.target.id
    return node.id if isinstance(node, ast.Name) else None


def _narrow(node: ast.expr, frame: Frame, keeps: Callable[[Value], bool]) -> None:
    name = _name_of(node)
    if name is None or name not in frame.variables or name in frame.shared:
        return
    kept = [v for v in alternatives(frame.variables[name]) if keeps(v)]
    frame.variables[name] = join(kept)
