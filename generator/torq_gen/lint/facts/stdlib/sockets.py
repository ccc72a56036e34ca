"""socket, ssl and selectors. Connecting is a connection to outside; binding is not."""

from __future__ import annotations

from collections.abc import Iterator

from torq_gen.lint.facts.library import Argument, Call, Effect, Function, Library, Type
from torq_gen.lint.facts.model import Bypass, Fact
from torq_gen.lint.facts.outside.effects import (
    LISTENING,
    SOCKET,
    UNIX_SOCKET,
    addresses,
    bypassing,
    connected,
    each,
)
from torq_gen.lint.facts.unions import alternatives
from torq_gen.lint.facts.values import DATA, External, Items, Tuple, Value

_OTHER_FAMILIES = ("AF_NETLINK", "AF_PACKET", "AF_VSOCK", "AF_CAN", "AF_TIPC", "AF_ALG")


def _names(argument: Argument | None) -> Iterator[str]:
    value: tuple[Value, ...] = alternatives(argument.value) if argument is not None else ()
    return (one.path.rpartition(".")[2] for one in value if isinstance(one, External))


def _made(call: Call) -> Iterator[Fact]:
    for family in _names(call.argument(0, "family")):
        if family == "AF_UNIX":
            yield Bypass(call.span, UNIX_SOCKET)
        elif family in _OTHER_FAMILIES:
            yield Bypass(call.span, f"a socket of {family}")
    if "SOCK_RAW" in _names(call.argument(1, "type")):
        yield Bypass(call.span, "a raw socket")


def reaching(position: int | None, *names: str) -> Effect:
    """The effect of sending or connecting to a socket address in an argument."""

    def effect(call: Call) -> Iterator[Fact]:
        argument = call.argument(position, *names)
        if argument is not None:
            yield from connected(call, addresses(argument.value), "socket", argument)

    return effect


def _sent(call: Call) -> Iterator[Fact]:
    """``sendto(data, address)`` or ``sendto(data, flags, address)``."""
    last = call.argument(2 if len(call.positional) > 2 else 1)
    if last is not None:
        yield from connected(call, addresses(last.value), "socket", last)


_METHODS = {
    **each(("connect", "connect_ex"), Function(reaching(0, "address"))),
    "sendto": Function(_sent),
    "sendmsg": Function(reaching(3, "address")),
    "bind": Function(bypassing(LISTENING)),
}
_SOCKET = Type(
    "socket.Socket",
    capability=SOCKET,
    annotations=("socket.socket", "ssl.SSLSocket"),
    methods=_METHODS,
)
_CONNECTED = Type("socket.Connected", methods=_METHODS)


def _wrapped(call: Call) -> Value:
    argument = call.argument(0, "sock")
    return argument.value if argument is not None else DATA


_WRAP = Function(None, _wrapped, keeps=True)
_CONTEXT = Type("ssl.Context", annotations=("ssl.SSLContext",), methods={"wrap_socket": _WRAP})
_SELECTOR = Type(
    "selectors.Selector",
    annotations=("selectors.BaseSelector", "selectors.DefaultSelector"),
    methods=each(("register", "modify"), Function(keeps=True, passes_one=(2, "data"))),
    other=Function(keeps=True),
)


def _ready(call: Call) -> Value:
    """``select.select``: those of its lists that are ready."""
    return Tuple(tuple(Items(call.elements(one.value)) for one in call.positional[:3]))


LIBRARY = Library(
    "socket",
    ("socket", "ssl", "selectors", "select"),
    {
        **each(("socket", "SocketType"), Function(_made, _SOCKET.name), "socket."),
        "socket.create_connection": Function(reaching(0, "address"), _CONNECTED.name),
        "socket.create_server": Function(bypassing(LISTENING)),
        **each(
            ("socketpair", "fromfd", "fromshare"),
            Function(bypassing("a socket that another process can hold")),
            "socket.",
        ),
        "ssl.wrap_socket": _WRAP,
        **each(
            ("create_default_context", "_create_unverified_context", "SSLContext"),
            Function(None, _CONTEXT.name),
            "ssl.",
        ),
        "ssl.get_server_certificate": Function(reaching(0, "addr")),
        **each(
            (
                "DefaultSelector",
                "SelectSelector",
                "PollSelector",
                "EpollSelector",
                "KqueueSelector",
                "DevpollSelector",
            ),
            Function(None, _SELECTOR.name),
            "selectors.",
        ),
        "select.select": Function(None, _ready, keeps=True),
        **each(("poll", "epoll", "kqueue"), Function(None, _SELECTOR.name), "select."),
    },
    (_SOCKET, _CONNECTED, _CONTEXT, _SELECTOR),
)
