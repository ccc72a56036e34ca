"""nats-py as its guide has it, with msgpack by msgspec: core, or JetStream with its answers."""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path
from typing import Any

import msgspec
import nats
from nats.aio.msg import Msg
from nats.errors import NoRespondersError, TimeoutError

from _transport.load import Figures, Gauge, Load, messages, rest_of
from _transport.zeromq import Packed

_SUBJECT, _READY = "quotes", "ready"


def server_of(load: Load) -> str:
    """Where the run's server listens."""
    return f"nats://127.0.0.1:{(Path(load.address) / 'port').read_text('ascii')}"


async def publish(load: Load) -> None:
    """Publishes once somebody is ready."""
    client = await nats.connect(server_of(load))
    while True:
        with contextlib.suppress(NoRespondersError, TimeoutError):
            await client.request(_READY, timeout=1)
            break
        await asyncio.sleep(0.001)
    encode = msgspec.msgpack.Encoder().encode
    send: Any = client.jetstream().publish if "jetstream" in load.contestant else client.publish
    rest = rest_of(load)
    for message in messages(load, Packed):
        await send(_SUBJECT, encode(message))
        if rest is not None:
            await rest()
    await client.drain()


async def subscribe(load: Load) -> Figures:
    """Calls back for each message."""
    client = await nats.connect(server_of(load))
    decode = msgspec.msgpack.Decoder(Packed).decode
    gauge = Gauge(load)
    got = gauge.got
    done = asyncio.Event()

    async def on_quote(msg: Msg) -> None:
        if got(decode(msg.data).exchange_time):
            done.set()

    async def on_kept(msg: Msg) -> None:
        await on_quote(msg)
        await msg.ack()

    async def on_ready(msg: Msg) -> None:
        await msg.respond(b"")

    if "jetstream" in load.contestant:
        stream = client.jetstream()
        await stream.add_stream(name="bench", subjects=[_SUBJECT])
        await stream.subscribe(_SUBJECT, durable="taker", cb=on_kept, manual_ack=True)
    else:
        await client.subscribe(_SUBJECT, cb=on_quote)
    await client.subscribe(_READY, cb=on_ready)
    await client.flush()
    await done.wait()
    await client.close()
    return gauge.figures()
