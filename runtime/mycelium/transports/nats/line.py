"""The connection to a NATS server: made, and made again."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
import ssl
from collections import Counter
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from nats.aio.client import Client
from nats.errors import SecureConnWantedError

from mycelium.topology import Nats
from mycelium.topology.model import is_loopback
from mycelium.transports.errors import TransportError
from mycelium.transports.nats.limits import NatsLimits
from mycelium.transports.nats.tasks import end
from mycelium.transports.stream.saying import Rarely

_LOG: Final = logging.getLogger("mycelium.transports")
_SAFE: Final = ("tls", "wss")
_CLOSE_SECS: Final = 1.0
_PARTS: Final = ("NATS USER JWT", "USER NKEY SEED")


class CarefulClient(Client):
    """A client that tells a server who it is only when the connection is encrypted as it should be.

    The library connects without TLS to a server that does not ask for it, whatever the URL says.
    It also forgets to end when what it has not written yet cannot be written any more.
    """

    wants_tls = False
    asked_for_credentials = False

    async def _process_info(self, info: dict[str, Any], initial_connection: bool = False) -> None:
        self.asked_for_credentials = bool(info.get("auth_required"))
        if self.wants_tls and not info.get("tls_required"):
            raise SecureConnWantedError
        await super()._process_info(info, initial_connection)

    def abort(self) -> None:
        """Closes the socket at once; what the library has for that may wait for ever."""
        writer = getattr(self._transport, "_bare_io_writer", None)
        if writer is not None:
            writer.transport.abort()

    async def _process_op_err(self, e: Exception) -> None:
        self._pending.clear()
        self._pending_data_size = 0
        await super()._process_op_err(e)


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
        self._options = _options(nats, name, limits)
        self._wants_tls = nats.tls is not None or any(_is_safe(url) for url in self._servers)
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
            await _close(client)

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
                    await _close(client)
                    return
            except Exception as error:  # noqa: BLE001 - a library's: whatever it is, try again
                await _close(client)
                self._say(error, client)
                await asyncio.sleep(pause * random.uniform(0.5, 1.0))
                pause = min(2 * pause, limits.retry_secs)
                continue
            except BaseException:
                await _close(client)
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


def check(nats: Nats, *, insecure: bool) -> None:
    """Looks at what is said of the server, without connecting.

    Raises:
        TransportError: plain text would leave this machine, or a file cannot be used
    """
    for url in nats.url.split(","):
        host = urlsplit(url.strip()).hostname or ""
        if not (nats.tls or _is_safe(url) or insecure or is_loopback(host)):
            raise TransportError(
                f"NATS at {host}: expected TLS, or insecure = true, off this machine, found neither"
            )
    if nats.credentials is not None:
        _check_credentials(nats.credentials)
    if nats.tls is not None:
        _context(nats)


def _check_credentials(path: Path) -> None:
    try:
        text = path.read_text("utf-8", "replace")
    except OSError as error:
        found = error.strerror or str(error)
        raise TransportError(f"expected NATS credentials at {path}, found: {found}") from None
    missing = [part for part in _PARTS if f"-BEGIN {part}-" not in text]
    if missing:
        raise TransportError(
            f"{path}: expected NATS credentials, found no {' and no '.join(missing)}"
        )


async def _close(client: Client) -> None:
    """Closes, in order if there was a connection."""
    if isinstance(client, CarefulClient) and not client.is_connected:
        client.abort()
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(_CLOSE_SECS):
            await client.close()


def _is_safe(url: str) -> bool:
    return urlsplit(url.strip()).scheme in _SAFE


def _options(nats: Nats, name: str, limits: NatsLimits) -> dict[str, Any]:
    options: dict[str, Any] = {
        "name": name,
        "allow_reconnect": False,
        "max_reconnect_attempts": 1,
        "reconnect_time_wait": 0,
        "connect_timeout": limits.connect_secs,
        "ping_interval": 5 * limits.beat_secs,
        "max_outstanding_pings": 2,
    }
    if nats.credentials is not None:
        options["user_credentials"] = str(nats.credentials)
    if nats.tls is not None:
        options["tls"] = _context(nats)
    return options


def _context(nats: Nats) -> ssl.SSLContext:
    from mycelium.transports.stream.securing import client_context

    assert nats.tls is not None
    context = client_context(nats.tls)
    context.check_hostname = True  # the certificate of a service does not make a server
    return context
