"""Data as text: JSON and its like, written and read again.

What holds money is known when it is read from the text that it was written to. Other data is not.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

from torq_gen.lint.facts import (
    collections_,
    elements,
    escape,
    numbers,
    serialising,
    settings,
    strings,
)
from torq_gen.lint.facts.frame import Given, Handler
from torq_gen.lint.facts.library import Argument
from torq_gen.lint.facts.model import Operation
from torq_gen.lint.facts.text import Hole, Text
from torq_gen.lint.facts.unions import alternatives, join
from torq_gen.lint.facts.values import (
    ANY_TEXT,
    DATA,
    NONE,
    NOTHING,
    Amount,
    BaseMethod,
    Bound,
    Class,
    Container,
    External,
    Function,
    Items,
    MessageClass,
    MessageValue,
    Module,
    Object,
    Partial,
    Super,
    Thing,
    ThingMethod,
    Tuple,
    Unknown,
    Value,
)

if TYPE_CHECKING:
    from torq_gen.lint.facts.machine import Machine


def _writer(path: str) -> Handler:
    """What writes data as text: of money, or of what holds some, one that can be read again."""

    def apply(machine: Machine, given: Given) -> Value:
        _look_at_all(machine, given, path)
        _ask_default(machine, given)
        found = [_written(machine, one, given) for one in alternatives(given.first_value)]
        unread = External(f"{path}()")
        return join([unread if one == ANY_TEXT else one for one in found] or [unread])

    return apply


def _to_file(path: str) -> Handler:
    """What writes data into a file: what that holds, is not followed."""

    def apply(machine: Machine, given: Given) -> Value:
        _look_at_all(machine, given, path)
        _ask_default(machine, given)
        return NONE

    return apply


def _look_at_all(machine: Machine, given: Given, path: str) -> None:
    of_python = path.partition(".")[0] in sys.stdlib_module_names
    for argument in given.all:
        escape.of(machine, argument.value, argument.span, f"`{path}`", keeps_data=of_python)


def _ask_default(machine: Machine, given: Given) -> None:
    """``default`` is called with what JSON has no form for: with decimals."""
    default = given.keywords.get("default")
    if default is None:
        return
    for amount in _amounts(machine, given.first_value):
        if amount.exact:
            machine.call(default.value, Given(given.span, (Argument(amount, given.span),)))


def _written(machine: Machine, value: Value, given: Given) -> Text:
    shown = strings.showing(value)
    if shown != ANY_TEXT or not _amounts(machine, value):
        return shown
    if isinstance(value, Container):
        return Text((Hole(data=value),))
    if isinstance(value, MessageValue):
        return Text((Hole(data=serialising.dictionary(machine, value, given.span)),))
    made = Container("list", given.span)
    collections_.fill(machine, made, [elements.of(machine, value)])
    return Text((Hole(data=made),))


def _amounts(machine: Machine, value: Value) -> list[Amount]:
    """The money in data, however deep, each once."""
    return list(dict.fromkeys(_amounts_in(machine, value, set())))


def _amounts_in(machine: Machine, value: Value, seen: set[Value]) -> Iterator[Amount]:
    for one in alternatives(value):
        match one:
            case Container() if one not in seen:
                machine.work(1)
                seen.add(one)
                yield from _amounts_in(machine, machine.heap.all(one), seen)
            case Tuple(items=items):
                for item in items:
                    yield from _amounts_in(machine, item, seen)
            case Items(item=item):
                yield from _amounts_in(machine, item, seen)
            case MessageValue(name=name, struct=struct) if one not in seen:
                seen.add(one)
                fields = machine.contracts.fields(name, struct=struct)
                yield from _amounts_in(machine, join(list(fields.values())), seen)
            case _:
                yield from strings.money_in(one)
                for data in strings.data_in(one):
                    yield from _amounts_in(machine, data, seen)


def _reader(path: str) -> Handler:
    """What reads such text: of a message's JSON it gives the message's fields."""

    def apply(machine: Machine, given: Given) -> Value:
        data = join([_read(machine, one, given, path) for one in alternatives(given.first_value)])
        if data == NOTHING:
            data = join(strings.money_in(given.first_value)[:1])
        kind = given.keywords.get("type")
        made = None if kind is None else _by_type(machine, data, kind, given)
        if made is not None:
            return made
        hooked = given.more is not None or any(name in _HOOKS for name in given.keywords)
        if data != NOTHING and not hooked and _is_plain(kind):
            return data
        _look_at_all(machine, given, path)
        if hooked:
            found = _by_hooks(machine, data, given)
            return join((*found, Unknown(f"a function of the code makes it for `{path}`")))
        if path == _OF_SETTINGS and settings.is_open_file(given.first_value):
            return settings.read(given.span)
        return External(f"{path}()")

    return apply


def _converted(machine: Machine, given: Given) -> Value:
    """``msgspec.convert``: data as what a type says; of Python's own types, as it is."""
    data, kind = given.first_value, given.argument(1, "type")
    _look_at_all(machine, given, "msgspec.convert")
    made = None if kind is None else _by_type(machine, data, kind, given)
    if made is not None:
        return made
    return data if _is_plain(kind) and _amounts(machine, data) else External("msgspec.convert()")


