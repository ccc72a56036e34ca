"""Which objects are instances of which classes, as ``isinstance`` and patterns ask."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from torq_gen.lint.facts import classes, raising, service
from torq_gen.lint.facts.text import Text
from torq_gen.lint.facts.unions import alternatives, is_unknown, join
from torq_gen.lint.facts.values import (
    DATA,
    NONE,
    BaseMethod,
    Class,
    External,
    Generated,
    Literal,
    MessageClass,
    MessageValue,
    Object,
    Tuple,
    Unknown,
    Value,
)

if TYPE_CHECKING:
    from torq_gen.lint.facts.machine import Machine


def instances(machine: Machine, value: Value, wanted: tuple[Value, ...], *, truth: bool) -> Value:
    """The part of a value that is (or is not) an instance of one of the classes."""
    kept: list[Value] = []
    for one in alternatives(value):
        verdict = _is_instance(machine, one, wanted)
        if verdict is None:
            known = not truth or not (is_unknown(one) or may_be_data(one))
            kept += [one] if known else [_instance_of(c) for c in wanted]
        elif verdict == truth:
            kept.append(one)
    if not (kept or truth or raising.ALL[1] in wanted) and raising.OTHER in alternatives(value):
        return raising.OTHER  # what ends a program, or a task, is no `Exception`
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
    if any(cls in raising.ALL for cls in wanted) and raising.is_raised(machine, value, wanted):
        return True
    if is_unknown(value) or may_be_data(value):
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
        elif any(isinstance(c, External) and c.path.endswith(_OF_ERRORS) for c in outside):
            no -= {"Exception", "BaseException"}
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


_OF_ERRORS = ("Error", ".Exception")
"""How the names of errors end: what a library calls so, may be one."""
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


def may_be_data(value: Value) -> bool:
    """Whether it is data of no known type, or an attribute of some that nobody describes."""
    if isinstance(value, BaseMethod):
        return not (isinstance(value.receiver, Object) and service.has(value.name))
    return value == DATA
