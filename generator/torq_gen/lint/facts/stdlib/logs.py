"""logging: handlers that write files or send records elsewhere, and configurations of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from torq_gen.lint.facts.library import Argument, Call, Function, Library
from torq_gen.lint.facts.model import Connection, Fact, Import, Unproven
from torq_gen.lint.facts.outside.effects import (
    LISTENING,
    addresses,
    bypassing,
    connected,
    connecting,
    dialling,
    each,
    effects,
    texts,
)
from torq_gen.lint.facts.outside.paths import READ, WRITE, touching
from torq_gen.lint.facts.text import Text
from torq_gen.lint.facts.unions import alternatives
from torq_gen.lint.facts.values import Container, Literal, Tuple, Value

_UNTOLD = "the handlers of the logging configuration are known to the running program alone"
_LOCAL_SYSLOG = Text.of(["localhost:514"])


def _sends(position: int, name: str, default: Text | None = None) -> Function:
    """A handler that sends to a host, ``(host, port)`` or a Unix socket."""

    def effect(call: Call) -> Iterator[Fact]:
        argument = call.argument(position, name)
        if argument is None:
            yield from connected(call, [default] if default is not None else [], "logging", None)
            return
        for one in alternatives(argument.value):
            host_alone = isinstance(one, Text) and not one.prefix.startswith("/")
            to = texts(one) if host_alone else addresses(one)
            yield from connected(call, to, "logging", argument)

    return Function(effect)


_FILE = Function(touching(WRITE, 0, "filename"))
_HANDLERS: Mapping[str, Function] = {
    "logging.FileHandler": _FILE,
    **each(
        ("RotatingFileHandler", "TimedRotatingFileHandler", "WatchedFileHandler"),
        _FILE,
        "logging.handlers.",
    ),
    **each(
        ("SocketHandler", "DatagramHandler"), Function(dialling("logging")), "logging.handlers."
    ),
    "logging.handlers.HTTPHandler": Function(connecting("logging", 0, "host")),
    "logging.handlers.SMTPHandler": _sends(0, "mailhost"),
    "logging.handlers.SysLogHandler": _sends(0, "address", _LOCAL_SYSLOG),
}


def _untold(call: Call) -> Iterator[Fact]:
    yield Connection(call.span, call.span, Unproven(_UNTOLD), "logging")


def _configured(call: Call) -> Iterator[Fact]:
    """``dictConfig``: what making its handlers does, and the modules that its names import."""
    argument = call.argument(0, "config")
    for config in alternatives(argument.value) if argument is not None else ():
        whole = call.entries(config)
        if whole is None:
            yield from _untold(call)
            continue
        for section in ("handlers", "formatters", "filters"):
            for part in _parts(call, whole.get(section)):
                yield from _untold(call) if part is None else _made(call, argument, part)


def _parts(call: Call, section: Value | None) -> Iterator[Mapping[str, Value] | None]:
    """What a section configures; None for what nobody can tell."""
    for one in alternatives(section) if section is not None else ():
        entries = call.entries(one)
        if entries is None:
            yield None
        for entry in entries.values() if entries is not None else ():
            yield from (call.entries(value) for value in alternatives(entry))


def _made(call: Call, argument: Argument | None, part: Mapping[str, Value]) -> Iterator[Fact]:
    span = argument.span if argument is not None else call.span
    given = {name: Argument(_as_tuple(call, value), span) for name, value in part.items()}
    for key in ("class", "()"):
        named = given.get(key)
        for name in texts(named.value) if named is not None else ():
            exact = name.exact if isinstance(name, Text) else None
            if exact is None:
                if key == "class":
                    yield from _untold(call)
                continue
            handler = _HANDLERS.get(exact)
            if handler is not None and handler.effect is not None:
                made = replace(call, path=exact, positional=(), keywords=given)
                yield from handler.effect(made)
            elif "." in exact and not exact.startswith(("logging.", "ext://")):
                yield Import(span, exact.rpartition(".")[0])


def _as_tuple(call: Call, value: Value) -> Value:
    """A configuration writes an address as a list, which keeps no order here: text, number."""
    if not isinstance(value, Container):
        return value
    held = alternatives(call.elements(value))
    host = [one for one in held if isinstance(one, Text)]
    port = [one for one in held if isinstance(one, Literal)]
    plain = len(held) == 2 and len(host) == len(port) == 1
    return Tuple((host[0], port[0])) if plain else value


LIBRARY = Library(
    "logging",
    ("logging",),
    {
        **_HANDLERS,
        "logging.basicConfig": Function(touching(WRITE, None, "filename")),
        "logging.config.dictConfig": Function(_configured),
        "logging.config.fileConfig": Function(effects(touching(READ, 0, "fname"), _untold)),
        "logging.config.listen": Function(bypassing(LISTENING)),
    },
)
