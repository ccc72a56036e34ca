"""Methods of lists, sets, dictionaries and queues."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torq_gen.lint.facts import collections_, elements, looping, raising, subscripts
from torq_gen.lint.facts.frame import Given
from torq_gen.lint.facts.heap import ELEMENT
from torq_gen.lint.facts.library import Argument
from torq_gen.lint.facts.text import Text
from torq_gen.lint.facts.unions import alternatives, join
from torq_gen.lint.facts.values import (
    DATA,
    NONE,
    NOTHING,
    BaseMethod,
    Container,
    Function,
    Items,
    Thing,
    Tuple,
    Unknown,
    Value,
)

if TYPE_CHECKING:
    from torq_gen.lint.facts.machine import Machine


_PUTTING = frozenset(
    [
        *("append", "add", "appendleft", "put", "put_nowait", "push"),
        *("set", "set_result"),
    ]
)
_JOINING = frozenset(
    [
        *("extend", "extendleft", "update", "__iadd__", "__ior__", "__ixor__", "__iand__"),
        "symmetric_difference_update",
    ]
)
_COPYING = frozenset(
    [
        *("copy", "union", "intersection", "symmetric_difference", "__copy__"),
        *("__add__", "__or__", "__and__", "__xor__", "__radd__", "__ror__", "__rand__", "__rxor__"),
    ]
)
_LESSENING = frozenset({"difference", "__sub__", "__mul__", "__rmul__"})
_GIVING = frozenset(
    ["pop", "popleft", "get", "get_nowait", "popitem", "result", "__getitem__", "__next__"]
)
_IDLE = frozenset(
    [
        *("remove", "discard", "clear", "reverse", "rotate", "index", "count", "isdisjoint"),
        *("issubset", "issuperset", "difference_update", "intersection_update", "reset"),
        *("move_to_end", "empty", "full", "qsize", "join", "task_done", "done", "cancel"),
        *("cancelled", "remove_done_callback", "shutdown", "maxlen"),
        *("__init__", "__len__", "__contains__"),
        *("__delitem__", "__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__", "__bool__"),
        *("__repr__", "__str__", "__hash__", "__sizeof__", "__class_getitem__"),
    ]
)
"""Methods that put nothing in and give data."""
_SEEKING = frozenset(("count", "index", "remove", "discard", "__contains__"))
"""Methods that compare what is there with what they are given."""


def method(machine: Machine, container: Container, name: str, given: Given) -> Value:
    """A method of a list, set, dictionary, queue, future or context variable."""
    if container.kind == "dict":
        return _dictionary_method(machine, container, name, given)
    arguments = [a.value for a in given.all]
    if name in _SEEKING:
        for one in arguments[:1]:
            collections_.sought(machine, container, one, given.span)
    if container.kind == "dispatch" and name == "register":
        collections_.fill(machine, container, [v for v in arguments if isinstance(v, Function)])
        return BaseMethod(container, name)
    if container.kind == "dispatch" and name == "dispatch":
        return container
    if name in _JOINING or (name == "__init__" and container.kind in ("list", "set")):
        collections_.fill(machine, container, [elements.of(machine, value) for value in arguments])
        return container if name.startswith("__i") else NONE
    if name in ("__isub__", "__imul__"):
        return container
    if name == "__setitem__":
        _put_anywhere(machine, container, given)
        return NONE
    if name in _PUTTING:
        collections_.fill(machine, container, arguments)
        if container.kind == "queue":  # one by priority compares them
            looping.put_in_order(machine, machine.heap.all(container), Given(given.span))
        return container if container.kind == "variable" else NONE  # a token knows its variable
    if name == "set_exception":
        for value in arguments:
            raising.remember(machine, value)
        return NONE
    if name == "exception":
        return join((NONE, raising.raised(machine)))
    if name == "insert":
        collections_.fill(machine, container, arguments[1:] or arguments)
        return NONE
    if name == "__getitem__" and arguments:
        return subscripts.item(machine, container, arguments[0], given.span)
    if name in _GIVING:
        default = arguments if container.kind == "variable" else []
        return join((machine.heap.all(container), *default))
    if name in ("__iter__", "__aiter__", "__reversed__"):
        return Items(machine.heap.all(container))
    if name in _LESSENING:
        return collections_.copied(machine, container, given.span)
    if name in _COPYING:
        made = collections_.copied(machine, container, given.span)
        collections_.fill(machine, made, [elements.of(machine, value) for value in arguments])
        return made
    return _other_method(machine, container, name, given)


def _other_method(machine: Machine, container: Container, name: str, given: Given) -> Value:
    """A method that hands over functions, or one of which nothing is known."""
    if name == "sort":
        looping.put_in_order(machine, machine.heap.all(container), given)
        return NONE
    if name == "add_done_callback":
        if given.first is not None:
            machine.call(given.first.value, Given(given.span, (Argument(container, given.span),)))
        return NONE
    if name not in _IDLE and given.all:
        for argument in given.all:
            machine.hand_over(argument.value, argument.span, f"`{name}` of a collection")
        unknown = Unknown(f"`{name}` of a collection may have put it there")
        machine.heap.write(container, ELEMENT, unknown)
        return unknown
    if name in _IDLE:
        return DATA
    return join((machine.heap.all(container), Unknown(f"`{name}` of a collection gives it")))


def _put_anywhere(machine: Machine, container: Container, given: Given) -> None:
    """What ``__setitem__`` is called with."""
    if len(given.positional) > 1:
        key, value = (a.value for a in given.positional[:2])
        subscripts.write(machine, container, key, value, given.span)
    else:
        collections_.put(machine, container, DATA, join([a.value for a in given.all]))


def _dictionary_method(machine: Machine, made: Container, name: str, given: Given) -> Value:
    arguments = [a.value for a in given.positional]
    match name:
        case "get" | "pop" | "setdefault" | "__getitem__":
            return _looked_up(machine, made, name, given)
        case "values":
            return Items(machine.heap.all(made))
        case "valuerefs" | "itervaluerefs":
            return Items(Thing("weakref.ref", (("to", machine.heap.all(made)),)))
        case "keys" | "__iter__" | "__reversed__" | "elements":
            return Items(collections_.keys(machine, made))
        case "total":
            return machine.heap.all(made)
        case "items" | "most_common":
            return Items(_pairs(machine, made))
        case "popitem":
            return _pairs(machine, made)
        case "update" | "__ior__" | "__init__" | "subtract":
            _update_by(machine, made, given)
            return made if name == "__ior__" else NONE
        case "__setitem__":
            _put_anywhere(machine, made, given)
            return NONE
        case "copy" | "__copy__" | "__or__" | "__ror__" | "new_child":
            result = collections_.copied(machine, made, given.span)
            _update_by(machine, result, given)
            return result
        case "__missing__" if arguments:
            return collections_.entry(machine, made, arguments[0])
    return _other_method(machine, made, name, given)


def _looked_up(machine: Machine, made: Container, name: str, given: Given) -> Value:
    """``get``, ``pop`` and ``setdefault``; their arguments may have come through ``*``."""
    arguments = [a.value for a in given.positional]
    if given.rest is not None:
        arguments = [*(arguments or [DATA]), given.rest.value]
    default = arguments[1:2]
    if name == "setdefault":
        collections_.put(
            machine, made, arguments[0] if arguments else DATA, join(default or [NONE])
        )
    elif name == "get":
        default = default or [NONE]
    return join((collections_.entry(machine, made, arguments[0] if arguments else DATA), *default))


def _update_by(machine: Machine, made: Container, given: Given) -> None:
    """What ``update`` is called with."""
    for argument in given.positional:
        collections_.update(machine, made, argument.value)
    if given.rest is not None:
        collections_.update(machine, made, given.rest.value)
    for word, argument in given.keywords.items():
        collections_.put(machine, made, Text.of((word,)), argument.value)
    if given.more is not None:
        collections_.put(machine, made, DATA, given.more.value)


def _pairs(machine: Machine, made: Container) -> Value:
    """Key and value of each entry; known keys keep their values."""
    pairs = [(one, v) for key, v in collections_.cells(machine, made) for one in alternatives(key)]
    return join([Tuple(pair) for pair in pairs]) if pairs else NOTHING
