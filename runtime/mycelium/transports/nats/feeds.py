"""The subscribers' end: messages to mailboxes."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from typing import Final, TypeAlias

from nats.aio.msg import Msg
from nats.aio.subscription import Subscription

from mycelium.envelope import Envelope, following
from mycelium.manifest import OnFull, ServiceSpec
from mycelium.protocol.message import Message
from mycelium.transports import Entrance, Link, Port, Put
from mycelium.transports.nats.limits import NatsLimits
from mycelium.transports.nats.reading import Reader, frames_of, said_schema
from mycelium.transports.nats.sieve import Admit, AdmitAll, one_by_one
from mycelium.transports.nats.tasks import end

Marked = Callable[[type[Message], ServiceSpec, int], None]
"""Told how far a service's messages have come: the sequence."""
Lost: TypeAlias = "Callable[[Feed, int], None]"
"""Told how many frames are gone because a publisher did not wait as it should."""

_WINDOWS: Final = 4
"""So many times what a publisher may send ahead is taken from it."""


class LastValues:
    """Last values of other processes' messages: they go before what is live."""

    def __init__(self, port: Port, reader: Reader) -> None:
        self._port = port
        self._reader = reader
        self._held: deque[Envelope] = deque()
        self._task: asyncio.Task[None] | None = None
        self.subscription: Subscription | None = None

    @property
    def busy(self) -> bool:
        """Whether there are some that nobody has taken yet."""
        waiting = self.subscription is not None and self.subscription.pending_msgs > 0
        return waiting or self._task is not None

    def take(self, msg: Msg, service: ServiceSpec) -> None:
        """Delivers it, or lets it wait behind what waits."""
        message = self._message(msg.data)
        if message is None:
            return
        envelope = self._reader.read(msg.data, said_schema(msg), service, message)
        if envelope is None:
            return
        if self._task is not None:
            self._held.append(envelope)
        elif held := self._deliver(envelope):
            self._task = asyncio.create_task(self._wait(held), name="transport waits for room")

    async def idle(self) -> None:
        """Returns once all were taken."""
        while self.busy:
            await (asyncio.wait([self._task]) if self._task is not None else asyncio.sleep(0))

    async def close(self) -> None:
        """Delivers no more."""
        await end(self._task)

    def _message(self, data: bytes) -> type[Message] | None:
        type_id = int.from_bytes(data[32:34], "little")
        return self._port.manifest.registry.messages.get(type_id)

    def _deliver(self, envelope: Envelope) -> list[Link]:
        lane = self._port.lane(envelope.source, type(envelope.message))
        troubled = lane.take_retained(envelope) or ()
        return [link for link, outcome in troubled if outcome is Put.HELD]

    async def _wait(self, held: Sequence[Link]) -> None:
        while True:
            for link in held:
                await link.room()
            held = ()
            while self._held and not held:
                held = self._deliver(self._held.popleft())
            if not held:
                self._task = None
                return


class Feed:
    """What one service publishes of one message, for the subscriptions in this process.

    ``links`` are those that get it from here; ``on_full`` is the strongest of theirs. Messages wait
    here while one that blocks is full; ``marked`` tells the publisher how far it has come. One that
    does not wait for that loses what goes beyond some windows.
    """

    def __init__(
        self,
        message: type[Message],
        service: ServiceSpec,
        reader: Reader,
        lasts: LastValues,
        limits: NatsLimits,
        *,
        admit: Admit,
        admit_all: AdmitAll = one_by_one,
        marked: Marked,
        lost: Lost,
    ) -> None:
        self.message = message
        self.service = service
        self.links: Sequence[Entrance] = ()
        self.on_full = OnFull.BLOCK
        self.subscription: Subscription | None = None
        self.sequence = 0
        self._reader = reader
        self._lasts = lasts
        self._limits = limits
        self._admit = admit
        self._admit_all = admit_all
        self._marked = marked
        self._lost = lost
        self._unmarked = 0
        self._handled = 0
        self._checkpoint: tuple[int, list[Callable[[], bool]]] | None = None
        self._waiting: list[Envelope] = []
        self._task: asyncio.Task[None] | None = None

    @property
    def idle(self) -> bool:
        """Whether everything that has come was taken."""
        pending = self.subscription is not None and self.subscription.pending_msgs > 0
        return self._task is None and not pending

    def handled(self) -> int:
        """Up to which sequence all was handled, if there is any news of that; else 0."""
        if self._checkpoint is None:
            if self.sequence == self._handled:
                return 0
            self._checkpoint = self.sequence, [link.checkpoint() for link in self.links]
        sequence, reached = self._checkpoint
        if not all(is_reached() for is_reached in reached):
            return 0
        self._checkpoint, self._handled = None, sequence
        return sequence

    async def on_message(self, msg: Msg) -> None:
        """Called by the library, one by one."""
        if len(self._waiting) > _WINDOWS * self._limits.window_frames:
            self._lost(self, len(frames_of(msg.data)))
            return
        self._waiting += self._reader.read_all(
            msg.data, said_schema(msg), self.service, self.message
        )
        if self._task is None:
            held = self._deliver()
            if held or self._waiting:
                self._task = asyncio.create_task(self._wait(held), name="transport waits for room")

    async def drained(self) -> None:
        """Returns once what has come was taken."""
        while not self.idle:
            await (asyncio.wait([self._task]) if self._task is not None else asyncio.sleep(0))

    async def close(self) -> int:
        """Delivers no more; how many were waiting."""
        await end(self._task)
        return len(self._waiting)

    def _deliver(self) -> Sequence[Link]:
        """Delivers what waits, up to where a link has to be waited for, or last values go first."""
        waiting = self._waiting
        if self.message.RETAIN and self._lasts.busy:
            return ()
        at, tried, held = 0, 0, list[Entrance]()
        try:
            while at < len(waiting) and not held:
                first, at = at, at + 1
                held = self._take(waiting[first])
                if not held and first >= tried:  # what was in doubt is taken one by one to its end
                    room = min((link.free for link in self.links), default=0)
                    tried = following(waiting, first, room + 1)
                    if self._take_all(waiting[at:tried]):
                        at = tried
        finally:
            del waiting[:at]  # also one that could not be taken because of an error
        return held

    def _take_all(self, envelopes: list[Envelope]) -> bool:
        """Delivers some that follow each other and have room; False, and nothing done, if not."""
        if not envelopes or not self._admit_all(envelopes):
            return False
        for link in self.links:
            link.put_all(envelopes)
        self._note(envelopes[-1], len(envelopes))
        return True

    def _take(self, envelope: Envelope) -> list[Entrance]:
        """Delivers one; the links that have to be waited for."""
        if not self._admit(envelope):
            return []
        held = [link for link in self.links if link.put(envelope) is Put.HELD]
        self._note(envelope, 1)
        return held

    def _note(self, last: Envelope, count: int) -> None:
        """So far it has come; now and then the publisher is told."""
        self.sequence = last.sequence
        self._unmarked += count
        if self._unmarked * 4 >= self._limits.window(len(last.to_frame())):
            self._unmarked = 0
            if self.on_full is OnFull.BLOCK:
                self._marked(self.message, self.service, self.sequence)

    async def _wait(self, held: Sequence[Link]) -> None:
        while held or self._waiting:
            for link in held:
                await link.room()
            await self._lasts.idle()
            held = self._deliver()
        self._task = None
