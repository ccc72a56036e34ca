"""A client of nats-py, made from what a topology says of the server."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from nats.aio.client import Client
from nats.errors import ConnectionClosedError, SecureConnWantedError

from mycelium.topology import Nats
from mycelium.topology.model import is_loopback
from mycelium.transports.errors import TransportError
from mycelium.transports.nats.limits import NatsLimits

_SAFE: Final = ("tls", "wss")
_CLOSE_SECS: Final = 1.0
_PARTS: Final = ("NATS USER JWT", "USER NKEY SEED")


class CarefulClient(Client):
    """A client that tells a server who it is only when the connection is encrypted as it should be.

    The library connects without TLS to a server that does not ask for it, whatever the URL says.
    It also forgets to end when what it has not written yet cannot be written any more, and lets
    those who wait for an answer wait when the connection that it would come over is gone.
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
        for answer in tuple(self._resp_map.values()):
            if not answer.done():
                answer.set_exception(ConnectionClosedError())
                answer.exception()  # nobody may wait for it


def check(nats: Nats, *, insecure: bool) -> None:
    """Looks at what is said of the server, without connecting.

    Raises:
        TransportError: plain text would leave this machine, or a file cannot be used
    """
    for url in nats.url.split(","):
        host = urlsplit(url.strip()).hostname or ""
        if not (nats.tls or is_safe(url) or insecure or is_loopback(host)):
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


async def close(client: Client) -> None:
    """Closes, in order if there was a connection."""
    if isinstance(client, CarefulClient) and not client.is_connected:
        client.abort()
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(_CLOSE_SECS):
            await client.close()


def is_safe(url: str) -> bool:
    """Whether a URL wants TLS."""
    return urlsplit(url.strip()).scheme in _SAFE


def options_of(nats: Nats, name: str, limits: NatsLimits) -> dict[str, Any]:
    """What the library is told besides the servers; it makes one attempt, and no second."""
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
    from mycelium.transports.shared.securing import client_context

    assert nats.tls is not None
    context = client_context(nats.tls)
    context.check_hostname = True  # the certificate of a service does not make a server
    return context
