"""Functions that Python's library makes of other functions, and what describes a function."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torq_gen.lint.facts import escape
from torq_gen.lint.facts.frame import Given, Handler
from torq_gen.lint.facts.unions import alternatives, join
from torq_gen.lint.facts.values import DATA, Bound, External, Function, Partial, Thing, Value

if TYPE_CHECKING:
    from torq_gen.lint.facts.machine import Machine

WRAPPING = "functools.wraps"
COMPARING = "functools.cmp_to_key"


def _partial(machine: Machine, given: Given) -> Value:
    if not given.positional:
        return DATA
    function, *rest = given.positional
    words = tuple((name, a.value) for name, a in given.keywords.items())
    arguments = tuple(a.value for a in rest)
    several = None if given.rest is None else given.rest.value
    more = None if given.more is None else given.more.value
    made: list[Value] = [
        Partial(one, arguments, words, several, more) for one in alternatives(function.value)
    ]
    return join(made)


def _partial_method(machine: Machine, given: Given) -> Value:
    return Thing("functools.partialmethod", (("partial", _partial(machine, given)),))


def _wrapping(machine: Machine, given: Given) -> Value:
    """``functools.wraps(function)``: gives what it gets, and that knows the function."""
    return Thing(WRAPPING, (("wrapped", given.first_value),))


def wrap(machine: Machine, wrapper: Value, wrapped: Value) -> Value:
    """What ``functools.wraps`` and its like leave: the wrapper, which knows what it wraps."""
    for one in alternatives(wrapper):
        if isinstance(one, Function):
            machine.heap.write(one, "__wrapped__", wrapped)
    return wrapper


def _wrapped(machine: Machine, given: Given) -> Value:
    wrapped = given.argument(1, "wrapped")
    return wrap(machine, given.first_value, DATA if wrapped is None else wrapped.value)


def _comparing(machine: Machine, given: Given) -> Value:
    return Thing(COMPARING, (("by", given.first_value),))


def _described(machine: Machine, given: Given) -> Value:
    """``inspect.signature`` and its like: the defaults of functions can be read off the result."""
    for one in alternatives(given.first_value):
        inner, stated = escape.unbound(one)
        held = machine.heap.all(("defaults", inner))
        into = "what describes a function"
        for value in (held, *stated[isinstance(one, Bound) :]):
            escape.of(machine, value, given.span, into, keeps_data=True)
    return External("inspect.signature()")


TABLE: dict[str, Handler] = {
    **dict.fromkeys(("inspect.signature", "inspect.getfullargspec"), _described),
    "functools.partial": _partial,
    "functools.wraps": _wrapping,
    "functools.update_wrapper": _wrapped,
    "functools.cmp_to_key": _comparing,
    "functools.partialmethod": _partial_method,
}
