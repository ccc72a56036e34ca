"""httpx: requests by functions and by clients, which hold a base URL."""

from __future__ import annotations

from collections.abc import Iterator

from torq_gen.lint.facts.library import Call, Function, Library, Type
from torq_gen.lint.facts.model import Fact
from torq_gen.lint.facts.outside.clients import appended, client, requesting
from torq_gen.lint.facts.outside.effects import (
    HTTP_CLIENT,
    TEXT,
    bypassing,
    connecting,
    each,
    effects,
    sending,
    texts,
    url_thing,
)

_VERBS = ("get", "options", "head", "post", "put", "patch", "delete")
_PROXY = effects(connecting("httpx", None, "proxy"), connecting("httpx", None, "proxies"))


def _transport(call: Call) -> Iterator[Fact]:
    socket = call.argument(None, "uds")
    if socket is not None and any(True for _ in texts(socket.value)):
        yield from bypassing("a Unix socket")(call)
    yield from connecting("httpx", None, "proxy")(call)


_CLIENT = Type(
    "httpx.Client",
    capability=HTTP_CLIENT,
    annotations=("httpx.Client", "httpx.AsyncClient"),
    methods={
        **each(_VERBS, Function(requesting("httpx", 0, appended))),
        **each(("request", "stream"), Function(requesting("httpx", 1, appended))),
        "build_request": Function(requesting("httpx", 1, appended), "httpx.Request"),
        "send": Function(sending("httpx", "httpx.Request")),
    },
)

LIBRARY = Library(
    "httpx",
    ("httpx",),
    {
        **each(_VERBS, Function(effects(connecting("httpx", 0, "url"), _PROXY)), "httpx."),
        **each(
            ("request", "stream"),
            Function(effects(connecting("httpx", 1, "url"), _PROXY)),
            "httpx.",
        ),
        **each(
            ("Client", "AsyncClient"),
            Function(_PROXY, client("httpx.Client")),
            "httpx.",
        ),
        **each(("HTTPTransport", "AsyncHTTPTransport"), Function(_transport, keeps=True), "httpx."),
        "httpx.Request": Function(connecting("httpx", 1, "url"), "httpx.Request"),
        "httpx.URL": Function(None, url_thing("httpx.URL")),
    },
    (
        _CLIENT,
        Type("httpx.Request", annotations=("httpx.Request",)),
        Type("httpx.URL", annotations=("httpx.URL",), methods={"__str__": TEXT}),
    ),
)
