"""websockets and websocket-client; a session of aiohttp has its own."""

from __future__ import annotations

from torq_gen.lint.facts.library import Function, Library, Type
from torq_gen.lint.facts.outside.effects import (
    LISTENING,
    UNIX_SOCKET,
    bypassing,
    connecting,
    each,
    effects,
)

_HOMES = (
    "websockets.",
    "websockets.client.",
    "websockets.server.",
    "websockets.asyncio.client.",
    "websockets.asyncio.server.",
    "websockets.sync.client.",
    "websockets.sync.server.",
    "websockets.legacy.client.",
    "websockets.legacy.server.",
)
_CONNECT = Function(
    effects(connecting("websockets", 0, "uri"), connecting("websockets", None, "host"))
)
_SERVE = Function(bypassing(LISTENING))
_UNIX = Function(bypassing(UNIX_SOCKET))
_WEBSOCKETS = {"connect": _CONNECT, "serve": _SERVE, "unix_connect": _UNIX, "unix_serve": _UNIX}

_SOCKET = Type(
    "websocket.WebSocket",
    annotations=("websocket.WebSocket",),
    methods={"connect": Function(connecting("websocket-client", 0, "url"))},
)

LIBRARY = Library(
    "websockets",
    ("websockets", "websocket"),
    {
        **{home + name: function for home in _HOMES for name, function in _WEBSOCKETS.items()},
        **each(
            ("create_connection", "WebSocketApp"),
            Function(connecting("websocket-client", 0, "url")),
            "websocket.",
        ),
        "websocket.WebSocket": Function(None, _SOCKET.name),
    },
    (_SOCKET,),
)
