"""Takes connections of subscribers' processes, in bounded number and time."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
import ssl
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

from mycelium.topology import Address
from mycelium.transports.errors import ConnectionLostError, HandshakeError, TransportError
from mycelium.transports.shared.saying import Rarely
from mycelium.transports.stream.limits import Limits
from mycelium.transports.stream.serving import Served

_LOG: Final = logging.getLogger("mycelium.transports")
_BACKLOG: Final = 128
_PAUSE_SECS: Final = 0.2
_MODE: Final = 0o600
_SHARED_MODE: Final = 0o666

Greet = Callable[[Served], Awaitable[None]]


class Listener:
    """Accepts at one address and has each connection greeted.

    A connection that has not said who it is counts towards ``max_handshakes``; one more ends the
    oldest of them, so a flood cannot keep others out: theirs takes milliseconds.
    """

    def __init__(
        self, listening: socket.socket, limits: Limits, context: ssl.SSLContext | None, greet: Greet
    ) -> None:
        self._socket = listening
        self._limits = limits
        self._context = context
        self._greet = greet
        self._greeting: dict[asyncio.Task[None], socket.socket] = {}
        self._ending: dict[asyncio.Task[None], socket.socket] = {}
        self._unbegun: set[socket.socket] = set()
        self._rarely = Rarely(_LOG)
        self._loop = asyncio.get_running_loop()
        self._resuming: asyncio.TimerHandle | None = None
        self.turned_away = 0
        self._listen()

    async def close(self) -> None:
        """Accepts no more, and ends the connections that were not greeted yet."""
        self._loop.remove_reader(self._socket)
        if self._resuming is not None:
            self._resuming.cancel()
        self._socket.close()
        for task in self._greeting:
            task.cancel()
        if tasks := [*self._greeting, *self._ending]:
            await asyncio.wait(tasks)

    def _listen(self) -> None:
        self._resuming = None
        self._loop.add_reader(self._socket, self._accept)

    def _accept(self) -> None:
        """Takes one connection a turn of the loop, so that a flood does not keep it."""
        try:
            accepted, _ = self._socket.accept()
        except (BlockingIOError, InterruptedError, ConnectionAbortedError):
            return
        except OSError as error:  # too many open files, mostly
            self._rarely.warn("accept", f"cannot accept connections for now: {error}")
            self._loop.remove_reader(self._socket)
            self._resuming = self._loop.call_later(_PAUSE_SECS, self._listen)
            return
        accepted.setblocking(False)
        if len(self._greeting) >= self._limits.max_handshakes:
            oldest = next(iter(self._greeting))
            self._ending[oldest] = self._greeting.pop(oldest)  # which takes it a few turns
            oldest.cancel()
        task = self._loop.create_task(self._admit(accepted), name="transport greets")
        self._greeting[task] = accepted
        self._unbegun.add(accepted)
        task.add_done_callback(self._greeted)

    async def _admit(self, accepted: socket.socket) -> None:
        self._unbegun.discard(accepted)  # from here on the connection closes it
        connection = Served(self._limits)
        try:
            async with asyncio.timeout(self._limits.handshake_secs):
                await self._loop.connect_accepted_socket(
                    lambda: connection, accepted, ssl=self._context
                )
                await self._greet(connection)
        except BaseException:
            connection.fail(TransportError("expected a handshake in time"))
            raise

    def _greeted(self, task: asyncio.Task[None]) -> None:
        accepted = self._greeting.pop(task, None) or self._ending.pop(task)
        if accepted in self._unbegun:
            self._unbegun.discard(accepted)
            accepted.close()
        if task.cancelled():
            self.turned_away += 1
            return
        error = task.exception()
        if error is None:
            return
        self.turned_away += 1
        if not isinstance(error, ConnectionLostError | HandshakeError):  # said, or not worth it
            reason = str(error) or f"no handshake within {self._limits.handshake_secs:g} s"
            self._rarely.warn("handshake", f"connection turned away: {reason}")
        error.__traceback__ = None  # else the connection would wait for the collector of cycles


def unix_socket(path: Path, *, shared: bool) -> socket.socket:
    """A listening Unix socket; ``shared`` lets other users connect, who then have to be known.

    Raises:
        TransportError: the path cannot be used, or another process listens there
    """
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.is_socket():
            _remove_stale(path)
        listening.bind(str(path))
        path.chmod(_SHARED_MODE if shared else _MODE)
        return _begun(listening)
    except OSError as error:
        listening.close()
        raise TransportError(f"{path}: expected to listen there, found: {error}") from None


def tcp_socket(address: Address, limits: Limits) -> socket.socket:
    """A listening TCP socket; what it accepts has its buffer's size.

    Raises:
        TransportError: the address cannot be used
    """
    try:
        family, _, protocol, _, where = socket.getaddrinfo(
            address.host, address.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except OSError as error:
        raise TransportError(f"{address}: expected a host, found: {error}") from None
    # asyncio turns Nagle's delay off only for sockets that say that they are TCP's
    listening = socket.socket(family, socket.SOCK_STREAM, protocol)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, limits.socket_bytes)
        listening.bind(where)
        return _begun(listening)
    except OSError as error:
        listening.close()
        raise TransportError(f"{address}: expected to listen there, found: {error}") from None


def _begun(listening: socket.socket) -> socket.socket:
    listening.setblocking(False)
    listening.listen(_BACKLOG)
    return listening


def _remove_stale(path: Path) -> None:
    """Removes the socket of a process that is gone."""
    with contextlib.closing(socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)) as probe:
        probe.settimeout(1.0)
        try:
            probe.connect(str(path))
        except ConnectionRefusedError:
            path.unlink()
            return
    raise OSError("another process listens there")
