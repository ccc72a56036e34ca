"""Plain asyncio streams: our frames, written and read one by one, as one would by hand."""

from __future__ import annotations

import asyncio

from _transport.load import Figures, Gauge, Load, bench, messages, rest_of

_HEADER = 32


async def publish(load: Load) -> None:
    """A server that sends to the first who connects."""
    quote = bench("messages").Quote
    done = asyncio.Event()

    async def serve(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        rest = rest_of(load)
        for number, message in enumerate(messages(load, quote), 1):
            writer.write(message.to_frame(source=7, sequence=number, timestamp=number))
            await writer.drain()
            if rest is not None:
                await rest()
        writer.close()
        await writer.wait_closed()
        done.set()

    server = await asyncio.start_unix_server(serve, f"{load.address}/plain")
    async with server:
        await done.wait()


async def subscribe(load: Load) -> Figures:
    """A client that reads a header, then the rest, then decodes."""
    decode_frame = bench("registry").REGISTRY.decode_frame
    reader, writer = await _connected(f"{load.address}/plain")
    gauge = Gauge(load)
    got = gauge.got
    while True:
        head = await reader.readexactly(_HEADER)
        size = int.from_bytes(head[24:28], "little")
        message = decode_frame(head + await reader.readexactly(size)).message
        if got(message.exchange_time):
            writer.close()
            return gauge.figures()


async def _connected(path: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    while True:
        try:
            return await asyncio.open_unix_connection(path)
        except (FileNotFoundError, ConnectionRefusedError):
            await asyncio.sleep(0.001)
