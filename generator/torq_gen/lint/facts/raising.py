"""Errors that are raised: what a handler gets, and whoever else is given one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torq_gen.lint.facts import classes, narrowing
from torq_gen.lint.facts.unions import alternatives, join
from torq_gen.lint.facts.values import DATA, Class, External, Object, Unknown, Value

if TYPE_CHECKING:
    from torq_gen.lint.facts.machine import Machine

_RAISED = ("raised",)
"""Its cell holds the objects of the project's classes that are raised anywhere."""
_ALL = (External("builtins.Exception"), External("builtins.BaseException"))
_OTHER = External("builtins.Exception()")


def remember(machine: Machine, error: Object) -> None:
    """Notes that an object is raised."""
    machine.heap.write(_RAISED, "any", error)


def raised(machine: Machine) -> Value:
    """Any error: one of the project's classes that is raised somewhere, or another."""
    own = machine.heap.read(_RAISED, "any")
    return _OTHER if own is None else join((_OTHER, own))


def caught(machine: Machine, kind: Value) -> Value:
    """What a handler gets: an object of a class of the project, or any that derives from others."""
    found: list[Value] = []
    for wanted in narrowing.classes_of(machine, kind):
        if isinstance(wanted, Class):
            found.append(Object(wanted, None))
            continue
        found.append(_OTHER)
        own = machine.heap.read(_RAISED, "any")
        for one in alternatives(own) if own is not None else ():
            order = classes.ancestry(machine, one.cls) if isinstance(one, Object) else ()
            if wanted in _ALL or wanted in order or isinstance(one, Unknown):
                found.append(one)
    return join(found) if found else DATA
