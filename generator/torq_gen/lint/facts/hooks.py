"""Methods that a library calls since a class of the project derives from one of its own.

The service's own files are run anyway. Of shared code, only what somebody calls counts: methods
that a class of Python's library has as well, and every method of an object that holds a service and
has a base class which nobody can look into.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

from torq_gen.lint.facts import classes, definitions, raising
from torq_gen.lint.facts.unions import alternatives
from torq_gen.lint.facts.values import (
    NOTHING,
    BaseMethod,
    Class,
    External,
    Function,
    Object,
    Value,
)

if TYPE_CHECKING:
    from torq_gen.lint.facts.machine import Machine

_IDLE = (
    *("abc.", "builtins.", "collections.", "contextlib.", "dataclasses.", "enum.", "typing."),
    *("typing_extensions.", *definitions.FIELD_BASES),
)
"""Base classes that call nothing but what Python calls of every object."""
_DISPATCHED = {
    "ast.": "visit_", "cmd.": "do_", "html.": "handle_", "http.": "do_", "unittest.": "test",
}  # fmt: skip
"""How the names of methods begin that classes of a module of Python find by their names."""
_NEVER_IMPORTED = frozenset({"antigravity", "this", "idlelib", "turtledemo", "test", "__main__"})


def waiting(machine: Machine) -> Iterator[Function]:
    """The methods of objects in shared code that their base classes may call."""
    for cls in machine.instances:
        bases = [
            base.path
            for base in classes.ancestry(machine, cls)
            if isinstance(base, External)
            and not base.path.startswith(_IDLE)
            and not raising.is_error(base.path)
        ]
        if bases:
            yield from _called_by(machine, cls, bases)


def _called_by(machine: Machine, cls: Class, bases: list[str]) -> Iterator[Function]:
    of_python = [path for path in bases if path.partition(".")[0] in sys.stdlib_module_names]
    any_method = len(of_python) < len(bases) and _holds_service(machine, cls)
    for base in classes.ancestry(machine, cls):
        if not isinstance(base, Class) or machine.is_own(base.code.module.path):
            continue
        for name in machine.heap.names(base):
            if any_method or any(_has(path, name) for path in of_python):
                for one in alternatives(machine.heap.read(base, name) or NOTHING):
                    if isinstance(one, Function) and one.code not in machine.visited:
                        yield one


def _holds_service(machine: Machine, cls: Class) -> bool:
    """Whether any object of the class has a service, or its `publish`, in an attribute."""
    held = (machine.heap.all(one) for one in machine.instances[cls])
    return any(_is_service(machine, one) for value in held for one in alternatives(value))


def _is_service(machine: Machine, value: Value) -> bool:
    if isinstance(value, BaseMethod):
        value = value.receiver
    return isinstance(value, Object) and machine.service_of(value.cls) is not None


def _has(path: str, name: str) -> bool:
    begins = next((_DISPATCHED[of] for of in _DISPATCHED if path.startswith(of)), None)
    return name in _names(path) or (begins is not None and name.startswith(begins))


@cache
def _names(path: str) -> frozenset[str]:
    """The names that a class of Python's library has; none, when it cannot be imported here."""
    parts = path.split(".")
    if not _NEVER_IMPORTED.isdisjoint(parts):
        return frozenset()
    for end in range(len(parts) - 1, 0, -1):
        try:
            found: object = importlib.import_module(".".join(parts[:end]))
            for part in parts[end:]:
                found = getattr(found, part)
        except (ImportError, AttributeError):
            continue
        return frozenset(name for name in dir(found) if not hasattr(object, name))
    return frozenset()
