"""What goes to one process: frames gathered, sent, held back, dropped and given up.

A frame is written at once when nothing waits; while the loop is busy frames gather, and each turn
of the loop writes them together.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter, deque
from collections.abc import Callable, Mapping
from typing import Final

from mycelium.envelope import Envelope
from mycelium.manifest import OnFull
from mycelium.protocol.message import Message
from mycelium.transports import Put
from mycelium.transports.stream.limits import Limits

_LOG: Final = logging.getLogger("mycelium.transports")
_TAKEN: Final = Put.TAKEN
_TYPE: Final = slice(32, 34)

Lost = Callable[[str, int, int], None]
"""Told of frames that are gone: the count's name, the message type, how many."""


class Outbound:
    """The frames for one process over one connection, whether it stands now or is being re-made.

    ``frames`` and ``size`` (what waits, and its bytes), ``idle`` (nothing waits and nothing was
    written in this turn of the loop) and ``limit`` are open to `StreamLink`; ``paused`` says that
    the connection takes no more for now.
    """

    __slots__ = (
        "_away",
        "_high",
        "_loop",
        "_lost",
        "_low",
        "_scheduled",
        "_transport",
        "_waiting",
        "blocking",
        "frames",
        "idle",
        "limit",
        "paused",
        "size",
        "subscriber",
    )

    def __init__(self, subscriber: str, blocking: bool, limits: Limits, lost: Lost) -> None:
        self.subscriber = subscriber
        self.blocking = blocking
        self.frames: deque[bytes] = deque()
        self.size = 0
        self.idle = False
        self.limit = self._high = limits.high_bytes
        self._low = limits.low_bytes
        self._lost = lost
        self._away = ""
        self._transport: asyncio.WriteTransport | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self.paused = False
        self._scheduled = False
        self._waiting: list[asyncio.Future[None]] = []

    @property
    def connected(self) -> bool:
        """Whether there is a connection now."""
        return self._transport is not None

    @property
    def away(self) -> bool:
        """Whether the process took its leave, or was waited for in vain."""
        return bool(self._away)

    def attach(self, transport: asyncio.WriteTransport) -> None:
        """Sends over this connection from the next turn of the loop on."""
        self._transport = transport
        self._loop = asyncio.get_running_loop()  # asking each time is a system call
        self._away = ""
        self.limit = self._high
        self.paused = False
        self._schedule()

    def detach(self) -> None:
        """The connection is gone; frames gather."""
        self._transport = None
        self.idle = False

    def leave(self, count_as: str) -> None:
        """The process is away: what is for it is lost, and counted, until the next `attach`."""
        self._away = count_as
        self.limit = -1
        self.idle = False

    def pause(self) -> None:
        """The connection takes no more for now."""
        self.paused = True
        self.idle = False

    def resume(self) -> None:
        """The connection takes more."""
        self.paused = False
        self._flush()

    def write(self, data: bytes) -> None:
        """Writes what waits, and then these bytes, whatever the connection says."""
        if self._transport is not None:
            self._transport.write(self._gathered() + data)

    def send(self, frame: bytes) -> None:
        """Writes a frame; only while `idle`."""
        self.idle = False
        assert self._transport is not None
        self._transport.write(frame)
        self._schedule()

    def overfull(self, on_full: OnFull) -> Put:
        """What becomes of the frame that was added last, now that too much waits."""
        frame = self.frames[-1]
        if self._away:
            self.frames.pop()
            self.size -= len(frame)
            self._lost(self._away, int.from_bytes(frame[_TYPE], "little"), 1)
            return Put.TAKEN
        if self.blocking:
            return Put.HELD
        if on_full is OnFull.FAIL or not self._drop_like(frame):
            self.frames.pop()
            self.size -= len(frame)
        self._lost("dropped", int.from_bytes(frame[_TYPE], "little"), 1)
        return Put.REFUSED if on_full is OnFull.FAIL else Put.TAKEN

    async def room(self) -> None:
        """Returns once little enough waits."""
        if self.size > self._low:
            await self._next_flush()

    async def emptied(self) -> None:
        """Returns once nothing waits."""
        while self.frames:
            await self._next_flush()

    @property
    def waiting(self) -> Mapping[int, int]:
        """How many frames of each message type wait."""
        counts = Counter(frame[_TYPE] for frame in self.frames)
        return {int.from_bytes(kind, "little"): count for kind, count in counts.items()}

    def give_up(self, count_as: str) -> None:
        """Drops what waits, and counts it; publishers go on."""
        for type_id, count in self.waiting.items():
            self._lost(count_as, type_id, count)
        self._gathered()

    async def _next_flush(self) -> None:
        waiting = asyncio.get_running_loop().create_future()
        self._waiting.append(waiting)
        await waiting

    def _drop_like(self, frame: bytes) -> bool:
        """Drops the oldest frame of the same type; those of others may not be lost for it."""
        kind = frame[_TYPE]
        for at, waiting in enumerate(self.frames):
            if waiting[_TYPE] == kind and waiting is not frame:
                del self.frames[at]
                self.size -= len(waiting)
                return True
        return False

    def _gathered(self) -> bytes:
        data = b"".join(self.frames)
        self.frames.clear()
        self.size = 0
        waiting, self._waiting = self._waiting, []
        for future in waiting:
            if not future.done():
                future.set_result(None)
        return data

    def _schedule(self) -> None:
        if not self._scheduled and self._loop is not None:
            self._scheduled = True
            self._loop.call_soon(self._turn)

    def _turn(self) -> None:
        self._scheduled = False
        self._flush()

    def _flush(self) -> None:
        if self.paused or self._transport is None:
            return
        if not self.frames:
            self.idle = not (self._scheduled or self._away)
            return
        self._transport.write(self._gathered())
        if not self.paused:
            self._schedule()


class StreamLink:
    """A publisher's way to the subscriptions of one message in one other process."""

    __slots__ = ("_outbound", "message", "on_full")

    def __init__(self, outbound: Outbound, message: type[Message], on_full: OnFull) -> None:
        self._outbound = outbound
        self.message = message
        self.on_full = on_full

    @property
    def subscriber(self) -> str:
        """The name of the subscribers' process."""
        return self._outbound.subscriber

    def put(self, envelope: Envelope) -> Put:
        """Sends the frame, or adds it to what waits."""
        outbound = self._outbound
        frame = envelope.frame
        assert frame is not None, "a route with such a link is encoded"
        if outbound.idle:
            outbound.send(frame)
            return _TAKEN
        outbound.frames.append(frame)
        outbound.size += len(frame)
        return _TAKEN if outbound.size <= outbound.limit else outbound.overfull(self.on_full)

    async def room(self) -> None:
        """Returns once little enough waits."""
        await self._outbound.room()
