"""Addresses, and the effects that descriptions of libraries make of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from torq_gen.lint.facts.library import Argument, Call, Effect, Function
from torq_gen.lint.facts.model import (
    Bypass,
    Connection,
    DynamicCode,
    Fact,
    ProcessStart,
    Unproven,
)
from torq_gen.lint.facts.text import Hole, Text
from torq_gen.lint.facts.unions import alternatives, join
from torq_gen.lint.facts.values import ANY_TEXT, Literal, Thing, Tuple, Unknown, Value

HTTP_CLIENT = "an HTTP client"
SOCKET = "a socket"
EVENT_LOOP_SOCKETS = "a datagram transport"
CAPABILITIES = frozenset({HTTP_CLIENT, SOCKET, EVENT_LOOP_SOCKETS})
"""What can reach anywhere outside: where one of these escapes, nobody can tell to what."""

LISTENING = "a listening socket"
UNIX_SOCKET = "a Unix socket"

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:(?!\d)")
_UNTOLD = "its value is only known to the running program"


def texts(value: Value) -> Iterator[Text | Unproven]:
    """What a value is as text: each alternative, None left out.

    A thing whose model remembers its ``text`` (a URL, a path, a request) stands for that.
    """
    for one in alternatives(value):
        if isinstance(one, Text):
            yield one
        elif isinstance(one, Thing) and (text := one.get("text")) is not None:
            yield from texts(text)
        elif isinstance(one, Literal) and isinstance(one.value, bytes):
            yield Text.of([one.value.decode("utf-8", "replace")])
        elif not (isinstance(one, Literal) and one.value is None):
            yield Unproven((one.reason if isinstance(one, Unknown) else "") or _UNTOLD)


def url_thing(type_: str) -> Callable[[Call], Value]:
    """What a URL's constructor gives: a thing that remembers its text."""

    def returns(call: Call) -> Value:
        given = call.argument(0, "url", "val")
        return Thing(type_, (("text", given.value if given is not None else ANY_TEXT),))

    return returns


def own_text(call: Call) -> Value:
    """The text that the receiver remembers."""
    found = [one.get("text") for one in alternatives(call.receiver) if isinstance(one, Thing)]
    return join(ANY_TEXT if text is None else text for text in found)


TEXT = Function(None, own_text)
"""``__str__`` of a thing that remembers its text."""


def part(value: Value) -> Text:
    """A value as a part of a longer text: a hole, unless it is one text or one whole number."""
    if isinstance(value, Text):
        return value
    if isinstance(value, Literal) and isinstance(value.value, int):
        return Text.of([str(value.value)])
    return Text.of([Hole()])


def host_and_port(host: Value, port: Value | None) -> Iterator[Text | Unproven]:
    """``host:port`` for each alternative of both; without a port the host alone."""
    for name in texts(host):
        if isinstance(name, Unproven) or port is None:
            yield name
            continue
        for number in alternatives(port):
            given = not (isinstance(number, Literal) and number.value in (None, 0))
            yield name + Text.of([":"]) + part(number) if given else name


def addresses(value: Value) -> Iterator[Text | Unproven]:
    """Socket addresses: ``host:port`` of tuples, the path of a Unix socket as ``unix:path``."""
    for one in alternatives(value):
        if isinstance(one, Tuple) and len(one.items) >= 2:
            yield from host_and_port(one.items[0], one.items[1])
        elif isinstance(one, Text):
            yield Text.of(["unix:"]) + one
        else:
            yield from texts(one if isinstance(one, Unknown) else Unknown())


def connected(
    call: Call, to: Iterable[Text | Unproven], library: str, span: Argument | None
) -> Iterator[Fact]:
    """A connection to each; what is a Unix socket's path goes around the bus instead."""
    place = span.span if span is not None else call.span
    for one in to:
        if isinstance(one, Text) and one.prefix.startswith(("unix:", "http+unix:", "ipc:")):
            yield Bypass(call.span, UNIX_SOCKET)
        else:
            yield Connection(place, call.span, one, library)


def connecting(library: str, position: int | None, *names: str) -> Effect:
    """The effect of connecting to the URL in an argument; none when it is not given."""

    def effect(call: Call) -> Iterator[Fact]:
        argument = call.argument(position, *names)
        if argument is not None:
            yield from connected(call, texts(argument.value), library, argument)

    return effect


def dialling(library: str, host: int | None = 0, port: int | None = 1, default: str = "") -> Effect:
    """The effect of connecting to the host and port in two arguments."""

    def effect(call: Call) -> Iterator[Fact]:
        name, number = call.argument(host, "host", "hostname"), call.argument(port, "port")
        if name is None:
            if default:
                yield from connected(call, [Text.of([default])], library, None)
            return
        to = host_and_port(name.value, number.value if number is not None else None)
        yield from connected(call, to, library, name)

    return effect


def sending(library: str, request: str) -> Effect:
    """The effect of sending a request, which was checked where it was made, if it is one."""

    def effect(call: Call) -> Iterator[Fact]:
        argument = call.argument(0, "request")
        if argument is not None and argument.value != Thing(request):
            found = Unproven("the request is made where the analysis does not see it")
            yield Connection(argument.span, call.span, found, library)

    return effect


def bypassing(via: str) -> Effect:
    """The effect of going around the bus."""
    return lambda call: (Bypass(call.span, via),)


def starting(via: str) -> Effect:
    """The effect of starting a process."""
    return lambda call: (ProcessStart(call.span, via),)


def running(via: str) -> Effect:
    """The effect of running code that nobody can read beforehand."""
    return lambda call: (DynamicCode(call.span, via),)


def each(names: Iterable[str], function: Function, prefix: str = "") -> dict[str, Function]:
    """One description for several names."""
    return {prefix + name: function for name in names}


def effects(*several: Effect) -> Effect:
    """Several effects of one call."""

    def effect(call: Call) -> Iterator[Fact]:
        for one in several:
            yield from one(call)

    return effect


def is_absolute(url: Text) -> bool | None:
    """Whether a URL names its host itself; None when that depends on a hole."""
    prefix = url.prefix
    if _SCHEME.match(prefix):
        return True
    if url.exact is not None or re.search(r"[/?#]", prefix):
        return False
    later = url.parts[1] if len(url.parts) > 1 and not prefix else ""
    if isinstance(later, str) and later.startswith("://"):
        return True
    return False if prefix and not prefix.startswith(("http", "ws")) else None
