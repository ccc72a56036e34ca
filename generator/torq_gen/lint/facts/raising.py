"""Errors that are raised: what a handler gets, and whoever else is given one."""

from __future__ import annotations

import builtins
from collections.abc import Callable
from typing import TYPE_CHECKING

from torq_gen.lint.facts import classes, elements, instance_tests
from torq_gen.lint.facts.frame import Given
from torq_gen.lint.facts.unions import alternatives, join
from torq_gen.lint.facts.values import DATA, Class, External, Items, Object, Tuple, Unknown, Value

if TYPE_CHECKING:
    from torq_gen.lint.facts.machine import Machine

_RAISED = ("raised",)
"""Its cell holds the objects of the project's classes that are raised anywhere."""
_ARGUMENTS = ("error arguments",)
"""Its cell holds what any error of Python is made of."""
ALL = (External("builtins.Exception"), External("builtins.BaseException"))
"""The classes of all errors: what derives from the second alone ends a program, or a task."""
OTHER = External("builtins.Exception()")
"""An error of Python or of a library, or a group of any errors."""


def remember(machine: Machine, error: Value) -> None:
    """Notes what is raised, or given to somebody as an error, if it is the project's."""
    for one in alternatives(error):
        if isinstance(one, Object):
            machine.heap.write(_RAISED, "any", one)


def raised(machine: Machine) -> Value:
    """Any error: one of the project's classes that is raised somewhere, or another."""
    own = machine.heap.read(_RAISED, "any")
    return OTHER if own is None else join((OTHER, own))


def group(machine: Machine, given: Given) -> Value:
    """``ExceptionGroup(message, errors)``."""
    for argument in given.positional[1:2]:
        remember(machine, elements.of(machine, argument.value))
    return OTHER


TABLE: dict[str, Callable[[Machine, Given], Value]] = {
    **dict.fromkeys(("builtins.ExceptionGroup", "builtins.BaseExceptionGroup"), group),
    "sys.exc_info": lambda machine, given: Tuple((DATA, raised(machine), DATA)),
    "sys.exception": lambda machine, given: raised(machine),
}


def constructed(machine: Machine, given: Given) -> None:
    """Notes what an error of Python is made of: whoever catches it can read that."""
    for argument in given.all:
        machine.heap.write(_ARGUMENTS, "any", argument.value)


def arguments(machine: Machine) -> Value:
    """``args`` of an error of Python, or of another that has them from there."""
    held = machine.heap.read(_ARGUMENTS, "any")
    unknown = Unknown("it comes with an error that other code may have made")
    return Items(unknown if held is None else join((held, unknown)))


def is_error(path: str, of: type[BaseException] = BaseException) -> bool:
    """Whether a path is that of a class of errors of Python that derives from another one."""
    name = path.removeprefix("builtins.")
    found = getattr(builtins, name, None) if name != path else None
    return isinstance(found, type) and issubclass(found, of)


def is_raised(machine: Machine, value: Value, wanted: tuple[Value, ...]) -> bool:
    """Whether a value is an error for sure, of a class of `ALL` that is among the wanted ones."""
    if isinstance(value, Object):
        of = BaseException if ALL[1] in wanted else Exception
        order = classes.ancestry(machine, value.cls)
        return any(isinstance(base, External) and is_error(base.path, of) for base in order)
    return value == OTHER


def caught(machine: Machine, kind: Value) -> Value:
    """What a handler gets: an object of a class of the project, or any that derives from others."""
    found: list[Value] = []
    for wanted in instance_tests.classes_of(machine, kind):
        if isinstance(wanted, Class):
            found.append(Object(wanted, None))
            continue
        found.append(OTHER)
        own = machine.heap.read(_RAISED, "any")
        for one in alternatives(own) if own is not None else ():
            order = classes.ancestry(machine, one.cls) if isinstance(one, Object) else ()
            if wanted in ALL or wanted in order or isinstance(one, Unknown):
                found.append(one)
    return join(found) if found else DATA
