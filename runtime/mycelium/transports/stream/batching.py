"""Envelopes out of a stream's pieces, many at once, by the native codec. No I/O happens here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeAlias, cast

from mycelium.envelope import ENVELOPE, Envelope
from mycelium.protocol.errors import DecodeError
from mycelium.protocol.registry import Registry
from mycelium.transports.stream.cutting import Cutter, end_of

_AT_ONCE: Final = 4096

Decode: TypeAlias = Callable[[bytes, int, int, int, int], tuple[list[Envelope], int, int]]
"""Of a piece, a place in it, 0, the largest frame and the most frames: the envelopes of the frames
that are sound and known from there on, where they end, and how many frames they were."""


class Batcher:
    """As `Cutter`, but a frame that is sound and known comes as its envelope."""

    __slots__ = ("_decode", "_needed", "_rest", "error", "max_frame")

    def __init__(self, decode: Decode, max_frame: int) -> None:
        self.max_frame = max_frame
        self.error: DecodeError | None = None
        self._decode = decode
        self._rest = bytearray()
        self._needed = 0

    @property
    def pending(self) -> int:
        """Bytes that belong to no whole frame yet."""
        return len(self._rest)

    def feed(self, piece: bytes) -> list[bytes | Envelope]:
        """Takes the next piece; what is whole now."""
        if self.error is not None:
            return []
        rest = self._rest
        if rest:
            rest += piece
            if len(rest) < self._needed:
                return []
            piece = bytes(rest)
            rest.clear()
        found: list[bytes | Envelope] = []
        at = 0
        while True:
            made, at, count = self._decode(piece, at, 0, self.max_frame, _AT_ONCE)
            found += made if len(made) == count else _first_of_each(made)
            try:
                stop, self._needed = end_of(piece, at, self.max_frame)
            except DecodeError as error:
                self.error = error
                return found
            if not stop:
                rest += memoryview(piece)[at:]
                return found
            if count < _AT_ONCE:  # what this one is, is found out with time and care
                found.append(piece[at:stop])
                at = stop


def cutter_of(registry: Registry, max_frame: int) -> Cutter | Batcher:
    """The fastest that there is."""
    batch = registry.batch(ENVELOPE)
    if batch is None:
        return Cutter(max_frame)
    return Batcher(cast(Decode, batch), max_frame)  # it takes every buffer


def _first_of_each(made: list[Envelope]) -> list[Envelope]:
    """One envelope a frame: a frame of another program may hold several messages."""
    return [
        envelope
        for before, envelope in zip([None, *made], made, strict=False)
        if before is None or envelope.frame is not before.frame
    ]
