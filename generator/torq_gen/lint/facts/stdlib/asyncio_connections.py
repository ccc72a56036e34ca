"""asyncio: connections, servers and processes; tasks are the analysis's own."""

from __future__ import annotations

from collections.abc import Iterator

from torq_gen.lint.facts.library import Call, Effect, Function, Library, Type
from torq_gen.lint.facts.model import Bypass, Connection, Fact, Unproven
from torq_gen.lint.facts.outside.effects import (
    EVENT_LOOP_SOCKETS,
    LISTENING,
    UNIX_SOCKET,
    addresses,
    bypassing,
    connected,
    dialling,
    each,
    starting,
)
from torq_gen.lint.facts.unions import alternatives
from torq_gen.lint.facts.values import DATA, NONE, Plain, Thing, Tuple, Value

_LISTEN = bypassing(LISTENING)
_UNIX = bypassing(UNIX_SOCKET)
_TRANSPORT = "asyncio.DatagramTransport"


def _reaching(position: int | None, *names: str) -> Effect:
    def effect(call: Call) -> Iterator[Fact]:
        argument = call.argument(position, *names)
        if argument is not None and NONE not in alternatives(argument.value):
            yield from connected(call, addresses(argument.value), "asyncio", argument)

    return effect


def _datagrams(call: Call) -> Iterator[Fact]:
    local, remote = call.argument(1, "local_addr"), call.argument(2, "remote_addr")
    if local is not None and local.value != NONE:
        yield Bypass(call.span, LISTENING)
    elif remote is None or remote.value == NONE:
        anywhere = Unproven("each datagram may go to another address")
        yield Connection(call.span, call.span, anywhere, "asyncio")
    yield from _reaching(2, "remote_addr")(call)


def _datagram_pair(call: Call) -> Value:
    return Tuple((Thing(_TRANSPORT), DATA))


_LOOP = Type(
    "asyncio.Loop",
    annotations=("asyncio.AbstractEventLoop", "asyncio.BaseEventLoop"),
    methods={
        "create_connection": Function(dialling("asyncio", 1, 2)),
        "create_datagram_endpoint": Function(_datagrams, _datagram_pair),
        "create_server": Function(_LISTEN),
        **each(("create_unix_server", "create_unix_connection"), Function(_UNIX)),
        "sock_connect": Function(_reaching(1, "address"), keeps=True),
        "sock_sendto": Function(_reaching(2, "address"), keeps=True),
        **each(("sock_recv", "sock_recvfrom", "sock_sendall", "sock_accept"), Function(keeps=True)),
        "time": Function(None, lambda call: Plain("float")),
        "subprocess_exec": Function(starting("loop.subprocess_exec")),
        "subprocess_shell": Function(starting("loop.subprocess_shell")),
    },
)
_DATAGRAMS = Type(
    _TRANSPORT,
    capability=EVENT_LOOP_SOCKETS,
    annotations=("asyncio.DatagramTransport", "asyncio.transports.DatagramTransport"),
    methods={"sendto": Function(_reaching(1, "addr"))},
)
_OPEN = Function(dialling("asyncio"), lambda call: Tuple((DATA, DATA)))
_SERVE = Function(_LISTEN, handler=(0, "client_connected_cb"))
_SERVE_UNIX = Function(_UNIX, handler=(0, "client_connected_cb"))
_UNIX_PAIR = Function(_UNIX, lambda call: Tuple((DATA, DATA)))

LIBRARY = Library(
    "asyncio",
    ("asyncio",),
    {
        **each(
            ("get_running_loop", "get_event_loop", "new_event_loop"),
            Function(None, _LOOP.name),
            "asyncio.",
        ),
        **each(("open_connection", "streams.open_connection"), _OPEN, "asyncio."),
        **each(("start_server", "streams.start_server"), _SERVE, "asyncio."),
        "asyncio.open_unix_connection": _UNIX_PAIR,
        "asyncio.start_unix_server": _SERVE_UNIX,
        **{
            path: Function(starting(path))
            for path in (
                "asyncio.create_subprocess_exec",
                "asyncio.create_subprocess_shell",
                "asyncio.subprocess.create_subprocess_exec",
                "asyncio.subprocess.create_subprocess_shell",
            )
        },
    },
    (_LOOP, _DATAGRAMS),
)
