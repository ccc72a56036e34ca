"""Replays: recorded frames given to the services that run, as if their senders ran, too."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from typing import Final

import msgspec

from mycelium.bus import Bus
from mycelium.envelope import ENVELOPE, Envelope, following
from mycelium.outlet import settle
from mycelium.protocol.errors import DecodeError
from mycelium.protocol.message import Message
from mycelium.protocol.stream import RawFrame
from mycelium.recording import RecordingReader
from mycelium.transports import Lane

_TURN: Final = 256
"""Messages after which others get their turn, signals among them."""
_PROBLEMS_KEPT: Final = 100
_UNKNOWN: Final = -1


class ReplayReport(msgspec.Struct, frozen=True):
    """What became of the frames of a replay.

    ``delivered`` were given to the bus, which refuses and counts what their source may not
    publish; ``own`` came from services that run here and speak for themselves; ``unreadable``
    could not be decoded, ``problems`` tells why of the first hundred, with their offsets.
    """

    delivered: int
    own: int
    unreadable: int
    problems: tuple[tuple[int, DecodeError], ...]


async def replay(
    bus: Bus,
    frames: RecordingReader | Iterable[RawFrame],
    taken: Callable[[int], None] = lambda frames: None,
) -> ReplayReport:
    """Gives the frames' messages to the bus with their own source, sequence and timestamp.

    Back-pressure holds it up as it would a publisher. It returns when all frames are given; await
    `Bus.idle` for the consequences. A recording is decoded many frames at once. ``taken`` is told
    now and then how many frames are done with.

    Raises:
        StoppingError: the bus is being stopped
        MailboxFullError: as for any publisher
    """
    playing = _Replay(bus, taken)
    batch = bus.manifest.registry.batch(ENVELOPE)
    parts = frames.batches(batch) if isinstance(frames, RecordingReader) else frames
    for part in parts:
        await playing.give(playing.decoded(part) if isinstance(part, RawFrame) else part)
    return ReplayReport(playing.delivered, playing.own, playing.unreadable, tuple(playing.problems))


class _Replay:
    """What has been given so far, and the lanes that it took."""

    def __init__(self, bus: Bus, taken: Callable[[int], None]) -> None:
        self.delivered = 0
        self.own = 0
        self.unreadable = 0
        self.problems: list[tuple[int, DecodeError]] = []
        self._bus = bus
        self._taken = taken
        self._decode = bus.manifest.registry.decode_frame
        self._left = _TURN
        self._lanes: dict[tuple[int, type[Message]], Lane | None] = {}

    def decoded(self, raw: RawFrame) -> Sequence[Envelope]:
        """The messages of one frame; none when it cannot be read, or its service runs here."""
        header = raw.header
        if self._bus.runs(header.source):
            self.own += 1
            return ()
        try:
            messages = self._decode(raw.data, len(raw.data)).messages
        except DecodeError as error:
            self.unreadable += 1
            if len(self.problems) < _PROBLEMS_KEPT:
                self.problems.append((raw.offset, error))
            return ()
        return [
            Envelope(m, header.source, header.sequence, header.timestamp, False, raw.data)
            for m in messages
        ]

    async def give(self, envelopes: Sequence[Envelope]) -> None:
        """Gives messages to the bus, and others their turn now and then."""
        for start in range(0, len(envelopes), _TURN):
            await self._give_some(envelopes[start : start + _TURN])
            self._left -= len(envelopes)
            if self._left <= 0:
                self._left = _TURN
                self._lanes.clear()  # a service may have begun or ended meanwhile
                await asyncio.sleep(0)

    async def _give_some(self, envelopes: Sequence[Envelope]) -> None:
        """Gives them in order; neighbours of one lane together, as long as it has room."""
        if self._bus.stopping and envelopes:
            await self._bus.receive(envelopes[0])  # which says so
        lane: Lane | None = None
        source, message, last = 0, Message, None
        gathered: list[Envelope] = []
        free, delivered = _UNKNOWN, 0
        for envelope in envelopes:
            if envelope.source == source and type(envelope.message) is message:
                if lane is not None and free == _UNKNOWN:
                    free = lane.free
            else:
                if gathered and lane is not None:
                    _take_all(lane, gathered)
                    gathered = []
                source, message, free = envelope.source, type(envelope.message), _UNKNOWN
                lane = self._lane(source, message)
            if envelope.frame is not last:  # a frame may hold several messages
                last = envelope.frame
                if lane is None:
                    self.own += 1
                else:
                    delivered += 1
            if lane is None:
                continue
            if free > 0:
                free -= 1
                gathered.append(envelope)
                continue
            if gathered:
                _take_all(lane, gathered)
                gathered = []
            troubled = lane.take(envelope)
            free = _UNKNOWN
            if troubled is not None:
                self._tell(delivered)
                delivered = 0
                publisher = self._bus.manifest.source_name(source)
                await settle(troubled, publisher, envelope.message)
        if gathered and lane is not None:
            _take_all(lane, gathered)
        self._tell(delivered)

    def _tell(self, delivered: int) -> None:
        """Counts what was delivered before others get their turn."""
        self.delivered += delivered
        self._taken(self.delivered + self.own + self.unreadable)

    def _lane(self, source: int, message: type[Message]) -> Lane | None:
        """The way of a source's messages; None of a service that runs here."""
        key = (source, message)
        if key not in self._lanes:
            runs_here = self._bus.runs(source)
            self._lanes[key] = None if runs_here else self._bus.lane(source, message)
        return self._lanes[key]


def _take_all(lane: Lane, envelopes: list[Envelope]) -> None:
    """Gives them to their lane, those together that follow each other."""
    at = 0
    while at < len(envelopes):
        end = following(envelopes, at, len(envelopes))
        lane.take_all(envelopes[at:end])
        at = end
