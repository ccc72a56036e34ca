"""Objects and messages as plain data: dictionaries and tuples."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from torq_gen.diagnostics import Span
from torq_gen.lint.facts import collections_
from torq_gen.lint.facts.frame import Given, Handler
from torq_gen.lint.facts.text import Text
from torq_gen.lint.facts.unions import alternatives, join
from torq_gen.lint.facts.values import (
    DATA,
    Container,
    External,
    Items,
    MessageValue,
    Object,
    Tuple,
    Value,
)

if TYPE_CHECKING:
    from torq_gen.lint.facts.machine import Machine


def _as_dictionary(machine: Machine, given: Given) -> Value:
    return dictionary(machine, given.first_value, given.span)


def dictionary(machine: Machine, value: Value, span: Span) -> Container:
    """What messages and objects are as a dictionary, which is made at a place."""
    made = Container("dict", span)
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


def is_mere_data(value: Value) -> bool:
    """Whether a value can only be text, a number, None or a collection of such: it was read so."""
    return isinstance(value, External) and value.path.startswith(_READ)


_AS_DICTIONARY = (
    *("dataclasses.asdict", "attrs.asdict", "attr.asdict"),
    *("msgspec.structs.asdict", "msgspec.to_builtins"),
)
_AS_TUPLE = ("dataclasses.astuple", "attrs.astuple", "attr.astuple", "msgspec.structs.astuple")
_READ = tuple(
    f"{path}()"
    for path in (
        *("json.load", "json.loads", "orjson.loads", "ujson.load", "ujson.loads", "tomllib.load"),
        *("tomllib.loads", "ast.literal_eval"),
    )
)
"""What reads data, and nothing else, from text."""

TABLE: dict[str, Handler] = {
    **dict.fromkeys(_AS_DICTIONARY, _as_dictionary),
    **dict.fromkeys(_AS_TUPLE, _as_tuple),
}
