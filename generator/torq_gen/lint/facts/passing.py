"""Functions that give back what they are given, or a copy of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torq_gen.lint.facts import collections_
from torq_gen.lint.facts.frame import Given, Handler
from torq_gen.lint.facts.library import Argument
from torq_gen.lint.facts.unions import alternatives, join
from torq_gen.lint.facts.values import (
    DATA,
    Amount,
    Container,
    External,
    Literal,
    Object,
    Plain,
    Value,
)

if TYPE_CHECKING:
    from torq_gen.lint.facts.machine import Machine


def _same(machine: Machine, given: Given) -> Value:
    """Gives back its first argument."""
    return given.first_value


def _awaitable(name: str) -> Handler:
    """Gives back its first argument, which may be given by its name."""

    def apply(machine: Machine, given: Given) -> Value:
        argument = given.argument(0, name)
        return DATA if argument is None else argument.value

    return apply


_NUMBERS = (Literal, Plain, Amount)
"""How large a cache is; `None` among them."""


def _cached(machine: Machine, given: Given) -> Value:
    """``lru_cache(function)``; of options alone, what is then called with the function."""
    of_options = given.first is None or isinstance(given.first.value, _NUMBERS)
    return External("functools.lru_cache") if of_options else given.first_value


def _copied(machine: Machine, given: Given) -> Value:
    found: list[Value] = []
    for one in alternatives(given.first_value):
        if isinstance(one, Container):
            found.append(collections_.copied(machine, one, given.span))
            continue
        own = [
            method
            for name in ("__copy__", "__deepcopy__")
            if isinstance(one, Object) and (method := machine.method(one, name)) is not None
        ]
        memo = (Argument(DATA, given.span),)
        found += [machine.call(method, Given(given.span, memo)) for method in own] or [one]
    return join(found)


_PASSING = [
    "builtins.memoryview",
    "types.MappingProxyType",
    "functools.cache",
    "functools.total_ordering",
    "functools.singledispatch",
    "functools.singledispatchmethod",
    "enum.unique",
    "enum.member",
    "typing.final",
    "typing.override",
    "typing.runtime_checkable",
    "typing.no_type_check",
    "typing.overload",
    "typing_extensions.override",
    "typing.assert_type",
    "typing.reveal_type",
    "abc.abstractmethod",
    "contextlib.contextmanager",
    "contextlib.asynccontextmanager",
    "inspect.cleandoc",
    "sys.intern",
    "types.coroutine",
    "asyncio.coroutine",
    "atexit.unregister",
]

TABLE: dict[str, Handler] = {
    **dict.fromkeys(_PASSING, _same),
    "functools.lru_cache": _cached,
    "asyncio.shield": _awaitable("arg"),
    "asyncio.wait_for": _awaitable("fut"),
    **dict.fromkeys(("copy.copy", "copy.deepcopy"), _copied),
}
