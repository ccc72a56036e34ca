"""As much of HTTP/1.1 as probes and Prometheus speak: one GET a connection, bounded."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final, TypeAlias

TEXT: Final = "text/plain; charset=utf-8"
MAX_REQUEST: Final = 8192
MAX_CONNECTIONS: Final = 32
TIMEOUT_SECS: Final = 5.0
"""For all of a request and its answer."""

_LOG: Final = logging.getLogger("mycelium.health")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a page says."""

    status: HTTPStatus
    body: bytes
    type: str = TEXT
    headers: tuple[str, ...] = ()


Page: TypeAlias = Callable[[Mapping[str, str]], Answer]
"""Takes the request's headers, their names in lower case."""


class Pages:
    """Serves pages to connections; too many at once are turned away."""

    def __init__(self, pages: Mapping[str, Page], *, timeout_secs: float = TIMEOUT_SECS) -> None:
        self._pages = pages
        self._timeout_secs = timeout_secs
        self._open: dict[asyncio.Task[None], socket.socket] = {}

    def accept(self, connection: socket.socket) -> None:
        """Takes a connection over, which must not block."""
        if len(self._open) >= MAX_CONNECTIONS:
            connection.close()
            return
        task = asyncio.create_task(self._serve(connection))
        self._open[task] = connection
        task.add_done_callback(self._forget)

    async def close(self) -> None:
        """Cuts what is open."""
        tasks = tuple(self._open)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _forget(self, task: asyncio.Task[None]) -> None:
        self._open.pop(task).close()  # also of a task that was cancelled before it ran

    async def _serve(self, connection: socket.socket) -> None:
        """Answers one request and closes, whatever comes."""
        with contextlib.suppress(OSError, EOFError):  # gone, or too slow
            reader, writer = await asyncio.open_connection(sock=connection, limit=MAX_REQUEST)
            try:
                async with asyncio.timeout(self._timeout_secs):
                    writer.write(await self._answer(reader))
                    await writer.drain()
                    writer.close()
                    await writer.wait_closed()
            finally:
                writer.transport.abort()

    async def _answer(self, reader: asyncio.StreamReader) -> bytes:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
        except asyncio.LimitOverrunError:
            return _encoded(_refusal(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE), False)
        line, *rest = head.decode("latin-1").split("\r\n")
        words = line.split(" ")
        if len(words) != 3 or not words[2].startswith("HTTP/1."):
            return _encoded(_refusal(HTTPStatus.BAD_REQUEST), False)
        headers = {
            name.lower(): value.strip() for name, _, value in (h.partition(":") for h in rest)
        }
        answer = self._page(words[0], words[1].partition("?")[0], headers)
        return _encoded(answer, words[0] == "HEAD")

    def _page(self, method: str, path: str, headers: Mapping[str, str]) -> Answer:
        if method not in ("GET", "HEAD"):
            return _refusal(HTTPStatus.METHOD_NOT_ALLOWED, ("Allow: GET, HEAD",))
        page = self._pages.get(path)
        if page is None:
            there = f"expected one of {', '.join(self._pages)}\n"
            return Answer(HTTPStatus.NOT_FOUND, there.encode())
        try:
            return page(headers)
        except Exception as error:  # noqa: BLE001 - a page that fails must not end the server
            _LOG.error("%s cannot be shown", path, exc_info=error)
            return _refusal(HTTPStatus.INTERNAL_SERVER_ERROR)


def _refusal(status: HTTPStatus, headers: tuple[str, ...] = ()) -> Answer:
    return Answer(status, f"{status.phrase}\n".encode(), headers=headers)


def _encoded(answer: Answer, head_only: bool) -> bytes:
    lines = (
        f"HTTP/1.1 {answer.status} {answer.status.phrase}",
        f"Content-Type: {answer.type}",
        f"Content-Length: {len(answer.body)}",
        "Cache-Control: no-store",
        "Connection: close",
        *answer.headers,
        "\r\n",
    )
    head = "\r\n".join(lines).encode("latin-1")
    return head if head_only else head + answer.body
