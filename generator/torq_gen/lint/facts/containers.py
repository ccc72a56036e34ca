"""Collections as Python and its library make them: what goes in is what may come out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torq_gen.lint.facts import collection_methods, collections_, elements, waiting
from torq_gen.lint.facts.frame import Given, Handler
from torq_gen.lint.facts.text import Text
from torq_gen.lint.facts.unions import alternatives
from torq_gen.lint.facts.values import (
    DATA,
    NONE,
    Container,
    Items,
    Literal,
    Plain,
    Tuple,
    Value,
)

if TYPE_CHECKING:
    from torq_gen.lint.facts.machine import Machine


def _container(kind: str) -> Handler:
    def make(machine: Machine, given: Given) -> Value:
        made = Container(kind, given.span)
        argument = given.argument(0, "iterable")
        if argument is not None:
            collections_.fill(machine, made, (elements.of(machine, argument.value),))
        return made

    return make


def _empty(kind: str) -> Handler:
    return lambda machine, given: Container(kind, given.span)


def _dict(machine: Machine, given: Given) -> Value:
    made = Container("dict", given.span)
    collection_methods.method(machine, made, "update", given)
    return made


def _counter(machine: Machine, given: Given) -> Value:
    """A dictionary of numbers, 0 under any key that was not counted."""
    made = Container("dict", given.span)
    for argument in given.positional:
        for one in alternatives(argument.value):
            if isinstance(one, Container) and one.kind == "dict":
                collections_.update(machine, made, one)
            else:
                collections_.put(machine, made, elements.of(machine, one), Plain("int"))
    for name, argument in given.keywords.items():
        collections_.put(machine, made, Text.of((name,)), argument.value)
    collections_.put(machine, made, DATA, Literal(0))
    return made


def _namespace(machine: Machine, given: Given) -> Value:
    made = Container("namespace", given.span)
    for argument in given.positional:
        collections_.update(machine, made, argument.value)
    for name, argument in given.keywords.items():
        collections_.put(machine, made, Text.of((name,)), argument.value)
    if given.more is not None:
        collections_.put(machine, made, DATA, given.more.value)
    return made


def _from_keys(machine: Machine, given: Given) -> Value:
    made = Container("dict", given.span)
    if given.positional:
        keys = elements.of(machine, given.positional[0].value)
        value = given.positional[1].value if len(given.positional) > 1 else NONE
        collections_.put(machine, made, keys, value)
    return made


def _defaultdict(machine: Machine, given: Given) -> Value:
    made = Container("dict", given.span)
    collection_methods.method(machine, made, "update", given.without_first())
    if given.first is not None and given.first.value != NONE:
        default = machine.call(given.first.value, Given(given.span))
        collections_.put(machine, made, DATA, default)
    return made


def _tuple(machine: Machine, given: Given) -> Value:
    value = waiting.by_place(machine, given.first_value) if given.all else Tuple(())
    return value if isinstance(value, Tuple) else Items(elements.of(machine, value))


_LISTS = ("list", "set", "frozenset")

_QUEUES = [
    "asyncio.Queue",
    "asyncio.PriorityQueue",
    "asyncio.LifoQueue",
    "queue.Queue",
    "queue.SimpleQueue",
    "queue.LifoQueue",
    "queue.PriorityQueue",
]


TABLE: dict[str, Handler] = {
    **{f"builtins.{name}": _container(name) for name in _LISTS},
    **dict.fromkeys(_QUEUES, _empty("queue")),
    "builtins.tuple": _tuple,
    "builtins.dict": _dict,
    "collections.OrderedDict": _dict,
    "collections.UserDict": _dict,
    "collections.UserList": _container("list"),
    "collections.Counter": _counter,
    "collections.ChainMap": _dict,
    "collections.defaultdict": _defaultdict,
    "collections.deque": _container("list"),
    "builtins.dict.fromkeys": _from_keys,
    "types.SimpleNamespace": _namespace,
    "threading.local": _namespace,
    "argparse.Namespace": _namespace,
    "weakref.WeakValueDictionary": _dict,
    "weakref.WeakKeyDictionary": _dict,
    "weakref.WeakSet": _container("set"),
}
