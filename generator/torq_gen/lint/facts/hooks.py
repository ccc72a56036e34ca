"""Methods that a library calls since a class of the project derives from one of its own.

The service's own files are run anyway. Of shared code, only what somebody calls counts: methods
that a class of Python's library has as well. Where nobody can look into the base class or the
metaclass, it may call any method, of objects that it makes itself, too: those count that can come
to a service, by what their object holds or by the words in them.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING

from torq_gen.lint.facts import classes, definitions, instances, raising
from torq_gen.lint.facts.reaching import Reach
from torq_gen.lint.facts.unions import alternatives
from torq_gen.lint.facts.values import (
    NOTHING,
    Class,
    External,
    Function,
    Unknown,
    Value,
)

if TYPE_CHECKING:
    from torq_gen.lint.facts.machine import Machine

_IDLE = (
    *("abc.", "builtins.", "collections.", "contextlib.", "dataclasses.", "enum.", "typing."),
    "typing_extensions.",
    *(base for base in definitions.FIELD_BASES if not base.startswith("pydantic")),
)
"""Base classes that call nothing but what Python calls of every object."""
_DISPATCHED = {
    "ast.": "visit_", "cmd.": "do_", "html.": "handle_", "http.": "do_", "unittest.": "test",
}  # fmt: skip
"""How the names of methods begin that classes of a module of Python find by their names."""
_NEVER_IMPORTED = frozenset({"antigravity", "this", "idlelib", "turtledemo", "test", "__main__"})


def waiting(machine: Machine) -> Iterator[Function]:
    """The methods in shared code that base classes and metaclasses may call."""
    reach = Reach(machine) if instances.has_services(machine) else None
    for cls in machine.classes:
        order = classes.ancestry(machine, cls)
        of_python, of_others = _bases(machine, order)
        made = machine.instances.get(cls)
        if made and of_python:
            yield from (f for name, f in _unseen(machine, order) if _is_of(of_python, name))
        if of_others and reach is not None:
            holds = reach.has_service(machine.heap.glance(one) for one in made or ())
            for _, method in _unseen(machine, order):
                if holds or reach.method_has_service(method, cls):
                    yield method


def _bases(machine: Machine, order: Sequence[Value]) -> tuple[list[str], bool]:
    """The base classes of Python that may call methods, and whether there are any of others."""
    of_python: list[str] = []
    of_others = False
    for base in order:
        stated = base
        if isinstance(base, Class):
            stated = machine.heap.glance(("bases", base), "metaclass")
        for one in alternatives(stated):
            path = one.path if isinstance(one, External) else ""
            if path.startswith(_IDLE) or raising.is_error(path):
                continue
            if path.partition(".")[0] in sys.stdlib_module_names:
                of_python.append(path)
            else:
                of_others |= bool(path) or isinstance(one, Unknown)
    return of_python, of_others


def _unseen(machine: Machine, order: Sequence[Value]) -> Iterator[tuple[str, Function]]:
    """The methods of shared code that nobody called, by name."""
    for base in order:
        if not isinstance(base, Class) or machine.is_own(base.code.module.path):
            continue
        for name in machine.heap.names(base):
            for one in alternatives(machine.heap.read(base, name) or NOTHING):
                if isinstance(one, Function) and one.code not in machine.visited:
                    yield name, one


def _is_of(paths: Iterable[str], name: str) -> bool:
    """Whether one of the classes of Python has a method of the name."""
    return any(_has(path, name) for path in paths)


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
