"""What waits to be written to the server, in order."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import Callable
from typing import Final, NamedTuple

from nats.errors import ConnectionClosedError, Error

from mycelium.transports.nats.limits import NatsLimits
from mycelium.transports.nats.line import Line
from mycelium.transports.nats.tasks import end
from mycelium.transports.shared.saying import Rarely

_LOG: Final = logging.getLogger("mycelium.transports")

Headers = dict[str, str] | None
Lost = Callable[[str], None]
"""Told of a frame that is gone: the count's name."""


class Item(NamedTuple):
    """One message for the server. ``lost`` is None for what is no frame."""

    subject: str
    payload: bytes
    headers: Headers = None
    lost: Lost | None = None


class Outbox:
    """Written by one task, as fast as the server takes it.

    While there is no connection frames wait for ``linger_secs``; after that they are dropped.
    ``size`` is the bytes that wait; ``stopping`` makes what is lost undelivered.
    """

    def __init__(self, line: Line, limits: NatsLimits) -> None:
        self.size = 0
        self.stopping = False
        self._line = line
        self._limits = limits
        self._items: deque[Item] = deque()
        self._wake: asyncio.Future[None] | None = None
        self._waiting: list[asyncio.Future[None]] = []
        self._task: asyncio.Task[None] | None = None
        self._giving_up: asyncio.TimerHandle | None = None
        self._away = False
        self._closing = False
        self._said = Rarely(_LOG)

    def start(self) -> None:
        """Begins to write."""
        self._task = asyncio.create_task(self._run(), name="transport writes to NATS")
        self.line_changed()

    @property
    def full(self) -> bool:
        """Whether publishers have to wait."""
        return self.size > self._limits.high_bytes

    def say(self, subject: str, payload: bytes) -> None:
        """Writes what is of use only now: without a connection it is left out."""
        if self._line.client is not None:
            self._add(Item(subject, payload))

    def frame(self, item: Item) -> None:
        """Writes a frame, now or when there is a connection soon."""
        if self._away:
            self._lose(item)
        else:
            self._add(item)

    def drop_like(self, newest: Item) -> None:
        """Drops the oldest frame of the same subject to make room for the newest."""
        for at, item in enumerate(self._items):
            if item.subject == newest.subject and item.lost is not None:
                del self._items[at]
                self.size -= len(item.payload)
                item.lost("dropped")
                return

    def line_changed(self) -> None:
        """There is a connection now, or none any more."""
        if self._line.client is not None:
            self._away = False
            if self._giving_up is not None:
                self._giving_up.cancel()
                self._giving_up = None
        elif self._giving_up is None:
            loop = asyncio.get_running_loop()
            self._giving_up = loop.call_later(self._limits.linger_secs, self._give_up)
        self._awake()

    async def room(self) -> None:
        """Returns once little enough waits."""
        while self.size > self._limits.low_bytes:
            await self._next_turn()

    async def emptied(self) -> None:
        """Returns once nothing waits and the server has it all, or is gone."""
        while self._items:
            await self._next_turn()
        if self._line.client is not None:
            with contextlib.suppress(Error):  # the connection has ended, which the line knows soon
                await self._line.client.flush()

    async def close(self) -> None:
        """Writes no more; what waits is lost."""
        if self._giving_up is not None:
            self._giving_up.cancel()
        self._closing = True
        await end(self._task)
        self._give_up()

    def _add(self, item: Item) -> None:
        self._items.append(item)
        self.size += len(item.payload)
        self._awake()

    def _awake(self) -> None:
        if self._wake is not None and not self._wake.done():
            self._wake.set_result(None)

    def _lose(self, item: Item) -> None:
        if item.lost is not None:
            item.lost("undelivered" if self.stopping else "dropped")

    def _give_up(self) -> None:
        self._away = True
        items, self._items = self._items, deque()
        self.size = 0
        for item in items:
            self._lose(item)
        self._turned()

    async def _next_turn(self) -> None:
        waiting = asyncio.get_running_loop().create_future()
        self._waiting.append(waiting)
        await waiting

    def _turned(self) -> None:
        waiting, self._waiting = self._waiting, []
        for future in waiting:
            if not future.done():
                future.set_result(None)

    async def _run(self) -> None:
        while not self._closing:
            client = self._line.client
            if not self._items or client is None:
                self._wake = asyncio.get_running_loop().create_future()
                await self._wake
                continue
            batch = self._batch(min(self._limits.batch_bytes, client.max_payload))
            first = batch[0]
            payload = first.payload if len(batch) == 1 else b"".join(i.payload for i in batch)
            try:
                await client.publish(first.subject, payload, headers=first.headers)
            except ConnectionClosedError:
                self._items.extendleft(reversed(batch))
                self.size += len(payload)
                self._line.look()
                await asyncio.sleep(0)  # the line is gone by then
                continue
            except Exception as error:  # noqa: BLE001 - a library's: others have to be sent
                self._said.warn(first.subject, f"{first.subject}: not sent: {error}")
                for item in batch:
                    self._lose(item)
            if self._waiting and self.size <= self._limits.low_bytes:
                self._turned()

    def _batch(self, limit: int) -> list[Item]:
        """Takes the first, and what waits behind it for the same subject and fits."""
        items = self._items
        batch = [items.popleft()]
        subject, size = batch[0].subject, len(batch[0].payload)
        if batch[0].lost is not None:
            while items and items[0].subject == subject and items[0].lost is not None:
                if size + len(items[0].payload) > limit:
                    break
                batch.append(items.popleft())
                size += len(batch[-1].payload)
        self.size -= size
        return batch