def _is_plain(kind: Argument | None) -> bool:
    """Whether a type that data is read as, if one is stated, is one of Python's own."""
    return kind is None or isinstance(kind.value, External)


def _by_type(machine: Machine, data: Value, kind: Argument, given: Given) -> Value | None:
    """What is read as a message, or as a float: notes the money that this is."""
    if isinstance(kind.value, MessageClass):
        return MessageValue(kind.value.name, given.span, kind.value.struct)
    if kind.value != External("builtins.float"):
        return None
    for amount in strings.money_in(data)[:1]:
        numbers.note(machine, amount, Operation.FLOAT_CONVERSION, given.span)
    return numbers.FLOAT


def _read(machine: Machine, value: Value, given: Given, path: str) -> Value:
    """The collections that a text is known to hold, as new ones."""
    if isinstance(value, Thing) and value.type == "message.encoded":
        return serialising.dictionary(machine, value.get("message") or DATA, given.span)
    found = [_copied(machine, one, given, path) for one in strings.data_in(value)]
    return join(found)


def _copied(machine: Machine, data: Container, given: Given, path: str) -> Container:
    """A collection as it is read again: the keys of dictionaries are texts, sets are lists."""
    made = Container("dict" if data.kind == "dict" else "list", given.span)
    if data.kind != "dict":
        collections_.fill(machine, made, [_as_read(machine, machine.heap.all(data), made, path)])
        return made
    for key, value in collections_.cells(machine, data):
        collections_.put(machine, made, key, _as_read(machine, value, made, path))
    return made


def _as_read(machine: Machine, value: Value, made: Container, path: str) -> Value:
    """What was in a collection, as it is read: messages as dictionaries, objects as nobody knows.

    Collections in collections are the same as before: nothing of them changes by that.
    """
    found: list[Value] = []
    for one in alternatives(value):
        if isinstance(one, MessageValue) and made.site is not None:
            found.append(serialising.dictionary(machine, one, made.site))
        else:
            found.append(one if _is_data(machine, one, set()) else External(f"{path}()"))
    return join(found)


def _is_data(machine: Machine, value: Value, seen: set[Container]) -> bool:
    """Whether a value can do nothing, nor what it holds."""
    held: tuple[Value, ...] = ()
    if isinstance(value, Container) and value not in seen:
        machine.work(1)
        seen.add(value)
        held = alternatives(machine.heap.all(value))
    elif isinstance(value, Tuple):
        held = tuple(one for item in value.items for one in alternatives(item))
    elif isinstance(value, Items):
        held = alternatives(value.item)
    return not isinstance(value, _ACTING) and all(_is_data(machine, one, seen) for one in held)


def _by_hooks(machine: Machine, data: Value, given: Given) -> list[Value]:
    """What functions of the code make of the numbers and dictionaries that are read."""
    found: list[Value] = []
    is_number = all(isinstance(one, Amount) for one in alternatives(data))
    for name in ("parse_int", "parse_float"):
        hook = given.keywords.get(name)
        if hook is None or (name == "parse_float" and not is_number):
            continue  # an amount in JSON is a whole number
        for amount in _amounts(machine, data):
            text = Argument(strings.showing(amount), hook.span)
            made = machine.call(hook.value, Given(given.span, (text,)))
            found += [made] if is_number else []
    hook = given.keywords.get("object_hook")
    read = [one for one in alternatives(data) if isinstance(one, Container)]
    if hook is not None and read:
        stated = (Argument(join(read), hook.span),)
        found.append(machine.call(hook.value, Given(given.span, stated)))
    return found


_ACTING = (
    *(Object, MessageValue, MessageClass, Class, Function, Bound, BaseMethod, Thing, ThingMethod),
    *(Partial, Super, Module),
)
"""What no text can hold."""
_HOOKS = ("object_hook", "object_pairs_hook", "cls", "parse_float", "parse_int")
_WRITING = (
    *("json.dumps", "orjson.dumps", "ujson.dumps", "msgspec.json.encode", "msgspec.msgpack.encode"),
    *("yaml.dump", "yaml.safe_dump"),
)
_READING = (
    *("json.load", "json.loads", "orjson.loads", "ujson.loads", "msgspec.json.decode"),
    *("msgspec.msgpack.decode", "yaml.safe_load", "ast.literal_eval"),
)

_OF_SETTINGS = "yaml.safe_load"
"""What reads settings, when it reads a file: JSON is the form of data as often."""

METHODS: dict[str, Handler] = {"encode": _writer("an encoder"), "decode": _reader("a decoder")}
"""Methods of the encoders and decoders of `OF_MODULES`."""
OF_MODULES = (
    "json.JSONEncoder",
    "json.JSONDecoder",
    "msgspec.json.Encoder",
    "msgspec.msgpack.Encoder",
)
"""Decoders of msgspec are none of them: what they were made with says what they give."""

TABLE: dict[str, Handler] = {
    **{path: _writer(path) for path in _WRITING},
    **{path: _reader(path) for path in _READING},
    "json.dump": _to_file("json.dump"),
    "msgspec.convert": _converted,
}
