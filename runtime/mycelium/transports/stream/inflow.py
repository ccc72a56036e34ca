"""The subscribers' end of a connection: frames to messages to mailboxes."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from typing import Final, cast

from mycelium.envelope import Envelope, following
from mycelium.protocol.errors import ChecksumMismatchError, DecodeError
from mycelium.protocol.frame import read_header
from mycelium.protocol.message import Message
from mycelium.transports import Lane, Link, Port, Put
from mycelium.transports.errors import ConnectionLostError, HandshakeError
from mycelium.transports.shared.batches import opener
from mycelium.transports.stream import control
from mycelium.transports.stream.batching import cutter_of
from mycelium.transports.stream.confirming import Progress
from mycelium.transports.stream.connection import Connection
from mycelium.transports.stream.limits import Limits

_LOG: Final = logging.getLogger("mycelium.transports")
_TYPE: Final = slice(32, 34)

_LANES_KEPT: Final = 4096

LaneOf = Callable[[int, type[Message]], Lane]


class Inflow(Connection[bytes | Envelope]):
    """Delivers what one other process publishes.

    ``welcome`` is done once that process has answered, and ``check`` has raised nothing about it.
    ``on_have`` is told which want holds. Once a blocking mailbox is full nothing more is read until
    it has room, and so the publisher waits.
    """

    def __init__(
        self,
        limits: Limits,
        port: Port,
        *,
        lane_of: LaneOf,
        check: Callable[[control.Welcome], None],
        on_have: Callable[[int], None],
    ) -> None:
        super().__init__(limits, cutter_of(port.manifest.registry, limits.max_frame))
        self.welcome: asyncio.Future[control.Welcome] = self.loop.create_future()
        self.ended = False
        self._port = port
        self._check = check
        self._lane_of = lane_of
        self._on_have = on_have
        self._open = opener(port.manifest.registry, limits.max_frame)
        self._lanes: dict[tuple[int, type[Message]], Lane] = {}
        self._retained = 0
        self._progress = Progress()
        self._confirming: asyncio.TimerHandle | None = None
        self._frames: list[bytes | Envelope] = []
        self._held: asyncio.Task[None] | None = None

    @property
    def listening(self) -> bool:
        """False while nothing is read because a mailbox is full."""
        return self._held is None

    def received(self, frames: list[bytes | Envelope]) -> None:
        """Delivers, or lets wait behind what waits."""
        if self._held is not None:
            self._frames.extend(frames)
        elif self.welcome.done() or self._greet(frames[0]):
            self._deliver(frames)
            self._confirm_soon()

    def lost(self) -> None:
        """What was read is still delivered."""
        if self._confirming is not None:
            self._confirming.cancel()
        if not self.welcome.done():
            error = self.error
            if not isinstance(error, HandshakeError):
                found = error or "the end; the other process may have logged why"
                error = ConnectionLostError(f"expected a welcome, found: {found}")
            self.welcome.set_exception(error)
            self.welcome.exception()  # somebody may have stopped waiting
        if self.error is None and not self.ended:
            self.error = ConnectionLostError("expected an end in order, found the end")

    def beat(self) -> None:
        """Says something, also while it does not read."""
        self.say(control.Beat())

    def finish(self) -> None:
        """Only when nothing waits for a mailbox any more."""
        if self._held is None and self.transport is None:
            super().finish()

    def _greet(self, first: bytes | Envelope) -> bool:
        """Looks at the first frame, which has to be an answer: nothing is delivered before it."""
        if isinstance(first, bytes) and control.is_control(first):
            return True
        self.fail(HandshakeError("expected a welcome, found a message"))
        return False

    def _deliver(self, frames: list[bytes | Envelope]) -> None:
        """Delivers until the frames are done or a mailbox is full.

        As long as mailboxes have room, what follows each other is delivered together.
        """
        at, end = 0, len(frames)
        while at < end:
            item = frames[at]
            at += 1
            try:
                envelope = item if isinstance(item, Envelope) else self._open(item)
            except DecodeError as error:
                assert isinstance(item, bytes)
                if not self._is_odd(item, error):
                    return
                continue
            lane = self._lane(envelope.source, type(envelope.message))
            if self._retained:
                self._retained -= 1
                troubled = lane.take_retained(envelope)
            else:
                troubled = lane.take(envelope)
                first, at = at - 1, at + self._take_more(lane, frames, at)
                self._progress.came(envelope.message.TYPE_ID, at - first)
            if troubled is not None:
                held = [link for link, outcome in troubled if outcome is Put.HELD]
                if held:
                    self._hold(held, frames[at:])
                    return
        if self.cutter.error is not None:
            self.fail(self.cutter.error)

    def _take_more(self, lane: Lane, frames: list[bytes | Envelope], at: int) -> int:
        """Takes what follows the one before this place, as much as there is room for; how many."""
        room = lane.free
        if not room or at == len(frames):
            return 0
        end = following(frames, at - 1, room + 1)
        if end <= at:
            return 0
        lane.take_all(cast(list[Envelope], frames[at:end]))
        return end - at

    def _confirm_soon(self) -> None:
        if self._confirming is None and self._progress.open and self.transport is not None:
            self._confirming = self.loop.call_later(self.limits.confirm_secs, self._confirm)

    def _confirm(self) -> None:
        """Says how much was handled, if that is known, and looks again if more has come."""
        self._confirming = None
        handled = self._progress.handled(self._lanes.values())
        if handled is not None:
            self.say(control.Mark(dict(handled)))
        self._confirm_soon()

    def _lane(self, source: int, message: type[Message]) -> Lane:
        lane = self._lanes.get((source, message))
        if lane is None:
            lane = self._lane_of(source, message)
            if len(self._lanes) < _LANES_KEPT:
                self._lanes[source, message] = lane
        return lane

    def _hold(self, held: Sequence[Link], rest: list[bytes | Envelope]) -> None:
        self._frames = rest
        if self.transport is not None:
            self.transport.pause_reading()
        self._held = self.loop.create_task(self._wait(held), name="transport waits for room")

    async def _wait(self, held: Sequence[Link]) -> None:
        for link in held:
            await link.room()
        self._held = None
        frames, self._frames = self._frames, []
        try:
            self._deliver(frames)
        except Exception as error:
            self.fail(error)  # nobody waits for this task
            self.finish()  # of a connection that is gone already nobody else will
            raise
        self._confirm_soon()
        if self._held is None:
            if self.transport is not None and not self.transport.is_closing():
                self.transport.resume_reading()
            self.finish()

    def _is_odd(self, data: bytes, error: DecodeError) -> bool:
        """Handles what is no message; False when the connection has to end."""
        try:
            if control.is_control(data):
                return self._hear(control.decode(data))
            header = read_header(data, max_frame=self.limits.max_frame)
        except (DecodeError, HandshakeError) as failure:
            self.fail(failure)
            return False
        if isinstance(error, ChecksumMismatchError):
            self.fail(error)
            return False
        publisher = self._port.manifest.source_name(header.source)
        kind = f"type {int.from_bytes(data[_TYPE], 'little')}"
        self._port.refuse(publisher, kind, data, f"{publisher}, {kind}: {error}")
        self._retained = max(0, self._retained - 1)
        return True

    def _hear(self, said: control.Control) -> bool:
        welcomed = self.welcome.done()
        if isinstance(said, control.Welcome) and not welcomed:
            self._check(said)
            self._retained = said.retained
            self.welcome.set_result(said)
        elif isinstance(said, control.Refuse):
            raise HandshakeError(said.why)
        elif isinstance(said, control.Have) and welcomed:
            self._retained = said.retained
            self._on_have(said.number)
        elif isinstance(said, control.End) and welcomed:
            self.ended = True
            self.close()
            return False
        elif not (isinstance(said, control.Beat) and welcomed):
            raise HandshakeError(f"did not expect a {type(said).__name__.lower()} here")
        return True
