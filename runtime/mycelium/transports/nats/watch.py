"""Consumers that a server has forgotten to serve.

A nats-server that was killed may come back with a consumer that waits for ever although messages
wait for it, or one that waits for the acknowledgement of a message that is no longer there (both
seen with 2.9.10). Binding wakes the first one up, an acknowledgement the second.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from typing import Final

from nats.errors import Error
from nats.js.errors import NotFoundError

from mycelium.transports.nats.durables import Durable
from mycelium.transports.nats.line import Line
from mycelium.transports.nats.subjects import token

_LOG: Final = logging.getLogger("mycelium.transports")

Bind = Callable[[Durable], Awaitable[None]]


async def watch(
    durables: Iterable[Durable], line: Line, stream: str, secs: float, bind: Bind
) -> None:
    """Looks every so many seconds, until it is cancelled."""
    seen: dict[str, int] = {}
    durables = tuple(durables)
    while True:
        await asyncio.sleep(secs)
        for durable in durables:
            name, before = durable.spec.name, seen.get(durable.spec.name)
            seen[name] = durable.received
            if durable.received != before or durable.busy or durable.subscription is None:
                continue
            try:
                if await _is_stuck(line, stream, name) and durable.received == before:
                    _LOG.warning("%s: JetStream gives nothing of what waits; bound anew", name)
                    await bind(durable)
            except (Error, TimeoutError) as error:
                _LOG.debug("%s: its consumer cannot be looked at: %s", name, error)


async def left(line: Line, stream: str, service: str) -> bool:
    """Whether a consumer has anything that was not acknowledged, as far as can be told."""
    client = line.client
    if client is None:
        return False
    try:
        info = await client.jsm().consumer_info(stream, token(service))
    except (Error, TimeoutError):
        return False
    return bool(info.num_pending or info.num_ack_pending)


async def _is_stuck(line: Line, stream: str, service: str) -> bool:
    """Whether a consumer that gives nothing has something; what it waits for in vain is ended."""
    client, consumer = line.client, token(service)
    if client is None:
        return False
    manager = client.jsm()
    info = await manager.consumer_info(stream, consumer)
    given = info.delivered
    if info.num_ack_pending and given is not None:
        try:
            await manager.get_msg(stream, given.stream_seq)
        except NotFoundError:
            _LOG.warning(
                "%s: JetStream waits for message %d, which it lost", service, given.stream_seq
            )
            reply = f"$JS.ACK.{stream}.{consumer}.1.{given.stream_seq}.{given.consumer_seq}.0.0"
            await client.publish(reply, b"+ACK")
    return bool(info.num_pending or info.num_ack_pending)
