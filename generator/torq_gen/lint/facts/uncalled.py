"""Runs what nobody in the service's own code calls: somebody else may."""

from __future__ import annotations

import ast
from collections import Counter
from typing import TYPE_CHECKING

from torq_gen.lint.facts import classes, escape, hooks, instances
from torq_gen.lint.facts.unions import join
from torq_gen.lint.facts.values import Class, Function, Object, Value

if TYPE_CHECKING:
    from torq_gen.lint.facts.machine import Machine


def enter(machine: Machine) -> None:
    """Runs what nobody in the service's own code calls: somebody else may.

    Functions whose names no code mentions come first, then what libraries call, then those that no
    other one of these functions mentions: what they call is then known to be called, and with what.
    """
    while True:
        machine.runs.run_later()
        machine.reach()
        own = _own(machine)
        first = [f for f in own if not _is_mentioned(machine, f)]
        first = first or list(dict.fromkeys(hooks.waiting(machine)))
        if not first and not own:
            return
        known = len(machine.functions)
        for function in first or _outermost(machine, own):
            if function.code not in machine.visited:
                _enter_unknown(machine, function)
                machine.visited.add(function.code)
                machine.reach()
                if machine.runs.later or (not first and known != len(machine.functions)):
                    break  # what came up may have to be entered before


def _outermost(machine: Machine, waiting: list[Function]) -> list[Function]:
    """Those of the functions that no other one mentions; all of them, when each is mentioned."""
    times = Counter(word for function in waiting for word in function.code.mentioned)
    found = []
    for function in waiting:
        name = _called_by(machine, function).encode()
        if times[name] == (name in function.code.mentioned):
            found.append(function)
    return found or waiting


def _called_by(machine: Machine, function: Function) -> str:
    """The name by which code calls a function: that of the class, if it is a constructor."""
    owner = machine.functions[function]
    made = owner is not None and function.code.name == "__init__"
    return owner.code.node.name if owner is not None and made else function.code.name


def _own(machine: Machine) -> list[Function]:
    return [
        function
        for function in machine.functions
        if function.code not in machine.visited and machine.is_own(function.code.module.path)
    ]


def _is_mentioned(machine: Machine, function: Function) -> bool:
    """Whether a function's name stands in the service's code more than once.

    Of a function without a name, its only mention is where it stands.
    """
    if isinstance(function.code.node, ast.Lambda):
        return True
    return machine.program.is_mentioned(_called_by(machine, function))


def _enter_unknown(machine: Machine, function: Function) -> None:
    owner = machine.functions[function]
    if owner is None or machine.kind_of(function) == classes.STATIC:
        escape.call_unknown(machine, function)
    elif machine.kind_of(function) == classes.OF_CLASS:
        escape.call_unknown(machine, function, owner)
    else:
        escape.call_unknown(machine, function, _receiver(machine, owner))


def _receiver(machine: Machine, owner: Class) -> Value:
    known = instances.instances_of(machine, owner)
    return join(known) if 0 < len(known) <= instances.MOST_TOLD_APART else Object(owner, None)
