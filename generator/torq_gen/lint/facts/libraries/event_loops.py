"""anyio and trio: connections, servers, processes and files; tasks are the analysis's own."""

from __future__ import annotations

from torq_gen.lint.facts.library import Function, Library
from torq_gen.lint.facts.outside.effects import (
    LISTENING,
    UNIX_SOCKET,
    bypassing,
    dialling,
    each,
    starting,
)
from torq_gen.lint.facts.stdlib.files import OPEN
from torq_gen.lint.facts.stdlib.pathlib_paths import MADE

_LISTEN = Function(bypassing(LISTENING))
_UNIX = Function(bypassing(UNIX_SOCKET))
_DIAL_TRIO = Function(dialling("trio"))
_STARTING = (
    "anyio.run_process",
    "anyio.open_process",
    "anyio.to_process.run_sync",
    "trio.run_process",
    "trio.lowlevel.open_process",
)

LIBRARY = Library(
    "event loops",
    ("anyio", "trio"),
    {
        "anyio.connect_tcp": Function(dialling("anyio")),
        "anyio.create_connected_udp_socket": Function(dialling("anyio")),
        **each(("connect_unix", "create_unix_listener"), _UNIX, "anyio."),
        **each(("create_tcp_listener", "create_udp_socket"), _LISTEN, "anyio."),
        **each(("open_tcp_stream", "open_ssl_over_tcp_stream"), _DIAL_TRIO, "trio."),
        **each(("serve_tcp", "serve_ssl_over_tcp", "open_tcp_listeners"), _LISTEN, "trio."),
        "trio.open_unix_socket": _UNIX,
        **{path: Function(starting(path)) for path in _STARTING},
        **each(("anyio.open_file", "trio.open_file"), OPEN),
        **each(("anyio.Path", "trio.Path"), MADE),
    },
)
