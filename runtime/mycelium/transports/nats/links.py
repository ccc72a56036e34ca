"""The publishers' end: one link for each message, and how far subscribers are behind."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Final

from mycelium.counters import Counters
from mycelium.envelope import Envelope
from mycelium.manifest import OnFull
from mycelium.protocol.message import Message
from mycelium.transports import Put
from mycelium.transports.nats.limits import NatsLimits
from mycelium.transports.nats.outbox import Item, Outbox
from mycelium.transports.nats.pipes import Pipes

JETSTREAM: Final = "JetStream"
"""Stands in counts where the name of a process is that did not get the message."""


class Taker:
    """What one other process needs of one message.

    ``sent``, ``marks`` and ``handled`` are sequences by source: the last that was sent, and the
    last that the other process says it has taken, and handled. ``away`` is what a message counts as
    that it does not get.
    """

    __slots__ = ("away", "handled", "marks", "on_full", "probed", "process", "sent", "stirred")

    def __init__(self, process: str, on_full: OnFull) -> None:
        self.process = process
        self.on_full = on_full
        self.away = ""
        self.sent: dict[int, int] = {}
        self.marks: dict[int, int] = {}
        self.handled: dict[int, int] = {}
        self.probed: dict[int, int] = {}
        self.stirred = True

    @property
    def blocks(self) -> bool:
        """Whether publishers wait for it."""
        return self.on_full is OnFull.BLOCK and not self.away

    def send(self, envelope: Envelope) -> int:
        """Notes that the message is sent; how many are on their way now."""
        source, sequence = envelope.source, envelope.sequence
        mark = self.marks.get(source)
        if mark is None:
            mark = self.marks[source] = self.handled[source] = sequence - 1
        self.sent[source] = sequence
        return sequence - mark

    def behind(self, frames: int) -> bool:
        """Whether more than so many frames of a source are on their way."""
        return any(last - self.marks[source] > frames for source, last in self.sent.items())

    def mark(self, sequences: Mapping[int, int]) -> None:
        """So far it has come."""
        for source, sequence in sequences.items():
            if self.marks.get(source, sequence) < sequence <= self.sent.get(source, 0):
                self.marks[source] = sequence
                self.stirred = True

    def handle(self, sequences: Mapping[int, int]) -> None:
        """So far it has been handled."""
        for source, sequence in sequences.items():
            if self.handled.get(source, sequence) < sequence <= self.sent.get(source, 0):
                self.handled[source] = sequence

    @property
    def unconfirmed(self) -> int:
        """How many messages were sent and not said to be handled."""
        return sum(last - self.handled[source] for source, last in self.sent.items())

    def probe(self) -> bool:
        """Whether it has to be asked: publishers wait, and nothing was heard since last time."""
        stuck = self.blocks and not self.stirred and self.behind(0)
        self.stirred = False
        if stuck:
            self.probed = self.sent.copy()
        return stuck

    def forget(self) -> None:
        """It begins anew."""
        self.sent.clear()
        self.marks.clear()
        self.handled.clear()
        self.probed.clear()
        self.stirred = True


class NatsLink:
    """A publisher's way to everybody on NATS who subscribes to one message.

    ``pipes`` is the way by JetStream, if somebody gets it from there: the publisher waits until it
    was accepted.
    """

    def __init__(
        self,
        message: type[Message],
        subject_of: Callable[[int], str],
        headers: dict[str, str],
        outbox: Outbox,
        limits: NatsLimits,
        counters: Counters,
    ) -> None:
        self.message = message
        self.takers: dict[str, Taker] = {}
        self.pipes: Pipes | None = None
        self._subject_of = subject_of
        self._subjects: dict[int, str] = {}
        self._headers = headers
        self._outbox = outbox
        self._limits = limits
        self._counters = counters
        self._size = -1
        self._window = 0
        self._waiting: list[asyncio.Future[None]] = []

    @property
    def subscriber(self) -> str:
        """Who gets it, in words."""
        return ", ".join(self.takers) or JETSTREAM

    @property
    def wanted(self) -> bool:
        """Whether publishing is of any use."""
        return self.pipes is not None or bool(self.takers)

    def put(self, envelope: Envelope) -> Put:
        """Sends the frame, or adds it to what waits."""
        frame = envelope.frame
        assert frame is not None, "a route with such a link is encoded"
        subject = self._subjects.get(envelope.source)
        if subject is None:
            subject = self._subjects[envelope.source] = self._subject_of(envelope.source)
        held = blocks = present = False
        if len(frame) != self._size:
            self._size = len(frame)
            self._window = self._limits.window(self._size)
        window = self._window
        for taker in self.takers.values():
            if taker.away:
                self._count(taker, taker.away)
                continue
            present = True
            ahead = taker.send(envelope)
            if taker.on_full is OnFull.BLOCK:
                blocks = True
                held |= ahead > window
        if self.pipes is not None:
            return self.pipes.put(envelope, subject, self._headers)
        if not present:
            return Put.TAKEN
        item = Item(subject, frame, self._headers, self.lose)
        outbox = self._outbox
        if outbox.full and not blocks:
            outbox.drop_like(item)
        outbox.frame(item)
        return Put.HELD if held or (blocks and outbox.full) else Put.TAKEN

    async def room(self) -> None:
        """Returns once little enough is on its way, and JetStream has accepted what it gets."""
        if self.pipes is not None:
            await self.pipes.accepted()
        while any(t.blocks and t.behind(self._window // 2) for t in self.takers.values()):
            waiting = asyncio.get_running_loop().create_future()
            self._waiting.append(waiting)
            await waiting
        if any(taker.blocks for taker in self.takers.values()):
            await self._outbox.room()

    def stir(self) -> None:
        """Something has come, or somebody went: publishers look again."""
        waiting, self._waiting = self._waiting, []
        for future in waiting:
            if not future.done():
                future.set_result(None)

    def lose(self, count_as: str) -> None:
        """A frame is gone that was taken: nobody gets it."""
        for taker in self.takers.values():
            if not taker.away:
                self._count(taker, count_as)

    def died(self, process: str) -> int:
        """The process is gone; counts what it had not handled."""
        taker = self.takers.get(process)
        count = taker.unconfirmed if taker is not None else 0
        if taker is not None:
            taker.forget()
            self._counters.tally(process, self.message.__name__).unconfirmed += count
        return count

    def not_accepted(self, count_as: str) -> None:
        """JetStream has not got a frame."""
        tally = self._counters.tally(JETSTREAM, self.message.__name__)
        setattr(tally, count_as, getattr(tally, count_as) + 1)

    def _count(self, taker: Taker, count_as: str) -> None:
        tally = self._counters.tally(taker.process, self.message.__name__)
        setattr(tally, count_as, getattr(tally, count_as) + 1)
