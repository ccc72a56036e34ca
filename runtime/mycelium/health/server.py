"""Serves the pages of one process from a thread of its own."""

from __future__ import annotations

import asyncio
import errno
import socket
from collections.abc import Mapping
from concurrent.futures import Future
from threading import Thread
from typing import Final

from mycelium.errors import HealthAddressError
from mycelium.health.http import TIMEOUT_SECS, Page, Pages

_BACKLOG: Final = 16
_PAUSE_SECS: Final = 1.0
_EXHAUSTED: Final = (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM)


class HealthServer:
    """Listens at an address, port 0 being any free one; ``address`` then tells which.

    It takes connections itself: asyncio's server can lose one that comes while it closes, and then
    leaves its client waiting.
    """

    def __init__(
        self,
        address: tuple[str, int],
        pages: Mapping[str, Page],
        *,
        timeout_secs: float = TIMEOUT_SECS,
    ) -> None:
        self.address = address
        self._pages = Pages(pages, timeout_secs=timeout_secs)
        self._listening: socket.socket | None = None
        self._running: Future[asyncio.AbstractEventLoop] = Future()
        self._ended: Future[None] = Future()
        self._stop = asyncio.Event()

    async def start(self) -> None:
        """Returns when it listens.

        Raises:
            HealthAddressError: somebody else listens there, it is none of this machine's, or there
                is nothing left to serve it with
        """
        host, port = self.address
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        try:
            self._listening = socket.create_server((host, port), family=family, backlog=_BACKLOG)
        except OSError as error:
            raise HealthAddressError(
                f"expected an address for health and metrics that is free, found {host}:{port}: "
                f"{(error.strerror or str(error)).lower()}"
            ) from None
        self._listening.setblocking(False)
        self.address = self._listening.getsockname()[:2]
        Thread(target=self._run, args=[self._listening], name="health", daemon=True).start()
        try:
            await asyncio.wrap_future(self._running)
        except OSError as error:
            self._listening = None
            raise HealthAddressError(
                f"expected to serve health and metrics, found: {error.strerror or error}"
            ) from None

    async def stop(self) -> None:
        """Returns when it listens no more; connections that are open are cut."""
        if self._listening is None:
            return
        self._running.result().call_soon_threadsafe(self._stop.set)
        await asyncio.wrap_future(self._ended)

    def _run(self, listening: socket.socket) -> None:
        try:
            asyncio.run(self._serve(listening))
        except OSError as error:  # no descriptor is left for an event loop
            if self._running.done():
                raise
            listening.close()
            self._running.set_exception(error)
        finally:
            self._ended.set_result(None)

    async def _serve(self, listening: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        loop.add_reader(listening, self._accept, loop, listening)
        self._running.set_result(loop)
        await self._stop.wait()
        loop.remove_reader(listening)
        listening.close()
        await self._pages.close()

    def _accept(self, loop: asyncio.AbstractEventLoop, listening: socket.socket) -> None:
        try:
            connection, _ = listening.accept()
        except OSError as error:
            if error.errno in _EXHAUSTED:  # it would be told again at once
                loop.remove_reader(listening)
                loop.call_later(_PAUSE_SECS, self._resume, loop, listening)
            return
        connection.setblocking(False)
        self._pages.accept(connection)

    def _resume(self, loop: asyncio.AbstractEventLoop, listening: socket.socket) -> None:
        if not self._stop.is_set():
            loop.add_reader(listening, self._accept, loop, listening)
