"""Replays: recorded frames given to the services that run, as if their senders ran, too."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Final

import msgspec

from mycelium.bus import Bus
from mycelium.envelope import Envelope
from mycelium.protocol.errors import DecodeError
from mycelium.protocol.stream import RawFrame

_TURN: Final = 256
"""Frames after which others get their turn, signals among them."""


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


async def replay(bus: Bus, frames: Iterable[RawFrame]) -> ReplayReport:
    """Gives the frames' messages to the bus with their own source, sequence and timestamp.

    Back-pressure holds it up as it would a publisher. It returns when all frames are given; await
    `Bus.idle` for the consequences.

    Raises:
        StoppingError: the bus is being stopped
        MailboxFullError: as for any publisher
    """
    delivered = own = unreadable = 0
    problems: list[tuple[int, DecodeError]] = []
    decode = bus.manifest.registry.decode_frame
    for number, raw in enumerate(frames, 1):
        if number % _TURN == 0:
            await asyncio.sleep(0)
        header = raw.header
        if bus.runs(header.source):
            own += 1
            continue
        try:
            messages = decode(raw.data, max_frame=len(raw.data)).messages
        except DecodeError as error:
            unreadable += 1
            if len(problems) < 100:
                problems.append((raw.offset, error))
            continue
        delivered += 1
        for message in messages:
            envelope = Envelope(
                message, header.source, header.sequence, header.timestamp, False, raw.data
            )
            await bus.receive(envelope)
    return ReplayReport(delivered, own, unreadable, tuple(problems))
