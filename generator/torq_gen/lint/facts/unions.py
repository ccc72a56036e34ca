"""What one gets of several values: joined, and cut down where they would grow without end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from torq_gen.lint.facts.text import Text
from torq_gen.lint.facts.values import (
    ANY_TEXT,
    MORE,
    NONE,
    NOTHING,
    Amount,
    BaseMethod,
    Bound,
    Container,
    External,
    Function,
    Items,
    Literal,
    Object,
    Partial,
    Plain,
    Super,
    Thing,
    ThingMethod,
    Tuple,
    Union,
    Unknown,
    Value,
)

LONGEST_PATH = 100
"""Characters of a dotted path; a longer one is of something that calls itself again and again."""


MOST_OBJECTS = 6
"""Objects of one class that a large union tells apart."""


DEEPEST_VALUE = 4
"""Tuples in tuples (and the like) in a cell that goes on growing; what is deeper is unknown."""


MOST_ALTERNATIVES = 24
"""A union of more keeps only what can act, and is unknown besides."""


MOST_TEXTS = 64
"""Texts that are known to the letter, counted apart: a wrapper of a client may get many topics."""


def unread(path: str) -> Value:
    """What a library's code gives."""
    if len(path) > LONGEST_PATH:
        return Unknown(f"it comes from the library {path.partition('.')[0]}")
    return External(f"{path}()")


def is_unknown(value: Value) -> bool:
    """Whether nothing is known of a value: an annotation says more, if there is one."""
    return value.__class__ is Unknown or (value.__class__ is External and "(" in value.path)


def alternatives(value: Value) -> tuple[Value, ...]:
    """The values that a value may be, one by one."""
    return value.of if isinstance(value, Union) else (value,)


def join(values: Iterable[Value]) -> Value:
    """A value that may be any of the given ones; of none, `NOTHING`."""
    if values.__class__ is not list and values.__class__ is not tuple:
        values = tuple(values)
    assert isinstance(values, list | tuple)
    if len(values) == 1:
        only: Value = values[0]
        return only
    if len(values) == 2:
        first, second = values
        if first is second or covers(first, second):
            return first
    found: dict[Value, None] = {}
    for value in values:
        if value.__class__ is Union:
            found.update(dict.fromkeys(value.of))
        else:
            found[value] = None
    if len(found) == 1:
        return next(iter(found))
    if not found:
        return NOTHING
    if (len(found) > MOST_ALTERNATIVES and _are_too_many(found)) or MORE in found:
        return _widened(found)
    return Union(tuple(found))


def _are_too_many(values: Iterable[Value]) -> bool:
    exact = [one.__class__ is Text and one.exact is not None for one in values]
    return exact.count(False) > MOST_ALTERNATIVES or exact.count(True) > MOST_TEXTS


def covers(value: Value, other: Value) -> bool:
    """Whether a value may already be all that another may be."""
    if value.__class__ is not Union:
        return value is other or value == other
    return other.members <= value.members if isinstance(other, Union) else other in value.members


def present(value: Value) -> Value:
    """The value without what only says that there is none as yet."""
    if isinstance(value, Unknown) and value.missing:
        return NOTHING
    if isinstance(value, Union) and any(isinstance(v, Unknown) and v.missing for v in value.of):
        return join([present(v) for v in value.of])
    return value


def blurred(value: Value) -> Value:
    """The value with any text in place of a certain one, and any number likewise."""
    match value:
        case Text():
            return ANY_TEXT
        case Literal(value=bool() | int() | float() | complex() as number):
            return Plain(type(number).__name__)
        case Tuple(items=items):
            return Tuple(tuple(map(blurred, items)))
        case Items(item=item):
            return Items(blurred(item))
        case Union(of=found):
            return join(map(blurred, found))
    return value


def settled(value: Value, reason: str) -> tuple[Value, Value]:
    """What of a value is one of finitely many, and the rest of it, which becomes unknown.

    Texts, numbers and what holds other values can grow without end; of texts and numbers, the
    type is kept.
    """
    value = join(map(_typed, alternatives(value)))
    kept = [v for v in alternatives(value) if _is_finite(v)]
    lost = [v for v in alternatives(value) if not _is_finite(v)]
    if not lost:
        return value, NOTHING
    return join((*kept, Unknown(reason))), join(lost)


def shallow(value: Value, reason: str) -> tuple[Value, Value]:
    """What of a value does not hold others in others in others, and the rest, as ``settled``."""
    lost = [v for v in alternatives(value) if _is_deeper(v, DEEPEST_VALUE)]
    if not lost:
        return value, NOTHING
    kept = [v for v in alternatives(value) if v not in lost]
    return join((*kept, Unknown(reason))), join(lost)


def _is_deeper(value: Value, levels: int) -> bool:
    match value:
        case Tuple(items=held) | Union(of=held):
            inner = held
        case Items(item=item):
            inner = (item,)
        case Partial(function=function, positional=given, keywords=words, rest=rest, more=more):
            several = (one for one in (rest, more) if one is not None)
            inner = (function, *given, *(v for _, v in words), *several)
        case Bound(function=function, receiver=receiver):
            inner = (function, receiver)
        case Thing(fields=fields):
            inner = tuple(v for _, v in fields)
        case _:
            return False
    return levels == 0 or any(_is_deeper(v, levels - (value.__class__ is not Union)) for v in inner)


def _typed(value: Value) -> Value:
    if isinstance(value, Text):
        return ANY_TEXT
    if isinstance(value, Literal) and value != NONE:
        return Plain(type(value.value).__name__)
    return value


def _is_finite(value: Value) -> bool:
    match value:
        case Bound(function=inner, receiver=receiver):
            return isinstance(inner, Function) and _is_finite(receiver)
        case BaseMethod(receiver=receiver):
            return _is_finite(receiver)
        case ThingMethod() | Thing(fields=()):
            return True
        case External(path=path):
            return len(path) <= LONGEST_PATH
        case Tuple() | Items() | Partial() | Super() | Thing():
            return False
    return True


def general(value: Value) -> Value:
    """The value with its numbers known by their type alone."""
    if isinstance(value, Literal) and value.value.__class__ is int:
        return Plain("int")
    if isinstance(value, Union) and any(isinstance(v, Literal) for v in value.of):
        return join(map(general, value.of))
    return value


def _is_idle(value: Value) -> bool:
    """Whether a value is data, or a method of data."""
    if value.__class__ is BaseMethod:
        value = value.receiver
        return isinstance(value, Container | Items | Tuple) or _is_idle(value)
    return isinstance(value, Text | Literal | Plain)


def _widened(values: Iterable[Value]) -> Value:
    """Data is forgotten, never what can act: a message, an object, a function.

    Of many objects of a class it is only known that they are of that class.
    """
    values = tuple(values)
    counts = Counter(v.cls for v in values if v.__class__ is Object)
    many = {cls for cls, count in counts.items() if count > MOST_OBJECTS}
    many |= {v.cls for v in values if v.__class__ is Object and v.site is None}
    forgotten = [v for v in values if is_unknown(v) or _is_idle(v)]
    amounts = [v for v in values if v.__class__ is Amount]
    if len(forgotten) < 2 and len(amounts) < 2 and not many:
        return Union(values)
    left = {v: None for v in values if v.__class__ is not Amount}
    for v in forgotten:
        left.pop(v, None)
    kept = dict.fromkeys(
        Object(v.cls, None) if v.__class__ is Object and v.cls in many else v for v in left
    )
    followed = (*kept, *amounts[:1])
    return Union((*followed, MORE)) if followed else MORE
