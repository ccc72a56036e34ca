"""The server of the health pages: what it answers, and what it does not put up with."""

from __future__ import annotations

import asyncio
import errno
import socket
from collections.abc import AsyncIterator, Coroutine, Mapping
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Any

import pytest

from mycelium.errors import HealthAddressError
from mycelium.health.http import MAX_CONNECTIONS, MAX_REQUEST, Answer
from mycelium.health.server import HealthServer
from tests.unit.mycelium.health.http_client import ask, get
from tests.unit.mycelium.helpers import asynchronous

LOCAL = ("127.0.0.1", 0)


def accept(headers: Mapping[str, str]) -> Answer:
    return Answer(HTTPStatus.OK, headers.get("accept", "nothing").encode())


def broken(_: Mapping[str, str]) -> Answer:
    raise ZeroDivisionError


@asynccontextmanager
async def serving(timeout_secs: float = 5.0) -> AsyncIterator[tuple[str, int]]:
    pages = {"/page": accept, "/broken": broken}
    server = HealthServer(LOCAL, pages, timeout_secs=timeout_secs)
    await server.start()
    try:
        yield server.address
    finally:
        await server.stop()


@asynchronous
async def test_a_page_gets_the_headers_and_its_answer_is_whole() -> None:
    async with serving() as address:
        found = await get(address, "/page?x=1", Accept="text/html")
    assert (found.status, found.body) == (200, "text/html")
    assert found.headers == {
        "Content-Type": "text/plain; charset=utf-8",
        "Content-Length": "9",
        "Cache-Control": "no-store",
        "Connection": "close",
    }


@asynchronous
async def test_a_head_request_gets_no_body() -> None:
    async with serving() as address:
        found = await ask(address, "HEAD /page HTTP/1.1\r\n\r\n")
    assert found is not None
    assert (found.status, found.headers["Content-Length"], found.body) == (200, "7", "")


@pytest.mark.parametrize(
    ("request_", "status", "body"),
    [
        (b"GET / HTTP/1.1\r\n\r\n", 404, "expected one of /page, /broken\n"),
        (b"POST /page HTTP/1.1\r\n\r\n", 405, "Method Not Allowed\n"),
        (b"GET /page\r\n\r\n", 400, "Bad Request\n"),
        (b"\x16\x03\x01\xff\r\n\r\n", 400, "Bad Request\n"),
        (b"GET /broken HTTP/1.0\r\n\r\n", 500, "Internal Server Error\n"),
        (b"x" * (MAX_REQUEST + 4), 431, "Request Header Fields Too Large\n"),
    ],
)
def test_what_is_no_request_for_a_page_is_refused(
    request_: bytes, status: int, body: str, caplog: pytest.LogCaptureFixture
) -> None:
    @asynchronous
    async def test() -> None:
        async with serving() as address:
            found = await ask(address, request_)
            assert found is not None
            assert (found.status, found.body) == (status, body)

    test()
    assert ("/broken cannot be shown" in caplog.text) == (status == 500)


@asynchronous
async def test_a_request_that_does_not_end_is_cut_off() -> None:
    async with serving(timeout_secs=0.05) as address:
        assert await ask(address, b"GET /page HTTP/1.1\r\n") is None


@asynchronous
async def test_more_connections_than_the_limit_are_turned_away_and_room_comes_back() -> None:
    async with serving() as address:
        idle = [await asyncio.open_connection(*address) for _ in range(MAX_CONNECTIONS)]
        assert await ask(address, b"GET /page HTTP/1.1\r\n\r\n") is None
        for reader, writer in idle:
            writer.write(b"GET /page HTTP/1.1\r\n\r\n")
            assert await reader.read()
            writer.close()
        assert (await get(address, "/page")).status == 200


@asynchronous
async def test_stopping_cuts_open_connections_and_frees_the_address() -> None:
    async with serving() as address:
        reader, writer = await asyncio.open_connection(*address)
        writer.write(b"GET ")
        await writer.drain()
    assert await _rest(reader) == b""
    writer.close()
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection(*address)


async def _rest(reader: asyncio.StreamReader) -> bytes:
    try:
        return await reader.read()
    except ConnectionError:
        return b""


@asynchronous
async def test_an_address_in_use_is_told() -> None:
    with socket.create_server(LOCAL) as taken:
        port = taken.getsockname()[1]
        server = HealthServer(("127.0.0.1", port), {})
        with pytest.raises(HealthAddressError) as raised:
            await server.start()
    assert str(raised.value).startswith(
        f"expected an address for health and metrics that is free, found 127.0.0.1:{port}: "
    )
    await server.stop()


@asynchronous
async def test_without_a_file_descriptor_for_its_loop_it_does_not_start(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def run(main: Coroutine[object, object, None]) -> None:
        main.close()
        raise OSError(errno.EMFILE, "Too many open files")

    monkeypatch.setattr("mycelium.health.server.asyncio.run", run)
    server = HealthServer(LOCAL, {})
    with pytest.raises(HealthAddressError, match="health and metrics, found: Too many open files"):
        await server.start()
    await server.stop()


@asynchronous
async def test_without_file_descriptors_left_it_takes_nothing_for_a_while_and_then_goes_on() -> (
    None
):
    class Exhausted(socket.socket):
        def accept(self) -> Any:
            raise OSError(errno.EMFILE, "Too many open files")

    server = HealthServer(LOCAL, {"/page": accept})
    loop = asyncio.get_running_loop()
    with Exhausted() as listening:
        listening.bind(LOCAL)
        loop.add_reader(listening, int)
        server._accept(loop, listening)
        assert not loop.remove_reader(listening), "it would be told of it in every turn"
        server._resume(loop, listening)
        assert loop.remove_reader(listening)
