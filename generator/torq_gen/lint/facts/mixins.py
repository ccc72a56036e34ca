"""Methods that the abstract collections of Python add to what a class defines."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from torq_gen.lint.facts import classes, collection_methods, collections_, elements
from torq_gen.lint.facts.frame import Given
from torq_gen.lint.facts.library import Argument
from torq_gen.lint.facts.unions import join
from torq_gen.lint.facts.values import (
    DATA,
    NONE,
    NOTHING,
    Container,
    External,
    Items,
    Object,
    Plain,
    Tuple,
    Value,
)

if TYPE_CHECKING:
    from torq_gen.lint.facts.machine import Machine

_OPEN = External("collections.UserDict")
_MODULES = ("collections.abc.", "typing.", "_collections_abc.")
_ABSTRACT = frozenset(
    [
        *("Mapping", "MutableMapping", "Sequence", "MutableSequence", "Set", "MutableSet"),
        *("AbstractSet", "Iterator", "AsyncIterator", "Iterable", "AsyncIterable", "Collection"),
        *("Generator", "AsyncGenerator", "Container", "Reversible", "KeysView", "ValuesView"),
        *("ItemsView", "Coroutine", "Awaitable"),
    ]
)


def method(machine: Machine, value: Object, name: str, given: Given) -> Value | None:
    """What a method gives that only an abstract collection defines; None when that is not so."""
    apply = _METHODS.get(name)
    if apply is None or not (is_abstract(machine, value) or is_open(machine, value)):
        return None
    return apply(machine, value, given)


def is_open(machine: Machine, value: Object, name: str = "update") -> bool:
    """Whether a method of the name does what it does by others that the class may define.

    Those of `UserDict` do; those of `dict` and `UserList` do not.
    """
    return name in _METHODS and _OPEN in classes.ancestry(machine, value.cls)


def in_place(machine: Machine, value: Object, name: str, given: Given) -> Value | None:
    """What ``|=`` and its like give by a mutable collection; None when it does not have them."""
    kind = "MutableSequence" if name == "__iadd__" else "MutableSet"
    if name not in _IN_PLACE or not is_abstract(machine, value, kind):
        return None
    return _extended(machine, value, given)


def is_abstract(machine: Machine, value: Object, *kinds: str) -> bool:
    """Whether an object's class derives from an abstract collection, or from one of these."""
    return any(
        isinstance(base, External)
        and base.path.startswith(_MODULES)
        and base.path.rpartition(".")[2] in (kinds or _ABSTRACT)
        for base in classes.ancestry(machine, value.cls)
    )


def _ask(machine: Machine, value: Object, name: str, given: Given, *stated: Value) -> Value:
    """Calls what the class defines, if it does."""
    own = machine.method(value, name)
    arguments = tuple(Argument(one, given.span) for one in stated)
    return NOTHING if own is None else machine.call(own, Given(given.span, arguments))


def _key(machine: Machine, value: Object, given: Given) -> Value:
    return elements.of(machine, value) if given.first is None else given.first.value


def _item(machine: Machine, value: Object, given: Given) -> Value:
    """``get``, ``pop``, ``setdefault``: an item, or what is given in its place."""
    key = _key(machine, value, given)
    defaults = [argument.value for argument in given.all[1:]]
    found = _ask(machine, value, "__getitem__", given, key)
    _ask(machine, value, "__delitem__", given, key)
    if machine.method(value, "discard") is not None:  # of a set
        found = elements.of(machine, value)
        _ask(machine, value, "discard", given, found)
    for default in defaults:
        _ask(machine, value, "__setitem__", given, key, default)
    return join((found, *defaults, NONE))


def _values(machine: Machine, value: Object, given: Given) -> Value:
    keys = elements.of(machine, value)
    return Items(_ask(machine, value, "__getitem__", given, keys))


def _pairs(machine: Machine, value: Object, given: Given) -> Value:
    keys = elements.of(machine, value)
    return Items(Tuple((keys, _ask(machine, value, "__getitem__", given, keys))))


def _pair(machine: Machine, value: Object, given: Given) -> Value:
    found = _pairs(machine, value, given)
    _item(machine, value, Given(given.span))
    return found.item if isinstance(found, Items) else found


