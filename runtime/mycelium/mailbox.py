"""Mailboxes: where messages wait until their service handles them.

A publisher puts first and waits afterwards. So a message reaches all its subscribers in one step,
whatever order publishers wake in, and a publisher that is cancelled while it waits has published.
The price: a mailbox can hold, beyond its capacity, one message for each publisher that waits.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from typing import Final

from mycelium.counters import Tally
from mycelium.envelope import Envelope
from mycelium.manifest import OnFull
from mycelium.protocol.message import Message
from mycelium.transports import Put

DEFAULT_CAPACITY: Final = 1024

_TAKEN: Final = Put.TAKEN


class Mailbox:
    """A queue with one reader, who drains it in batches.

    ``items``, ``in_hand`` (what the reader took last, until it waits) and ``waiting`` (publishers
    that wait for room) are open to the reader and to inlets, because a method call for each message
    would cost as much as the rest.
    """

    __slots__ = ("_idle", "capacity", "closed", "in_hand", "items", "sleeper", "waiting")

    def __init__(self, capacity: int = DEFAULT_CAPACITY) -> None:
        self.capacity = capacity
        self.items: deque[Envelope] = deque()
        self.sleeper: asyncio.Future[None] | None = None
        self.closed = False
        self.in_hand: Envelope | None = None
        self._idle: list[asyncio.Future[None]] = []
        self.waiting: list[asyncio.Future[None]] = []

    @property
    def idle(self) -> bool:
        """Whether the reader waits for messages, or will never take one again."""
        return self.sleeper is not None or self.closed

    async def sleep(self) -> None:
        """The reader waits here until `wake`; it must have emptied the mailbox before."""
        self.in_hand = None
        self._announce_idle()
        self.sleeper = asyncio.get_running_loop().create_future()
        try:
            await self.sleeper
        finally:
            self.sleeper = None

    def wake(self) -> None:
        """Wakes the reader if it waits."""
        sleeper, self.sleeper = self.sleeper, None
        if sleeper is not None and not sleeper.done():
            sleeper.set_result(None)

    async def room(self) -> None:
        """Returns once the mailbox is no fuller than its capacity."""
        if len(self.items) <= self.capacity or self.closed:
            return
        waiting = asyncio.get_running_loop().create_future()
        self.waiting.append(waiting)
        try:
            await waiting
        finally:
            if waiting in self.waiting:
                self.waiting.remove(waiting)

    def release(self) -> None:
        """Lets the waiting publishers go on if there is room."""
        if len(self.items) <= self.capacity or self.closed:
            _finish(self.waiting)

    async def until_idle(self) -> None:
        """Returns when the reader next waits; other messages may have come since."""
        if not self.idle:
            idle = asyncio.get_running_loop().create_future()
            self._idle.append(idle)
            await idle

    def close(self) -> list[Envelope]:
        """Takes nothing more, lets publishers go; returns what was still waiting."""
        left = list(self.items)
        self.items.clear()
        self.in_hand = None
        self.closed = True
        self.capacity = 0  # so that every put takes the slow way, which knows of closed mailboxes
        _finish(self.waiting)
        self._announce_idle()
        return left

    def checkpoint(self) -> Callable[[], bool]:
        """What tells later whether all that has been put until now was taken and handled."""
        last = self.items[-1] if self.items else self.in_hand

        def reached() -> bool:
            return last is None or not (
                self.in_hand is last or any(envelope is last for envelope in self.items)
            )

        return reached

    def _announce_idle(self) -> None:
        _finish(self._idle)


class Inlet:
    """One subscription's way into its service's mailbox."""

    __slots__ = ("append", "items", "mailbox", "message", "on_full", "subscriber", "tally")

    def __init__(
        self,
        mailbox: Mailbox,
        subscriber: str,
        message: type[Message],
        on_full: OnFull,
        tally: Tally,
    ) -> None:
        self.mailbox = mailbox
        self.subscriber = subscriber
        self.message = message
        self.on_full = on_full
        self.tally = tally
        self.items = mailbox.items
        self.append = mailbox.items.append

    def put(self, envelope: Envelope) -> Put:
        """Puts a message into the mailbox, or does what ``on_full`` says."""
        mailbox = self.mailbox
        if len(self.items) < mailbox.capacity:
            self.append(envelope)
            if mailbox.sleeper is not None:
                mailbox.wake()
            return _TAKEN
        return self._put_full(envelope)

    @property
    def free(self) -> int:
        """How many envelopes it takes now without filling up."""
        return max(0, self.mailbox.capacity - len(self.items))

    def put_all(self, envelopes: Sequence[Envelope]) -> None:
        """As `put` of each; no more than are ``free``."""
        self.items.extend(envelopes)
        if self.mailbox.sleeper is not None:
            self.mailbox.wake()

    def checkpoint(self) -> Callable[[], bool]:
        """What tells later whether all that has been put until now was handled."""
        return self.mailbox.checkpoint()

    async def room(self) -> None:
        """Returns once the mailbox is no fuller than its capacity."""
        await self.mailbox.room()

    def _put_full(self, envelope: Envelope) -> Put:
        if self.mailbox.closed:
            self.tally.undelivered += 1
            return Put.TAKEN
        if self.on_full is OnFull.BLOCK:
            self.items.append(envelope)
            return Put.HELD
        self.tally.dropped += 1
        if self.on_full is OnFull.FAIL:
            return Put.REFUSED
        if self._drop_oldest():
            self.items.append(envelope)
        return Put.TAKEN

    def _drop_oldest(self) -> bool:
        """Drops this subscription's oldest message; those of others may not be lost for it."""
        for index, waiting in enumerate(self.items):
            if type(waiting.message) is self.message:
                del self.items[index]
                return True
        return False


def _finish(waiting: list[asyncio.Future[None]]) -> None:
    done = waiting.copy()
    waiting.clear()
    for future in done:
        if not future.done():
            future.set_result(None)
