"""Functions of Python itself that go through what they get: map, zip, sorted."""

from __future__ import annotations

import ast
import itertools
from typing import TYPE_CHECKING

from torq_gen.lint.facts import collections_, elements, operators, rounds
from torq_gen.lint.facts.frame import Given, Handler
from torq_gen.lint.facts.library import Argument
from torq_gen.lint.facts.text import Text
from torq_gen.lint.facts.unions import alternatives, join, settled
from torq_gen.lint.facts.values import (
    DATA,
    NONE,
    Container,
    External,
    Items,
    Literal,
    Plain,
    Tuple,
    Value,
)

if TYPE_CHECKING:
    from torq_gen.diagnostics import Span
    from torq_gen.lint.facts.machine import Machine


def _map(machine: Machine, given: Given) -> Value:
    if not given.positional:
        return DATA
    function, *sources = given.positional
    held = sources[0].value if len(sources) == 1 and given.rest is None else NONE
    if isinstance(held, Tuple) and isinstance(function.value, External):
        one_by_one = [Argument(item, sources[0].span) for item in held.items]
        return Tuple(
            tuple(machine.call(function.value, Given(given.span, (one,))) for one in one_by_one)
        )
    arguments = [Argument(elements.of(machine, source.value), source.span) for source in sources]
    rest = given.rest
    if rest is not None:
        rest = Argument(elements.of(machine, rest.value), rest.span)
    return Items(machine.call(function.value, Given(given.span, tuple(arguments), rest=rest)))


def _filter(machine: Machine, given: Given) -> Value:
    if len(given.positional) < 2:
        return DATA
    test, source = given.positional[:2]
    item = elements.of(machine, source.value)
    if test.value != NONE:
        machine.call(test.value, Given(given.span, (Argument(item, source.span),)))
    return Items(item)


def _zip(machine: Machine, given: Given) -> Value:
    found = tuple(elements.of(machine, a.value) for a in given.positional)
    filled = given.keywords.get("fillvalue")  # of `zip_longest`
    if given.rest is not None or "repeat" in given.keywords:  # of `product`
        several = (one.value for one in (filled,) if one is not None)
        more = (elements.of(machine, one.value) for one in (given.rest,) if one is not None)
        return Items(Items(join((*found, *more, *several))))
    return Items(Tuple(found if filled is None else tuple(join((f, filled.value)) for f in found)))


def _enumerate(machine: Machine, given: Given) -> Value:
    return Items(Tuple((Plain("int"), elements.of(machine, given.first_value))))


def put_in_order(machine: Machine, item: Value, given: Given) -> None:
    """Compares items, or what a key makes of them, with each other."""
    key = given.keywords.get("key") or given.more
    if key is not None and key.value != NONE:
        item = machine.call(key.value, Given(given.span, (Argument(item, key.span),)))
    operators.compared(machine, ast.Lt(), item, item, given.span)


def _sorted(machine: Machine, given: Given) -> Value:
    item = elements.of(machine, given.first_value)
    put_in_order(machine, item, given)
    made = Container("list", given.span)
    collections_.fill(machine, made, (item,))
    return made


def _next(machine: Machine, given: Given) -> Value:
    found = [elements.next_of(machine, given.first_value)]
    found += [a.value for a in given.positional[1:]]
    return join(found)


def _least(machine: Machine, given: Given) -> Value:
    values = [a.value for a in given.positional]
    if len(values) == 1 and given.rest is None:
        values = [elements.of(machine, values[0])]
    if given.rest is not None:
        values.append(given.rest.value)
    put_in_order(machine, join(values), given)
    if "default" in given.keywords:
        values.append(given.keywords["default"].value)
    return join(values)


def folded(machine: Machine, function: Value, start: Value, item: Argument, span: Span) -> Value:
    """What a function gives that is called with what it gave before and with one more item.

    Of data it gave, only the first is followed: sums and joined texts would grow without end.
    """
    found = start
    for count in itertools.count():
        handed = (Argument(found, item.span), item)
        given = machine.call(function, Given(span, handed))
        after = join((found, _acting(given)))
        if count >= rounds.MOST:
            after, lost = settled(after, "a function makes it of what it gave before")
            machine.hand_over(lost, span, "what a function makes of what it gave before")
        if after == found:
            break
        found = after
    return join((given, _acting(start)))


def _acting(value: Value) -> Value:
    """What of a value is more than data."""
    return join(one for one in alternatives(value) if not isinstance(one, Text | Literal | Plain))


def _reduce(machine: Machine, given: Given) -> Value:
    if len(given.positional) < 2:
        return DATA
    function, source = given.positional[:2]
    item = Argument(elements.of(machine, source.value), source.span)
    start = given.positional[2].value if len(given.positional) > 2 else item.value
    return folded(machine, function.value, start, item, given.span)


TABLE: dict[str, Handler] = {
    "builtins.map": _map,
    "builtins.filter": _filter,
    "builtins.zip": _zip,
    "itertools.zip_longest": _zip,
    "itertools.product": _zip,
    "builtins.enumerate": _enumerate,
    "builtins.sorted": _sorted,
    "builtins.next": _next,
    "builtins.anext": _next,
    "builtins.min": _least,
    "builtins.max": _least,
    "functools.reduce": _reduce,
}