def _iterated(machine: Machine, value: Object, given: Given) -> Value:
    return Items(elements.of(machine, value))


def _searched(machine: Machine, value: Object, given: Given) -> Value:
    elements.of(machine, value)
    return Plain("")


def _updated(machine: Machine, value: Object, given: Given) -> Value:
    made = Container("dict", given.span)
    collection_methods.method(machine, made, "update", given)
    for key, held in collections_.cells(machine, made):
        _ask(machine, value, "__setitem__", given, key, held)
    return value


def _added(machine: Machine, value: Object, given: Given) -> Value:
    """``append``: by ``insert``."""
    for argument in given.all:
        _ask(machine, value, "insert", given, Plain("int"), argument.value)
    return NONE


def _extended(machine: Machine, value: Object, given: Given) -> Value:
    """``extend`` and what is done to sets in place: by ``insert`` or ``add``."""
    for argument in given.all:
        one = elements.of(machine, argument.value)
        _ask(machine, value, "insert", given, Plain("int"), one)
        _ask(machine, value, "add", given, one)
        _ask(machine, value, "discard", given, one)
    return value


def _combined(machine: Machine, value: Object, given: Given) -> Value | None:
    """What ``|`` and its like give of a set: another one of its class, made of items of both."""
    if not is_abstract(machine, value, *_SETS):
        return None
    held = [elements.of(machine, one) for one in (value, *(a.value for a in given.all))]
    _ask(machine, value, "__contains__", given, join(held))
    made = Given(given.span, (Argument(Items(join(held)), given.span),))
    own = machine.method(value, "_from_iterable")
    return machine.call(value.cls if own is None else own, made)


def _emptied(machine: Machine, value: Object, given: Given) -> Value:
    one = elements.of(machine, value)
    _ask(machine, value, "__delitem__", given, one)
    _ask(machine, value, "discard", given, one)
    return DATA


def _reversed(machine: Machine, value: Object, given: Given) -> Value:
    found = _ask(machine, value, "__getitem__", given, Plain("int"))
    _ask(machine, value, "__setitem__", given, Plain("int"), found)
    return NONE


def step(machine: Machine, value: Object, given: Given) -> Value:
    """``next`` of a generator that a class of the project makes."""
    return join(_ask(machine, value, name, given, NONE) for name in ("send", "asend"))


def _closed(machine: Machine, value: Object, given: Given) -> Value:
    for name in ("throw", "athrow"):
        _ask(machine, value, name, given, External("builtins.GeneratorExit"))
    return NONE


def _compared(machine: Machine, value: Object, given: Given) -> Value:
    """Sets are compared by asking for each item of the other one, mappings by their items."""
    _pairs(machine, value, given)
    for argument in given.all:
        other = elements.of(machine, argument.value)
        _ask(machine, value, "__contains__", given, other)
    return Plain("bool")


_IN_PLACE = ("__iadd__", "__ior__", "__iand__", "__ixor__", "__isub__")
_SETS = ("Set", "AbstractSet", "MutableSet", "KeysView", "ItemsView")
_COMBINING = ("or", "and", "xor", "sub")
_Method = Callable[["Machine", Object, Given], "Value | None"]
_METHODS: dict[str, _Method] = {
    **dict.fromkeys(("get", "pop", "setdefault"), _item),
    "values": _values,
    "items": _pairs,
    "popitem": _pair,
    **dict.fromkeys(("keys", "__iter__", "__aiter__", "__reversed__"), _iterated),
    **dict.fromkeys(("__contains__", "index", "count"), _searched),
    **dict.fromkeys(("__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__"), _compared),
    "isdisjoint": _compared,
    **dict.fromkeys(("__next__", "__anext__"), step),
    **dict.fromkeys(("close", "aclose"), _closed),
    "reverse": _reversed,
    "update": _updated,
    "append": _added,
    **dict.fromkeys(("extend", *_IN_PLACE), _extended),
    **{f"__{side}{name}__": _combined for name in _COMBINING for side in ("", "r")},
    **dict.fromkeys(("clear", "remove"), _emptied),
}
