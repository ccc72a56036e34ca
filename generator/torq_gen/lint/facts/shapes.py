"""Values that hold others: what they are made of, and one in place of several that are alike."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence

from torq_gen.lint.facts.text import Text
from torq_gen.lint.facts.unions import alternatives, join
from torq_gen.lint.facts.values import (
    BaseMethod,
    Items,
    Literal,
    Partial,
    Plain,
    Thing,
    ThingMethod,
    Tuple,
    Union,
    Unknown,
    Value,
)

Made = Callable[[Sequence[Value]], Value]


MOST_LENGTHS = 4
"""Lengths of tuples that one value tells apart; of more, it is not known which item is where."""
MOST_THINGS = 4
"""Things of one type of a library that one value tells apart."""


def merged(value: Value) -> Value:
    """The value with one in place of those that are alike, which holds what any of them holds."""
    if value.__class__ is not Union:
        return value
    alike: dict[Hashable, list[tuple[Value, ...]]] = {}
    makers: dict[Hashable, Made] = {}
    others: list[Value] = []
    for one in value.of:
        shape = _shape(one)
        if shape is None:
            others.append(one)
            continue
        key, held, make = shape
        alike.setdefault(key, []).append(held)
        makers[key] = make
    if len(alike) > MOST_LENGTHS:
        _without_lengths(alike, makers)
    elif all(len(found) == 1 for found in alike.values()):
        return value
    made = [makers[key](_joined(found)) for key, found in alike.items()]
    return join([*others, *made])


def _without_lengths(
    alike: dict[Hashable, list[tuple[Value, ...]]], makers: dict[Hashable, Made]
) -> None:
    """Takes tuples of many lengths for what any number of their items can be taken from."""
    tuples = [key for key in alike if key.__class__ is int]
    if len(tuples) > MOST_LENGTHS:
        items = [(item,) for key in tuples for held in alike.pop(key) for item in held]
        alike.setdefault(Items, []).extend(items)
        makers[Items] = _items


def _items(held: Sequence[Value]) -> Value:
    return Items(held[0])


def _joined(found: list[tuple[Value, ...]]) -> list[Value]:
    """What several hold, place by place."""
    return [merged(join(list(held))) for held in zip(*found, strict=True)]


def _shape(value: Value) -> tuple[Hashable, tuple[Value, ...], Made] | None:
    """By what values are alike, what this one holds, and how one is made that holds others.

    Things are alike to none: what their fields hold, the files of their libraries know.
    """
    match value:
        case Items(item=item):
            return Items, (item,), _items
        case Tuple(items=items) if items:
            return len(items), items, lambda held: Tuple(tuple(held))
        case Partial():
            return _shape_of_partial(value)
        case BaseMethod(receiver=receiver, name=name):
            inner = _shape(receiver)
            if inner is None:
                return None
            key, parts, make = inner
            return (BaseMethod, name, key), parts, lambda held: BaseMethod(make(held), name)
    return None


def _shape_of_partial(value: Partial) -> tuple[Hashable, tuple[Value, ...], Made]:
    words, count = tuple(name for name, _ in value.keywords), len(value.positional)
    has_rest, has_more = value.rest is not None, value.more is not None
    several = [one for one in (value.rest, value.more) if one is not None]

    def made(held: Sequence[Value]) -> Partial:
        left = list(held)
        more = left.pop() if has_more else None
        rest = left.pop() if has_rest else None
        stated = tuple(zip(words, left[count:], strict=True))
        return Partial(value.function, tuple(left[:count]), stated, rest, more)

    key = (Partial, value.function, count, words, has_rest, has_more)
    return key, (*value.positional, *(one for _, one in value.keywords), *several), made


def crowded(value: Value) -> tuple[Value, ...]:
    """The things and their methods of which the value has too many of one type."""
    by_type: dict[str, list[Value]] = {}
    for one in alternatives(value):
        thing = one.receiver if one.__class__ is ThingMethod else one
        if thing.__class__ is Thing:
            by_type.setdefault(thing.type, []).append(one)
    many = (found for found in by_type.values() if len(found) > MOST_THINGS)
    return tuple(one for found in many for one in found)


def parts_of(value: Value) -> Iterator[Value]:
    """What a value is made of, as far as it can do something: no texts, no numbers."""
    match value:
        case Unknown() | Text() | Literal() | Plain():
            return
        case Tuple(items=items):
            for item in items:
                yield from parts_of(item)
        case Items(item=item):
            yield from parts_of(item)
        case Union(of=found):
            for one in found:
                yield from parts_of(one)
        case _:
            yield value
