"""Methods that no class of the project has: of its objects' other bases, of data, of messages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torq_gen.lint.facts import (
    classes,
    collection_methods,
    construction,
    elements,
    escape,
    floats,
    formatting,
    generating,
    known,
    mixins,
    numbers,
    objects,
    raising,
    reckoning,
    service,
    strings,
    subscripts,
    waiting,
)
from torq_gen.lint.facts.frame import Given
from torq_gen.lint.facts.library import Argument
from torq_gen.lint.facts.text import Text
from torq_gen.lint.facts.unions import join
from torq_gen.lint.facts.values import (
    DATA,
    NONE,
    Amount,
    Class,
    Container,
    External,
    Generated,
    Items,
    Literal,
    MessageClass,
    MessageValue,
    Object,
    Plain,
    Thing,
    Tuple,
    Unknown,
    Value,
)

if TYPE_CHECKING:
    from torq_gen.lint.facts.machine import Machine


def call(machine: Machine, receiver: Value, name: str, given: Given) -> Value:
    """What a method of the receiver gives."""
    if name == "__getattribute__" and given.first is not None:
        stated = given.with_first(_own(receiver, given))
        return known.call(machine, "builtins.object.__getattribute__", stated)
    if name == "__await__":
        return waiting.task(receiver)
    if isinstance(receiver, Literal | Plain | Text | Tuple) and given.first is not None:
        reckoned = numbers.by_method(machine, receiver, name, given.first.value, given.span)
        if reckoned is not None:
            return reckoned
    match receiver:
        case Object():
            if machine.service_of(receiver.cls) is not None:
                return service.call(machine, receiver, name, given)
            if name == "with_traceback":
                return receiver
            if name == "__setattr__":
                stated = given.with_first(_own(receiver, given))
                return known.call(machine, "builtins.object.__setattr__", stated)
            if name == "__init__":
                construction.construct_base(machine, receiver, given)
                return NONE
            if name == "_replace" and isinstance(objects.tuple_of(machine, receiver), Tuple):
                return known.TABLE["copy.replace"](machine, given.with_first(_own(receiver, given)))
            if name == "_asdict" and isinstance(objects.tuple_of(machine, receiver), Tuple):
                return known.TABLE["attrs.asdict"](machine, given.with_first(_own(receiver, given)))
            mixed_in = mixins.method(machine, receiver, name, given)
            if mixed_in is not None:
                return mixed_in
            if name in _HARMLESS:
                return DATA
            escape.of_all(machine, given, f"`{name}` of a base class that is not analysed")
            return Unknown(f"`{name}` is a method of a base class that is not analysed")
        case Container():
            return collection_methods.method(machine, receiver, name, given)
        case MessageClass(name=own, struct=struct):
            if name in COLUMNS:
                return of_columns(machine, receiver, name, given)
            if name == "create":
                return reckoning.message(machine, receiver, given)
            made = name in ("from_tlv", "from_json", "from_frame", "view", "__new__")
            return MessageValue(own, given.span, struct) if made else DATA
        case Text() | Plain(type="str"):
            return strings.method(machine, receiver, name, given)
        case Plain(type="Logger") if name in formatting.METHODS_OF_LOGGER:
            return formatting.METHODS_OF_LOGGER[name](machine, given)
        case Plain(type="float"):
            return floats.method(machine, name, given)
        case Plain() if name in floats.METHODS_OF_TIMES:
            return floats.METHODS_OF_TIMES[name](machine, given)
        case Amount():
            return reckoning.amount_method(machine, receiver, name, given)
        case Generated():
            return reckoning.constant_method(machine, receiver, name, given)
        case MessageValue() if name.startswith("to_"):
            return Thing("message.encoded", (("message", receiver),))
        case Class() if name == "_make" and given.first is not None:
            whole = given.first.value
            items = whole.items if isinstance(whole, Tuple) else ()
            rest = None if items else Argument(elements.of(machine, whole), given.span)
            listed = tuple(Argument(item, given.span) for item in items)
            return construction.construct(machine, receiver, Given(given.span, listed, rest=rest))
        case Class() if name == "__call__":
            return construction.construct(machine, receiver, given, past_metaclass=True)
        case Class() if name == "__setattr__":
            stated = given.with_first(_own(receiver, given))
            return known.call(machine, "builtins.type.__setattr__", stated)
        case Class() if name == "__subclasses__":
            return Items(machine.heap.all(("derived", receiver)))
        case Class() if name == "mro":
            return Items(join(classes.ancestry(machine, receiver)))
        case MessageValue() | Class():
            escape.of_all(machine, given, f"`{name}`")
            return DATA
        case External() if receiver.path.startswith(raising.OTHER.path):
            return Tuple((receiver, receiver)) if name == "split" else receiver
        case Tuple() if name == "__getitem__":
            return subscripts.read(machine, receiver, given.first_value, given.span)
        case Tuple() if name == "__iter__":
            return Items(elements.of(machine, receiver))
        case Items(item=item):
            if name in ("__iter__", "__aiter__"):
                return receiver
            if name in _SENDING:
                for argument in given.all:
                    generating.send(machine, argument.value)
                    raising.remember(machine, argument.value)
            if name in _OF_ALL:
                return receiver
            return DATA if name in _IDLE else item
    return DATA


def of_columns(machine: Machine, receiver: Value, name: str, given: Given) -> Value:
    """Messages as columns, which may come out of a file and go into one."""
    stated = given.with_first(_own(receiver, given))
    return known.call(machine, COLUMNS[name], stated)


COLUMNS = {
    "read_columns": "mycelium.columns.read_all",
    "write_columns": "mycelium.columns.write_columns",
}


def _own(receiver: Value, given: Given) -> Argument:
    """The object of a method as an argument of a function that does the same."""
    return Argument(receiver, given.span)


_SENDING = frozenset(["send", "asend", "throw", "athrow"])
_OF_ALL = frozenset(["copy", "union", "difference", "intersection", "symmetric_difference"])
"""Methods that give a collection again."""
_IDLE = frozenset(
    [
        *("index", "count", "close", "aclose", "isdisjoint", "issubset", "issuperset", "add"),
        *("discard", "remove", "clear", "__exit__", "__aexit__", "__len__", "__contains__"),
        *("__eq__", "__ne__", "__hash__", "__repr__", "__str__", "__bool__"),
    ]
)
"""Methods of what can be iterated that give data."""
_HARMLESS = frozenset(
    [
        "__init_subclass__",
        "__repr__",
        "__str__",
        "__eq__",
        "__hash__",
        "__enter__",
        "__exit__",
        "__aenter__",
        "__aexit__",
        "__del__",
        "__setattr__",
        "__new__",
        "__post_init__",
    ]
)
