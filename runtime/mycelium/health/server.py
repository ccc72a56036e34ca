"""Serves the pages of one process from a thread of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from concurrent.futures import Future
from threading import Thread
from typing import Final

from mycelium.errors import HealthAddressError
from mycelium.health.http import MAX_REQUEST, TIMEOUT_SECS, Page, Pages

_BACKLOG: Final = 16
_TURNS: Final = 5
"""Of the loop, within which a connection that was just accepted gets known."""


class HealthServer:
    """Listens at an address, port 0 being any free one; ``address`` then tells which.

    Raises, when started:
        HealthAddressError: somebody else listens there, or it is none of this machine's
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
        self._bound: Future[tuple[str, int]] = Future()
        self._ended: Future[None] = Future()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None

    async def start(self) -> None:
        """Returns when it listens."""
        Thread(target=self._run, name="health", daemon=True).start()
        try:
            self.address = await asyncio.wrap_future(self._bound)
        except OSError as error:
            host, port = self.address
            raise HealthAddressError(
                f"expected an address for health and metrics that is free, found {host}:{port}: "
                f"{(error.strerror or str(error)).lower()}"
            ) from None

    async def stop(self) -> None:
        """Returns when it listens no more; connections that are open are cut."""
        if self._loop is None or self._stop is None:
            return
        self._loop.call_soon_threadsafe(self._stop.set)
        await asyncio.wrap_future(self._ended)

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        finally:
            self._ended.set_result(None)

    async def _serve(self) -> None:
        stop = asyncio.Event()
        try:
            server = await asyncio.start_server(
                self._pages.accept, *self.address, limit=MAX_REQUEST, backlog=_BACKLOG
            )
        except OSError as error:
            self._bound.set_exception(error)
            return
        self._loop, self._stop = asyncio.get_running_loop(), stop
        self._bound.set_result(server.sockets[0].getsockname()[:2])
        await stop.wait()
        server.close()
        for _ in range(_TURNS):
            await asyncio.sleep(0)
        await self._pages.close()
