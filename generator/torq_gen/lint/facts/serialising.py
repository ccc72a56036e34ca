"""Objects and messages as plain data: dictionaries, tuples, JSON."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from torq_gen.lint.facts import collections_, escape, strings
from torq_gen.lint.facts.frame import Given
from torq_gen.lint.facts.text import Text
from torq_gen.lint.facts.unions import alternatives, join
from torq_gen.lint.facts.values import (
    ANY_TEXT,
    DATA,
    Container,
    External,
    Items,
    MessageValue,
    Object,
    Thing,
    Tuple,
    Unknown,
    Value,
)

if TYPE_CHECKING:
    from torq_gen.lint.facts.machine import Machine

Handler = Callable[["Machine", Given], Value]


def _as_dictionary(machine: Machine, given: Given) -> Value:
    return _dictionary(machine, given.first_value, given)


def _dictionary(machine: Machine, value: Value, given: Given) -> Value:
    made = Container("dict", given.span)
    for one in alternatives(value):
        if isinstance(one, MessageValue):
            _put_fields(machine, made, one)
        names = machine.heap.names(one) if isinstance(one, Object) else ()
        for name in names:
            held = machine.heap.read(one, name)
            if held is not None:
                collections_.put(machine, made, Text.of((name,)), held)
    return made


def _put_fields(machine: Machine, made: Container, message: MessageValue) -> None:
    """The fields of a message; those of a struct in it are put into the same dictionary."""
    for name, value in machine.contracts.fields(message.name, struct=message.struct).items():
        for struct in _structs(value):
            _put_fields(machine, made, struct)
        collections_.put(machine, made, Text.of((name,)), _as_data(value, made))


def _structs(value: Value) -> Iterator[MessageValue]:
    for one in alternatives(value):
        if isinstance(one, Items):
            yield from _structs(one.item)
        elif isinstance(one, MessageValue):
            yield one


def _as_data(value: Value, made: Container) -> Value:
    """The value of a field in a dictionary, where a struct is a dictionary, too."""
    found: list[Value] = []
    for one in alternatives(value):
        if isinstance(one, MessageValue):
            found.append(made)
        else:
            found.append(Items(_as_data(one.item, made)) if isinstance(one, Items) else one)
    return join(found)


def _as_tuple(machine: Machine, given: Given) -> Value:
    found: list[Value] = []
    for one in alternatives(given.first_value):
        if isinstance(one, MessageValue):
            fields = machine.contracts.fields(one.name, struct=one.struct)
            found.append(Tuple(tuple(fields.values())))
        elif isinstance(one, Object):
            found.append(Items(machine.heap.all(one)))
    return join(found) if found else Items(DATA)


def _decoding(path: str) -> Handler:
    """What reads JSON: of a message's JSON it gives the message's fields."""
    of_python = path.partition(".")[0] in sys.stdlib_module_names

    def apply(machine: Machine, given: Given) -> Value:
        held = [
            one.get("message") or DATA
            for one in alternatives(given.first_value)
            if isinstance(one, Thing) and one.type == "message.encoded"
        ]
        if held:
            return _dictionary(machine, join(held), given)
        amounts = strings.money_in(given.first_value)
        if amounts:
            return amounts[0]
        for argument in given.all:
            escape.of(machine, argument.value, argument.span, f"`{path}`", keeps_data=of_python)
        if given.more is not None or any(name in _HOOKS for name in given.keywords):
            return Unknown(f"a function of the code makes it for `{path}`")
        return External(f"{path}()")

    return apply


def is_mere_data(value: Value) -> bool:
    """Whether a value can only be text, a number, None or a collection of such: it was read so."""
    return isinstance(value, External) and value.path.startswith(_READ)


def _encoding(path: str) -> Handler:
    """What writes JSON: of an amount, a text that shows it."""
    of_python = path.partition(".")[0] in sys.stdlib_module_names

    def apply(machine: Machine, given: Given) -> Value:
        for argument in given.all:
            escape.of(machine, argument.value, argument.span, f"`{path}`", keeps_data=of_python)
        shown = strings.showing(given.first_value)
        return External(f"{path}()") if shown == ANY_TEXT else shown

    return apply


_AS_DICTIONARY = (
    *("dataclasses.asdict", "attrs.asdict", "attr.asdict"),
    *("msgspec.structs.asdict", "msgspec.to_builtins"),
)
_AS_TUPLE = ("dataclasses.astuple", "attrs.astuple", "attr.astuple", "msgspec.structs.astuple")
_HOOKS = ("object_hook", "object_pairs_hook", "cls", "parse_float", "parse_int")
_READ = tuple(
    f"{path}()"
    for path in (
        *("json.load", "json.loads", "orjson.loads", "ujson.load", "ujson.loads", "tomllib.load"),
        *("tomllib.loads", "ast.literal_eval"),
    )
)
"""What reads data, and nothing else, from text."""
_DECODING = ("json.load", "json.loads", "orjson.loads", "ujson.loads", "msgspec.json.decode")
_ENCODING = ("json.dumps", "orjson.dumps", "ujson.dumps")

TABLE: dict[str, Handler] = {
    **dict.fromkeys(_AS_DICTIONARY, _as_dictionary),
    **dict.fromkeys(_AS_TUPLE, _as_tuple),
    **{path: _decoding(path) for path in _DECODING},
    **{path: _encoding(path) for path in _ENCODING},
}
