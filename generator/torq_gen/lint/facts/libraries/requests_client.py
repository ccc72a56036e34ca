"""requests: functions, and sessions that have no base URL."""

from __future__ import annotations

from collections.abc import Iterator

from torq_gen.lint.facts.library import Call, Function, Library, Type
from torq_gen.lint.facts.model import Fact
from torq_gen.lint.facts.outside.effects import (
    HTTP_CLIENT,
    connected,
    connecting,
    each,
    sending,
    texts,
)

_VERBS = ("get", "options", "head", "post", "put", "patch", "delete")
_PREPARED = "requests.PreparedRequest"


def _proxies(call: Call) -> Iterator[Fact]:
    argument = call.keywords.get("proxies")
    if argument is not None and (found := call.entries(argument.value)) is not None:
        for value in found.values():
            yield from connected(call, texts(value), "requests", argument)


def _requesting(position: int) -> Function:
    one = connecting("requests", position, "url")

    def effect(call: Call) -> Iterator[Fact]:
        yield from one(call)
        yield from _proxies(call)

    return Function(effect)


_SESSION = Type(
    "requests.Session",
    capability=HTTP_CLIENT,
    annotations=("requests.Session", "requests.sessions.Session"),
    methods={
        **each(_VERBS, _requesting(0)),
        "request": _requesting(1),
        "send": Function(sending("requests", _PREPARED)),
        "prepare_request": Function(None, _PREPARED),
    },
)
_REQUEST = Type(
    "requests.Request",
    annotations=("requests.Request",),
    methods={"prepare": Function(None, _PREPARED)},
)

LIBRARY = Library(
    "requests",
    ("requests",),
    {
        **each(_VERBS, _requesting(0), "requests."),
        **each(_VERBS, _requesting(0), "requests.api."),
        "requests.request": _requesting(1),
        "requests.api.request": _requesting(1),
        **each(
            ("Session", "session", "sessions.Session", "sessions.session"),
            Function(None, _SESSION.name),
            "requests.",
        ),
        "requests.Request": Function(connecting("requests", 1, "url"), _REQUEST.name),
    },
    (_SESSION, _REQUEST, Type(_PREPARED, annotations=("requests.PreparedRequest",))),
)
