"""pyzmq: PUB and SUB, blocking and with asyncio; our frames, or bare msgpack by msgspec.

No high-water marks, so that nothing is dropped.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import msgspec
import zmq
import zmq.asyncio

from _transport.load import LIGHT_PAUSE, Figures, Gauge, Load, bench, messages, rest_of


class Packed(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """The same six numbers."""

    instrument: int
    bid: int
    ask: int
    bid_size: int
    ask_size: int
    exchange_time: int


def _codec(load: Load) -> tuple[Any, Callable[[Any, int], bytes], Callable[[bytes], Any]]:
    """The message's class, what encodes and what decodes it."""
    if "msgpack" in load.contestant:
        encode = msgspec.msgpack.Encoder().encode
        return Packed, lambda message, _: encode(message), msgspec.msgpack.Decoder(Packed).decode
    decode_frame = bench("registry").REGISTRY.decode_frame
    quote = bench("messages").Quote
    return (
        quote,
        lambda message, n: message.to_frame(source=7, sequence=n, timestamp=n),
        lambda data: decode_frame(data).message,
    )


def _socket(load: Load, context: Any, kind: int) -> Any:
    socket = context.socket(kind)
    socket.setsockopt(zmq.SNDHWM, 0)
    socket.setsockopt(zmq.RCVHWM, 0)
    path = f"ipc://{load.address}/zmq"
    if kind == zmq.SUB:
        socket.setsockopt(zmq.SUBSCRIBE, b"")
        socket.connect(path)
    else:
        socket.bind(path)
    return socket


def publish_blocking(load: Load) -> None:
    """XPUB, which tells when somebody subscribes; else it is PUB."""
    kind, encode, _ = _codec(load)
    with zmq.Context() as context, _socket(load, context, zmq.XPUB) as socket:
        socket.recv()
        light = load.pace == "light"
        for number, message in enumerate(messages(load, kind), 1):
            socket.send(encode(message, number))
            if light:
                time.sleep(LIGHT_PAUSE)


def subscribe_blocking(load: Load) -> Figures:
    """A loop of recv."""
    _, _, decode = _codec(load)
    gauge = Gauge(load)
    got = gauge.got
    with zmq.Context() as context, _socket(load, context, zmq.SUB) as socket:
        while not got(decode(socket.recv()).exchange_time):
            pass
        return gauge.figures()


async def publish(load: Load) -> None:
    """As blocking, in an event loop."""
    kind, encode, _ = _codec(load)
    with zmq.asyncio.Context() as context, _socket(load, context, zmq.XPUB) as socket:
        await socket.recv()
        rest = rest_of(load)
        for number, message in enumerate(messages(load, kind), 1):
            await socket.send(encode(message, number))
            if rest is not None:
                await rest()


async def subscribe(load: Load) -> Figures:
    """As blocking, in an event loop."""
    _, _, decode = _codec(load)
    gauge = Gauge(load)
    got = gauge.got
    with zmq.asyncio.Context() as context, _socket(load, context, zmq.SUB) as socket:
        while not got(decode(await socket.recv()).exchange_time):
            pass
        return gauge.figures()
