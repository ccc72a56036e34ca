"""What iterating gives: the elements of a value, and what ``next`` gives of an iterator."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torq_gen.diagnostics import Span
from torq_gen.lint.facts import (
    classes,
    collections_,
    enums,
    library_calls,
    mixins,
    objects,
    settings,
    waiting,
)
from torq_gen.lint.facts.frame import Given
from torq_gen.lint.facts.library import Argument
from torq_gen.lint.facts.text import Text
from torq_gen.lint.facts.unions import alternatives, join
from torq_gen.lint.facts.values import (
    ANY_TEXT,
    DATA,
    NONE,
    NOTHING,
    Amount,
    BaseMethod,
    Class,
    Container,
    External,
    Items,
    Object,
    Plain,
    Thing,
    Tuple,
    Unknown,
    Value,
)

if TYPE_CHECKING:
    from torq_gen.lint.facts.machine import Machine

_INDEX = Plain("int")
_NOWHERE = Given(Span("", 0, 0, 0, 0))


def of(machine: Machine, value: Value) -> Value:
    """What iterating gives, joined over all alternatives."""
    found = [_of_one(machine, one) for one in alternatives(value)]
    return join(found) if found else NOTHING


def _of_one(machine: Machine, value: Value) -> Value:
    match value:
        case Items(item=item):
            return item
        case Tuple(items=items):
            return join(items) if items else NOTHING
        case Container(kind="dict"):
            return collections_.keys(machine, value)
        case Container():
            return machine.heap.all(value)
        case Text(setting=str() as table):
            put = machine.heap.all(settings.beside(table))
            return join((settings.each_of(value) or ANY_TEXT, put))
        case Text():
            return ANY_TEXT
        case Plain(type="str"):
            return ANY_TEXT
        case Unknown():
            return value
        case External(path=path) if "(" in path:
            return value
        case Object():
            return _iterated(machine, value)
        case Thing(type=objects.NAMESPACE):
            return ANY_TEXT
        case Thing(type=waiting.CONTEXT):
            return of(machine, waiting.of_context(machine, value, "__iter__", _NOWHERE))
        case Thing():
            return library_calls.item_of(machine, value)
        case Class():
            return _of_class(machine, value)
        case BaseMethod(receiver=Container() as held):
            return join((held, machine.heap.all(held)))  # `maps` and the like: what it holds
        case Amount():
            return value
    return NOTHING if value == NONE else DATA


def _of_class(machine: Machine, cls: Class) -> Value:
    """What iterating over a class gives: an enum's members, or what its metaclass says."""
    if classes.special(machine, cls, "__iter__") is not None:
        return _iterated(machine, cls)
    return join([v for _, v in enums.members_of(machine, cls)] or [DATA])


def _iterated(machine: Machine, value: Object | Class, around: tuple[Value, ...] = ()) -> Value:
    """What iterating over an object gives; ``around`` are those whose iterator it may be."""
    passed = (*around, value)
    for name in ("__iter__", "__aiter__"):
        method = classes.special(machine, value, name)
        if method is not None:
            return next_of(machine, machine.call(method, _NOWHERE), passed)
    whole = objects.tuple_of(machine, value)
    collection = objects.collection_of(machine, value)
    if isinstance(whole, Tuple) or collection is not None:
        return of(machine, whole if collection is None else collection)
    by_place = classes.special(machine, value, "__getitem__")
    if by_place is not None:
        return machine.call(by_place, Given(_NOWHERE.span, (Argument(_INDEX, _NOWHERE.span),)))
    return next_of(machine, value, passed)


def next_of(machine: Machine, value: Value, around: tuple[Value, ...] = ()) -> Value:
    """What ``next`` gives of an iterator; ``around`` are those that are iterated over already."""
    found: list[Value] = []
    for one in alternatives(value):
        asked = [classes.special(machine, one, name) for name in ("__next__", "__anext__")]
        own = [machine.call(method, _NOWHERE) for method in asked if method is not None]
        if own or not isinstance(one, Object | Class):
            found += own or [of(machine, one)]
            continue
        if isinstance(one, Object) and mixins.is_abstract(machine, one):
            given = mixins.step(machine, one, _NOWHERE)
            if given != NOTHING:
                found.append(given)
                continue
        iterable = classes.special(machine, one, "__iter__") or objects.collection_of(machine, one)
        is_idle = iterable is None or one in around
        found.append(_not_iterated(one) if is_idle else _iterated(machine, one, around))
    return join(found) if found else NOTHING


def _not_iterated(value: Object | Class) -> Value:
    cls = value.cls if isinstance(value, Object) else value
    return Unknown(f"`{cls.code.node.name}` is iterated by code that is not analysed")
