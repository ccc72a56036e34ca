"""Consumers that give nothing although JetStream has something for their service.

What was given may never have come, or its acknowledgement may not: the connection was lost, the
process before this one died, or the server did. JetStream would wait for ``ack_secs`` before it
gives the message again, and nothing else until then, so it is told what has become of it. And a
nats-server that was killed may come back with a consumer that waits for ever although messages
wait for it, or one that waits for the acknowledgement of a message that is no longer there (both
seen with 2.9.10). Binding wakes the first one up, an acknowledgement the second.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Final

from nats.aio.client import Client
from nats.errors import Error
from nats.js.api import ConsumerInfo
from nats.js.errors import NotFoundError

from mycelium.transports.nats.durables import ACK, Durable
from mycelium.transports.nats.line import Line
from mycelium.transports.nats.subjects import token

_LOG: Final = logging.getLogger("mycelium.transports")

_ODD: Final = 3
"""So many looks in a row at which nothing came make something wrong."""

Bind = Callable[[Durable], Awaitable[None]]


@dataclass(slots=True)
class _Sight:
    """What was seen last: how much had come, and how often in a row nothing had although it ought.

    Once is no sign: what was given may be on its way, or with another process of this name, which
    is heard by the next look.
    """

    received: int
    odd: int = 0


class Watch:
    """Looks at the consumers of one process soon after `begin`, then less and less often.

    ``first_secs`` and ``longest_secs`` are the shortest and the longest pause between two looks;
    ``bind`` binds a consumer anew. As long as the process is ``rivalled``, another one may be at
    work on what was given, and nothing is done.
    """

    def __init__(
        self,
        durables: Iterable[Durable],
        line: Line,
        stream: str,
        first_secs: float,
        longest_secs: float,
        bind: Bind,
        rivalled: Callable[[], bool],
    ) -> None:
        self._durables = tuple(durables)
        self._line = line
        self._stream = stream
        self._first_secs = first_secs
        self._longest_secs = longest_secs
        self._bind = bind
        self._rivalled = rivalled
        self._begun = asyncio.Event()
        self._over = False
        self._sights: dict[str, _Sight] = {}

    def begin(self) -> None:
        """The consumers are bound over a new connection."""
        self._begun.set()

    def end(self) -> None:
        """Looks no more, even if the library takes no notice of a cancellation."""
        self._over = True

    async def run(self) -> None:
        """Looks until it is cancelled."""
        pause = self._first_secs
        while not self._over:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._begun.wait()
            if self._begun.is_set():
                self._begun.clear()
                self._sights = {d.spec.name: _Sight(d.received) for d in self._durables}
                pause = self._first_secs
                continue
            odd = [await self._look(durable) for durable in self._durables]
            pause = self._first_secs if any(odd) else min(2 * pause, self._longest_secs)

    async def _look(self, durable: Durable) -> bool:
        """Whether to look again soon."""
        sight = self._sights.setdefault(durable.spec.name, _Sight(durable.received))
        client = self._line.client
        if client is None or durable.subscription is None or self._goes_on(durable, sight):
            return False
        try:
            info = await client.jsm().consumer_info(self._stream, token(durable.spec.name))
            if self._goes_on(durable, sight) or not (info.num_pending or info.num_ack_pending):
                return False
            sight.odd += 1
            if sight.odd >= _ODD and not self._rivalled():
                await self._help(durable, client, info, first=sight.odd == _ODD)
        except (Error, TimeoutError) as error:
            _LOG.debug("%s: its consumer cannot be looked at: %s", durable.spec.name, error)
        return 0 < sight.odd <= _ODD

    def _goes_on(self, durable: Durable, sight: _Sight) -> bool:
        """Whether something came, or is being handled."""
        if durable.received == sight.received and not durable.busy:
            return False
        sight.received, sight.odd = durable.received, 0
        return True

    async def _help(
        self, durable: Durable, client: Client, info: ConsumerInfo, *, first: bool
    ) -> None:
        given = info.delivered
        if info.num_ack_pending and given is not None:
            answer = await self._answer(durable, client, given.stream_seq)
            reply = (
                f"$JS.ACK.{self._stream}.{token(durable.spec.name)}"
                f".1.{given.stream_seq}.{given.consumer_seq}.0.0"
            )
            await client.publish(reply, answer)
            if first:
                return
        _LOG.warning("%s: JetStream gives nothing of what waits; bound anew", durable.spec.name)
        await self._bind(durable)

    async def _answer(self, durable: Durable, client: Client, sequence: int) -> bytes:
        """What became of a message that JetStream waits for."""
        try:
            await client.jsm().get_msg(self._stream, sequence)
        except NotFoundError:
            name = durable.spec.name
            _LOG.warning("%s: JetStream waits for message %d, which it lost", name, sequence)
            return ACK
        return durable.answer(sequence)


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
