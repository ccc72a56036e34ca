"""The project's own bus: which of its functions publish and subscribe, by ``[tool.torq-gen.bus]``.

    [tool.torq-gen.bus.publish]
    "shop.bus:EventBus.publish" = {topic = [0, "topic"], message = [1, "event"]}

    [tool.torq-gen.bus.subscribe]
    "shop.bus:EventBus.on" = {topic = 0, handler = "callback"}

An argument is a position (without ``self``), a name, or both. With a topic, calls are checked as
those of a broker; with a message alone, as those of the bus. A subscribing function that takes no
handler is a decorator.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import NoReturn

from torq_gen.diagnostics import Span
from torq_gen.immutable import immutable
from torq_gen.lint.facts.libraries._topics import (
    At,
    handled,
    publishes,
    remember,
    remembered,
    subscribes,
)
from torq_gen.lint.facts.library import Argument, Call, Function, Library, Type
from torq_gen.lint.facts.model import Fact, Publish, Subscribe, Unproven, What
from torq_gen.lint.facts.settings_words import kind, near
from torq_gen.lint.facts.unions import alternatives
from torq_gen.lint.facts.values import NONE, Object, Unknown, Value

NAME = "bus"
TABLE = "tool.torq-gen.bus"
_DECORATOR = "bus.Decorator"
_QUALIFIED = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*:[^\W\d]\w*(\.[^\W\d]\w*)*")
_ARGUMENTS = {"publish": ("topic", "message"), "subscribe": ("topic", "message", "handler")}
_UNKNOWN = "what it is made of is not known"


class BusError(ValueError):
    """The table cannot be used; ``section`` and ``key`` say where."""

    def __init__(self, message: str, section: str, key: str, help: str = "") -> None:
        super().__init__(message)
        self.section = section
        self.key = key
        self.help = help


@immutable
class _Entry:
    """A function of the bus: where its arguments stand; None for those that it does not take."""

    topic: At | None
    message: At | None
    handler: At | None


def library(table: Mapping[str, object]) -> Library:
    """The bus as a library: its functions by dotted path, ``shop.bus.EventBus.publish``.

    Raises:
        BusError: a key is unknown, a name is not qualified, or a value has another shape.
    """
    functions: dict[str, Function] = {}
    for does, entries in table.items():
        if does not in _ARGUMENTS:
            _fail(f"unknown key '{does}' in [{TABLE}]", "", does, near(does, _ARGUMENTS))
        if not isinstance(entries, Mapping):
            expected = f"expected a table [{TABLE}.{does}]"
            _fail(f"{expected}, found {kind(entries)}", "", does)
        for name, value in entries.items():
            entry = _entry(does, name, value)
            functions[name.replace(":", ".")] = (_publish if does == "publish" else _subscribe)(
                entry
            )
    return Library(NAME, (), functions, (Type(_DECORATOR, called=_decorated()),))


# Reading


def _entry(does: str, name: str, value: object) -> _Entry:
    if not _QUALIFIED.fullmatch(name):
        expected = 'expected "module:function" or "module:Class.method"'
        _fail(f'{expected} in [{TABLE}.{does}], found "{name}"', does, name)
    where = f'for "{name}" in [{TABLE}.{does}]'
    if not isinstance(value, Mapping):
        shown = '{topic = [0, "topic"], message = 1}'
        _fail(f"expected a table such as {shown} {where}, found {kind(value)}", does, name)
    known = _ARGUMENTS[does]
    for key in value:
        if key not in known:
            _fail(f"unknown key '{key}' {where}", does, name, near(key, known))
    places = {key: _place(does, name, key, given) for key, given in value.items()}
    if not places:
        _fail(f"expected at least one of {', '.join(known)} {where}, found none", does, name)
    if does == "publish" and not places.keys() & {"topic", "message"}:
        _fail(f"expected topic or message {where}, found neither", does, name)
    return _Entry(places.get("topic"), places.get("message"), places.get("handler"))


def _own_arguments(call: Call) -> Call:
    """The call without the object that a method is called on by its class, which stands first."""
    unbound = call.receiver == NONE and "." in call.path
    if unbound and call.positional and isinstance(call.positional[0].value, Object):
        return replace(call, positional=call.positional[1:])
    return call


def _place(does: str, name: str, key: str, value: object) -> At:
    match value:
        case bool():
            pass
        case int() if value >= 0:
            return At(value, ())
        case str() if value.isidentifier():
            return At(None, (value,))
        case [int() as position, str() as argument]:
            if position >= 0 and not isinstance(position, bool) and argument.isidentifier():
                return At(position, (argument,))
    expected = f"expected a position, a name, or both as [0, \"name\"] for '{key}'"
    return _fail(f'{expected} of "{name}" in [{TABLE}.{does}], found {kind(value)}', does, name)


def _fail(message: str, section: str, key: str, help: str = "") -> NoReturn:
    raise BusError(message, section, key, help)


# Effects


def _publish(entry: _Entry) -> Function:
    def effect(call: Call) -> Iterator[Fact]:
        call = _own_arguments(call)
        payload = entry.message.of(call) if entry.message else None
        if entry.topic is not None:
            yield from publishes(call, entry.topic.of(call), NAME, payload)
            return
        for span, what in _messages(call, payload):
            yield Publish(span, call.span, what, "")

    return Function(effect)


def _subscribe(entry: _Entry) -> Function:
    """A function that takes a handler, or a decorator that is put on one."""

    def effect(call: Call) -> Iterator[Fact]:
        call = _own_arguments(call)
        yield from _subscribed(call, entry, _taken(call, entry))

    def returns(call: Call) -> Value:
        if entry.handler is not None:
            return Unknown()
        call = _own_arguments(call)
        return remember(_DECORATOR, entry.topic.of(call) if entry.topic else None)

    return Function(effect, returns)


def _taken(call: Call, entry: _Entry) -> Argument | None:
    """What the handler gets: the message that is named, or the one in the handler's annotation."""
    if entry.message is not None:
        return entry.message.of(call)
    return handled(call, entry.handler.of(call)) if entry.handler is not None else None


def _subscribed(call: Call, entry: _Entry, taken: Argument | None) -> Iterator[Fact]:
    if entry.topic is not None:
        yield from subscribes(call, entry.topic.of(call), NAME, taken)
    elif entry.message is not None or entry.handler is not None:
        for span, what in _messages(call, taken):
            yield Subscribe(span, what)


def _decorated() -> Function:
    def effect(call: Call) -> Iterator[Fact]:
        topic = remembered(call)
        taken = handled(call, call.argument(0))
        if topic is not None:
            yield from subscribes(call, topic, NAME, taken)

    return Function(effect, _same, (0, ""))


def _same(call: Call) -> Value:
    given = call.argument(0)
    return given.value if given else NONE


def _messages(call: Call, payload: Argument | None) -> Iterator[tuple[Span, What]]:
    if payload is None:
        yield call.span, Unproven("it is not given here")
        return
    for value in alternatives(payload.value):
        yield payload.span, call.message(value) or Unproven(_reason(value))


def _reason(value: Value) -> str:
    return (value.reason if isinstance(value, Unknown) else "") or _UNKNOWN
