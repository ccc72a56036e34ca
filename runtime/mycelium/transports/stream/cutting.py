"""Frames out of a stream's pieces, as fast as Python can. No I/O happens here.

Only magic and size are looked at: who decodes a frame checks the rest. That is what sets it apart
from `mycelium.protocol.stream`, whose readers check each frame before anybody asks for it.
"""

from __future__ import annotations

from struct import Struct
from typing import Final

from mycelium.protocol.errors import DecodeError
from mycelium.protocol.frame import HEADER_SIZE, MAGIC, read_header

_MAGIC_AND_SIZE: Final = Struct("<I20xI").unpack_from
_CHECKED: Final = (0, 1, 2, 3, 24, 25, 26, 27)
"""The bytes of a header that hold magic and size."""


class Cutter:
    """Cuts a stream into frames.

    It holds no more than one frame beside the piece in hand. ``error`` is what is wrong with the
    bytes after the last frame; nothing more comes then.
    """

    __slots__ = ("_needed", "_rest", "error", "max_frame")

    def __init__(self, max_frame: int) -> None:
        self.max_frame = max_frame
        self.error: DecodeError | None = None
        self._rest = bytearray()
        self._needed = HEADER_SIZE

    @property
    def pending(self) -> int:
        """Bytes that belong to no whole frame yet."""
        return len(self._rest)

    def feed(self, piece: bytes) -> list[bytes]:
        """Takes the next piece; the frames that are whole now."""
        if self.error is not None:
            return []
        rest = self._rest
        if rest:
            rest += piece
            if len(rest) < self._needed:
                return []
            piece = bytes(rest)
            rest.clear()
        frames: list[bytes] = []
        at = self._cut(piece, frames)
        if at < len(piece) and self.error is None:
            rest += memoryview(piece)[at:]
        return frames

    def _cut(self, piece: bytes, frames: list[bytes]) -> int:
        """Appends the whole frames; where they end."""
        at, end, limit = 0, len(piece), self.max_frame
        untried = True
        while end - at >= HEADER_SIZE:
            magic, size = _MAGIC_AND_SIZE(piece, at)
            size += HEADER_SIZE
            stop = at + size
            if magic != MAGIC or size > limit:
                self._refuse(piece, at)
                return at
            if stop > end:
                self._needed = size
                return at
            if untried:
                untried = False
                if alike := _alike(piece, at, size):
                    stop = at + alike * size
                    frames += [piece[start : start + size] for start in range(at, stop, size)]
                    at = stop
                    continue
            frames.append(piece[at:stop])
            at = stop
        self._needed = HEADER_SIZE
        return at

    def _refuse(self, piece: bytes, at: int) -> None:
        try:
            read_header(piece[at : at + HEADER_SIZE], max_frame=self.max_frame)
        except DecodeError as error:
            self.error = error


def end_of(piece: bytes, at: int, max_frame: int) -> tuple[int, int]:
    """Where the frame that starts there ends, 0 if it is not whole; how many bytes that takes.

    Raises:
        DecodeError: no frame starts there, or one that is too large
    """
    if len(piece) - at < HEADER_SIZE:
        return 0, HEADER_SIZE
    magic, size = _MAGIC_AND_SIZE(piece, at)
    size += HEADER_SIZE
    if magic != MAGIC or size > max_frame:
        read_header(piece[at : at + HEADER_SIZE], max_frame=max_frame)
    return (at + size if at + size <= len(piece) else 0), size


def _alike(piece: bytes, at: int, size: int) -> int:
    """How many frames of one size stand from here on to the end; 0 if there are others, too.

    Compares byte for byte with a stride: a loop over the headers would take three times as long.
    """
    count = (len(piece) - at) // size
    end = at + count * size
    for offset in _CHECKED:
        place = at + offset
        if piece[place:end:size] != piece[place : place + 1] * count:
            return 0
    return count
