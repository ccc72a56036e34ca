"""What a test proves about a variable in the branch that it guards."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, TypeGuard

from torq_gen.lint.facts import classes, raising, service, tagging
from torq_gen.lint.facts.frame import Frame
from torq_gen.lint.facts.text import Text
from torq_gen.lint.facts.unions import alternatives, is_unknown, join
from torq_gen.lint.facts.values import (
    DATA,
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
    Unknown,
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
            wanted = classes_of(machine, machine.eval(classes, frame))
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


def _may_be_data(value: Value) -> bool:
    """Whether it is data of no known type, or an attribute of some that nobody describes."""
    if isinstance(value, BaseMethod):
        return not (isinstance(value.receiver, Object) and service.has(value.name))
    return value == DATA


def _is_truthy(machine: Machine, value: Value) -> bool:
    if _may_be_data(value):
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
        wanted = classes_of(machine, machine.eval(right, frame))
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
    frame.variables[name] = instances(machine, frame.variables[name], wanted, truth=truth)


def instances(machine: Machine, value: Value, wanted: tuple[Value, ...], *, truth: bool) -> Value:
    """The part of a value that is (or is not) an instance of one of the classes."""
    kept: list[Value] = []
    for one in alternatives(value):
        verdict = _is_instance(machine, one, wanted)
        if verdict is None:
            known = not truth or not (is_unknown(one) or _may_be_data(one))
            kept += [one] if known else [_instance_of(c) for c in wanted]
        elif verdict == truth:
            kept.append(one)
    return join(kept)


def classes_of(machine: Machine, value: Value) -> tuple[Value, ...]:
    """The classes that ``isinstance`` is asked about."""
    found: list[Value] = []
    for one in alternatives(value):
        if isinstance(one, Tuple):
            found += [c for item in one.items for c in classes_of(machine, item)]
        else:
            found.append(one)
    return tuple(found)


def _is_instance(machine: Machine, value: Value, wanted: tuple[Value, ...]) -> bool | None:
    """Whether a value is an instance; None when nobody knows."""
    if any(cls in raising.ALL for cls in wanted) and raising.is_raised(machine, value):
        return True
    if is_unknown(value) or _may_be_data(value):
        return None
    if isinstance(value, Text) and value.setting is not None:
        return None  # settings may be numbers, too
    if any(_is_surely(machine, value, cls) for cls in wanted):
        return True
    if isinstance(value, Object) and (value.site is None or _hides(machine, value.cls)):
        return None
    no = _NO_MESSAGES | ({"str"} if value == NONE else frozenset())
    if isinstance(value, Object):
        outside = [c for c in classes.ancestry(machine, value.cls) if not isinstance(c, Class)]
        if not all(isinstance(c, External | Generated) for c in outside):
            return None
        if not all(isinstance(c, Generated) or _is_plain(machine, c) for c in outside):
            no = frozenset()  # `OrderedDict` is a `dict`, and a library's class may be
    elif not isinstance(value, Text | MessageValue) and value != NONE:
        no = frozenset()
    return False if all(_excludes(machine, cls, no) for cls in wanted) else None


def _hides(machine: Machine, cls: Class) -> bool:
    """Whether a class says of its objects that they are of another one."""
    return classes.in_classes(machine, classes.ancestry(machine, cls), "__class__") is not None


def _is_surely(machine: Machine, value: Value, cls: Value) -> bool:
    match value:
        case MessageValue(name=name):
            return isinstance(cls, MessageClass) and cls.name == name
        case Object():
            return cls in classes.ancestry(machine, value.cls)
        case Text():
            return cls == External("builtins.str")
    return value == NONE == cls


_NO_MESSAGES = frozenset(
    (
        *("int", "float", "complex", "bool", "bytes", "bytearray", "dict", "list", "set"),
        *("frozenset", "Exception", "BaseException"),
    )
)
"""Python's own classes that no text, message, object of the project or None is an instance of.

The project's own errors are told apart before.
"""


def _excludes(machine: Machine, cls: Value, no: frozenset[str]) -> bool:
    """Whether only what is made of a class, or of one that derives from it, is its instance."""
    match cls:
        case MessageClass() | Literal(value=None):
            return True
        case External(path=path):
            return path.removeprefix("builtins.") in no
        case Class():
            order = classes.ancestry(machine, cls)
            return all(
                not _asks_itself(machine, base)
                if isinstance(base, Class)
                else isinstance(base, Generated) or _is_plain(machine, base)
                for base in order
            )
    return False


def _asks_itself(machine: Machine, base: Class) -> bool:
    """Whether a class, or its own class, may say itself what its instances are."""
    node = base.code.node
    if any(keyword.arg in (None, "metaclass") for keyword in node.keywords):
        meta = machine.heap.read(("bases", base), "metaclass")
        if meta != _ABSTRACT or _is_registered(machine):
            return True
    return any(
        isinstance(one, ast.FunctionDef) and one.name == "__subclasshook__" for one in node.body
    )


_ABSTRACT = External("abc.ABCMeta")


def _is_registered(machine: Machine) -> bool:
    """Whether any class is told to be derived from an abstract one, without being so."""
    return machine.heap.read(classes.REGISTERED, "any") is not None


def _is_plain(machine: Machine, base: Value) -> bool:
    """Whether a base class asks nothing of its instances but to derive from it."""
    if base == External("abc.ABC"):
        return not _is_registered(machine)
    name = base.path.rpartition(".")[2] if isinstance(base, External) else ""
    return name in ("object", "Exception", "NamedTuple", "Struct", "BaseModel", "Generic") or (
        name.endswith("Error")
    )


def _instance_of(cls: Value) -> Value:
    match cls:
        case MessageClass(name=name, struct=struct):
            return MessageValue(name, struct=struct)
        case Class():
            return Object(cls, None)
        case External(path=path):
            return Unknown(f"it is only known to be a `{path.removeprefix('builtins.')}`")
    return Unknown("its class is not known")


def _may_be_none(value: Value) -> bool:
    """Data and what a library gave may be None besides."""
    return _may_be_data(value) or (not isinstance(
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
