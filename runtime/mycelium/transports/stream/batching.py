"""Envelopes out of a stream's pieces, many at once, by the native codec. No I/O happens here."""

from __future__ import annotations

from collections.abc import Callable

from mycelium.envelope import Envelope
from mycelium.protocol.errors import DecodeError
from mycelium.protocol.registry import Registry
from mycelium.transports.shared.batches import AT_ONCE, Decode, batch_of, first_of_each, opener
from mycelium.transports.stream.cutting import Cutter, end_of


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
            made, at, count = self._decode(piece, at, 0, self.max_frame, AT_ONCE)
            found += made if len(made) == count else first_of_each(made)
            try:
                stop, self._needed = end_of(piece, at, self.max_frame)
            except DecodeError as error:
                self.error = error
                return found
            if not stop:
                rest += memoryview(piece)[at:]
                return found
            if count < AT_ONCE:  # what this one is, is found out with time and care
                found.append(piece[at:stop])
                at = stop


class Opening:
    """As `Batcher`, where there is no native codec."""

    __slots__ = ("_cutter", "_open")

    def __init__(self, cutter: Cutter, open_frame: Callable[[bytes], Envelope]) -> None:
        self._cutter = cutter
        self._open = open_frame

    @property
    def error(self) -> DecodeError | None:
        """What is wrong with the bytes after the last frame."""
        return self._cutter.error

    def feed(self, piece: bytes) -> list[bytes | Envelope]:
        """Takes the next piece; what is whole now."""
        return [self._opened(frame) for frame in self._cutter.feed(piece)]

    def _opened(self, frame: bytes) -> bytes | Envelope:
        try:
            return self._open(frame)
        except DecodeError:
            return frame


def cutter_of(registry: Registry, max_frame: int) -> Batcher | Opening:
    """The fastest that there is."""
    batch = batch_of(registry)
    if batch is None:
        return Opening(Cutter(max_frame), opener(registry, max_frame))
    return Batcher(batch, max_frame)
