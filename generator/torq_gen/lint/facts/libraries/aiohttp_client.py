"""aiohttp: requests and websockets of a session; its servers listen."""

from __future__ import annotations

from torq_gen.lint.facts.library import Function, Library, Type
from torq_gen.lint.facts.outside.clients import client, requesting, resolved
from torq_gen.lint.facts.outside.effects import (
    HTTP_CLIENT,
    LISTENING,
    TEXT,
    UNIX_SOCKET,
    bypassing,
    connecting,
    each,
    effects,
    url_thing,
)

_VERBS = ("get", "options", "head", "post", "put", "patch", "delete", "ws_connect")
_PROXY = connecting("aiohttp", None, "proxy")
_REQUEST = Function(effects(requesting("aiohttp", 0, resolved), _PROXY))
_SESSION = Function(_PROXY, client("aiohttp.ClientSession", 0))

_URL = Type(
    "yarl.URL",
    annotations=("yarl.URL", "aiohttp.typedefs.StrOrURL"),
    methods={"__str__": TEXT, "human_repr": TEXT},
)

LIBRARY = Library(
    "aiohttp",
    ("aiohttp", "yarl"),
    {
        "aiohttp.ClientSession": _SESSION,
        "aiohttp.client.ClientSession": _SESSION,
        "aiohttp.request": Function(effects(connecting("aiohttp", 1, "url"), _PROXY)),
        "aiohttp.TCPConnector": Function(keeps=True),
        "aiohttp.UnixConnector": Function(bypassing(UNIX_SOCKET)),
        "aiohttp.NamedPipeConnector": Function(bypassing("a named pipe")),
        **each(
            ("run_app", "TCPSite", "SockSite", "NamedPipeSite"),
            Function(bypassing(LISTENING)),
            "aiohttp.web.",
        ),
        "aiohttp.web.UnixSite": Function(bypassing(UNIX_SOCKET)),
        "yarl.URL": Function(None, url_thing("yarl.URL")),
    },
    (
        Type(
            "aiohttp.ClientSession",
            capability=HTTP_CLIENT,
            annotations=("aiohttp.ClientSession", "aiohttp.client.ClientSession"),
            methods={
                **each(_VERBS, _REQUEST),
                "request": Function(effects(requesting("aiohttp", 1, resolved), _PROXY)),
            },
        ),
        _URL,
    ),
)
