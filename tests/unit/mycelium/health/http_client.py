"""Asks a server as a probe would."""

from __future__ import annotations

import asyncio
from typing import NamedTuple


class Response(NamedTuple):
    """What a server said."""

    status: int
    headers: dict[str, str]
    body: str


async def ask(address: tuple[str, int], request: str | bytes) -> Response | None:
    """The answer to raw bytes; None when the connection was closed without one."""
    reader, writer = await asyncio.open_connection(*address)
    try:
        writer.write(request.encode() if isinstance(request, str) else request)
        await writer.drain()
        answer = await reader.read()
    except ConnectionError:
        return None
    finally:
        writer.close()
    return parse(answer)


async def get(address: tuple[str, int], path: str, **headers: str) -> Response:
    """The answer to a GET."""
    lines = [f"GET {path} HTTP/1.1", "Host: x", *(f"{k}: {v}" for k, v in headers.items()), "", ""]
    found = await ask(address, "\r\n".join(lines))
    assert found is not None
    return found


def parse(answer: bytes) -> Response | None:
    if not answer:
        return None
    head, _, body = answer.partition(b"\r\n\r\n")
    first, *rest = head.decode().split("\r\n")
    headers = dict(line.split(": ", 1) for line in rest)
    return Response(int(first.split()[1]), headers, body.decode())
