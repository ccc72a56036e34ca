"""The connection to a NATS server: made, and made again."""

from __future__ import annotations

import asyncio
import logging
import random
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Final
from urllib.parse import urlsplit

from nats.aio.client import Client
from nats.errors import SecureConnWantedError

from mycelium.topology import Nats
from mycelium.transports.nats.client import CarefulClient, close, is_safe, options_of
from mycelium.transports.nats.limits import NatsLimits
from mycelium.transports.nats.tasks import end
from mycelium.transports.shared.saying import Rarely

_LOG: Final = logging.getLogger("mycelium.transports")


class Line:
    """One connection at a time; a new one, with nothing of the old, when it is lost.

    ``client`` is None while there is none. ``on_up`` is called with each new client before it is
    used, ``on_change`` when one was found or lost.
    """

    def __init__(
        self,
        nats: Nats,
        name: str,
        limits: NatsLimits,
        *,
        on_up: Callable[[Client], Awaitable[None]],
        on_change: Callable[[], None],
        counts: Counter[str],
    ) -> None:
        self.client: Client | None = None
        self.up = asyncio.Event()
        self._closing = False
        self._lost: asyncio.Future[None] | None = None
        self._limits = limits
        self._on_up = on_up
        self._on_change = on_change
        self._counts = counts
        self._servers = [url.strip() for url in nats.url.split(",")]
        self._shown = ", ".join(urlsplit(url).netloc.rpartition("@")[2] for url in self._servers)
        self._options = options_of(nats, name, limits)
        self._wants_tls = nats.tls is not None or any(is_safe(url) for url in self._servers)
        self._task: asyncio.Task[None] | None = None
        self._rarely = Rarely(_LOG)
        self._said: Exception | None = None

    def start(self) -> None:
        """Begins to connect."""
        self._task = asyncio.create_task(self._run(), name="transport dials NATS")

    async def close(self) -> None:
        """Connects no more."""
        client = self.client
        self._closing = True
        self._down()
        await end(self._task)
        if client is not None:
            await close(client)

    def look(self) -> None:
        """Finds out whether the connection has ended; the library does not always say so."""
        lost = self._lost
        if self.client is not None and self.client.is_closed and lost and not lost.done():
            lost.set_result(None)

    async def _run(self) -> None:
        limits = self._limits
        pause = limits.first_retry_secs
        while not self._closing:
            lost = asyncio.get_running_loop().create_future()
            client = CarefulClient()
            client.wants_tls = self._wants_tls
            try:
                async with asyncio.timeout(limits.connect_secs):
                    await self._connect(client, lost)
                    await self._on_up(client)
                if self._closing:
                    await close(client)
                    return
            except Exception as error:  # noqa: BLE001 - a library's: whatever it is, try again
                await close(client)
                self._say(error, client)
                await asyncio.sleep(pause * random.uniform(0.5, 1.0))
                pause = min(2 * pause, limits.retry_secs)
                continue
            except BaseException:
                await close(client)
                raise
            pause = limits.first_retry_secs
            self._counts["connects"] += 1
            self._rarely.forget("")
            self.client, self._lost = client, lost
            self.up.set()
            self._on_change()
            await lost
            self._counts["losses"] += 1
            self._down()
            _LOG.warning("NATS at %s: connection lost", self._shown)

    async def _connect(self, client: Client, lost: asyncio.Future[None]) -> None:
        async def closed() -> None:
            if not lost.done():
                lost.set_result(None)

        async def note(error: Exception) -> None:
            self._said = error
            asyncio.get_running_loop().call_soon(self.look)
            if client.is_connected:
                self._rarely.warn(type(error).__name__, f"NATS at {self._shown}: {error}")

        self._said = None
        await client.connect(self._servers, closed_cb=closed, error_cb=note, **self._options)

    def _down(self) -> None:
        self.client = None
        self.up.clear()
        self._on_change()

    def _say(self, error: Exception, client: CarefulClient) -> None:
        """Logs why there is no connection."""
        if isinstance(error, SecureConnWantedError):
            why = "expected a server with TLS, found one without"
        else:
            why = str(self._said or error) or f"no answer within {self._limits.connect_secs:g} s"
            if client.asked_for_credentials:  # a server that hangs up may do so before it says why
                why += " (it asks for credentials)"
        self._rarely.warn("", f"no connection to NATS at {self._shown} for now: {why}")
