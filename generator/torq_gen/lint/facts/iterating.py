"""Functions of the standard library that iterate: itertools, heapq, and their like."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from torq_gen.lint.facts import collections_, elements, looping, numbers, operators
from torq_gen.lint.facts.frame import Given, Handler
from torq_gen.lint.facts.library import Argument
from torq_gen.lint.facts.unions import alternatives, join
from torq_gen.lint.facts.values import (
    DATA,
    NONE,
    Container,
    Items,
    Object,
    Plain,
    Tuple,
    Value,
)

if TYPE_CHECKING:
    from torq_gen.lint.facts.machine import Machine


def _elements(machine: Machine, given: Given, place: int) -> Value:
    argument = given.positional[place] if place < len(given.positional) else given.rest
    return DATA if argument is None else elements.of(machine, argument.value)


def _all(machine: Machine, given: Given) -> Value:
    """An iterator over what all arguments hold."""
    found = [elements.of(machine, a.value) for a in given.all]
    return Items(join(found))


def _some(place: int) -> Handler:
    """An iterator over some of what one argument holds."""
    return lambda machine, given: Items(_elements(machine, given, place))


def _iterated(machine: Machine, given: Given) -> Value:
    """``iter``: of a function and a last value, what the function gives."""
    if len(given.positional) > 1:
        return Items(machine.call(given.positional[0].value, Given(given.span)))
    return Items(_elements(machine, given, 0))


def _reversed(machine: Machine, given: Given) -> Value:
    found: list[Value] = []
    for one in alternatives(given.first_value):
        own = machine.method(one, "__reversed__") if isinstance(one, Object) else None
        items = one if own is None else machine.call(own, Given(given.span))
        found.append(elements.of(machine, items))
    return Items(join(found))


def _chosen(machine: Machine, given: Given) -> Value:
    """As ``_some`` of the second argument; the first is asked about each."""
    item = _elements(machine, given, 1)
    if given.first is not None and given.first.value != NONE:
        machine.call(given.first.value, Given(given.span, (Argument(item, given.span),)))
    return Items(item)


def _groups(place: int = 0) -> Handler:
    """An iterator over iterators."""
    return lambda machine, given: Items(Items(_elements(machine, given, place)))


def _grouped(machine: Machine, given: Given) -> Value:
    item = _elements(machine, given, 0)
    key = given.argument(1, "key")
    by = item
    if key is not None and key.value != NONE:
        by = machine.call(key.value, Given(given.span, (Argument(item, key.span),)))
    operators.compared(machine, ast.Eq(), by, by, given.span)
    return Items(Tuple((by, Items(item))))


def _accumulated(machine: Machine, given: Given) -> Value:
    item = _elements(machine, given, 0)
    start = given.keywords.get("initial")
    function = given.argument(1, "func")
    found = join((item, start.value)) if start is not None else item
    if function is None or function.value == NONE:
        return Items(join((found, numbers.binary(machine, ast.Add(), found, item, given.span))))
    first, handed = item if start is None else start.value, Argument(item, given.span)
    folded = looping.folded(machine, function.value, first, handed, given.span)
    return Items(join((found, folded)))


def _starmap(machine: Machine, given: Given) -> Value:
    if given.first is None:
        return DATA
    found = []
    for one in alternatives(_elements(machine, given, 1)):
        if isinstance(one, Tuple):
            arguments = tuple(Argument(item, given.span) for item in one.items)
            stated = Given(given.span, arguments)
        else:
            rest = Argument(elements.of(machine, one), given.span)
            stated = Given(given.span, rest=rest)
        found.append(machine.call(given.first.value, stated))
    return Items(join(found))


def _heap_push(machine: Machine, given: Given) -> Value:
    for one in alternatives(given.first.value) if given.first is not None else ():
        if isinstance(one, Container):
            collections_.fill(machine, one, [a.value for a in given.positional[1:2]])
    return NONE


def _heap_pop(machine: Machine, given: Given) -> Value:
    _heap_push(machine, given)
    return _elements(machine, given, 0)


def _listed(place: int) -> Handler:
    def make(machine: Machine, given: Given) -> Value:
        made = Container("list", given.span)
        collections_.fill(machine, made, (_elements(machine, given, place),))
        return made

    return make


def _in_order(place: int, handler: Handler) -> Handler:
    """A function that compares what the argument at a place holds with each other."""

    def apply(machine: Machine, given: Given) -> Value:
        found = handler(machine, given)
        looping.put_in_order(machine, _elements(machine, given, place), given)
        return found

    return apply


def _searched(machine: Machine, given: Given) -> Value:
    """``bisect``: the place of a value among others."""
    held = [_elements(machine, given, 0), *(a.value for a in given.positional[1:2])]
    looping.put_in_order(machine, join(held), given)
    return Plain("int")


METHODS_OF_RANDOM: dict[str, Handler] = {
    "choice": lambda machine, given: _elements(machine, given, 0),
    **dict.fromkeys(("sample", "choices"), _listed(0)),
}
"""Methods of `random.Random` and what derives from it, which its module has as functions."""

TABLE: dict[str, Handler] = {
    **dict.fromkeys(("builtins.iter", "builtins.aiter"), _iterated),
    "builtins.reversed": _reversed,
    **dict.fromkeys(("itertools.chain", "heapq.merge", "asyncio.as_completed"), _all),
    "itertools.chain.from_iterable": lambda machine, given: Items(
        elements.of(machine, _elements(machine, given, 0))
    ),
    "itertools.repeat": lambda machine, given: Items(given.first_value),
    **dict.fromkeys(("itertools.cycle", "itertools.islice", "itertools.compress"), _some(0)),
    **dict.fromkeys(
        ("itertools.takewhile", "itertools.dropwhile", "itertools.filterfalse"), _chosen
    ),
    **dict.fromkeys(("itertools.tee", "itertools.pairwise", "itertools.batched"), _groups()),
    **dict.fromkeys(("itertools.permutations", "itertools.combinations"), _groups()),
    "itertools.combinations_with_replacement": _groups(),
    "itertools.groupby": _grouped,
    "itertools.accumulate": _accumulated,
    "itertools.starmap": _starmap,
    "heapq.heappush": _in_order(0, _heap_push),
    "heapq.heapify": _in_order(0, lambda machine, given: NONE),
    **dict.fromkeys(
        ("heapq.heappop", "heapq.heappushpop", "heapq.heapreplace"), _in_order(0, _heap_pop)
    ),
    **dict.fromkeys(("heapq.nlargest", "heapq.nsmallest"), _in_order(1, _listed(1))),
    **{f"random.{name}": choose for name, choose in METHODS_OF_RANDOM.items()},
    "random.shuffle": lambda machine, given: NONE,
    **{f"bisect.insort{end}": _in_order(0, _heap_push) for end in ("", "_left", "_right")},
    **{f"bisect.bisect{end}": _searched for end in ("", "_left", "_right")},
}
