"""Frames out of a stream of bytes that comes in pieces. No I/O happens here.

A socket's reader is strict: what is wrong raises, and the connection has to be made again. A file's
reader goes on with the next frame whose checksum holds, and tells what it skipped. The native codec
cuts what is sound, many frames at once; what it stops at is looked at here, frame by frame.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from typing import Final, Generic, TypeVar

import msgspec

from mycelium.protocol.accelerated import Batch, cutter
from mycelium.protocol.errors import DecodeError, TruncatedError
from mycelium.protocol.frame import (
    DEFAULT_MAX_FRAME,
    HEADER_SIZE,
    MAGIC_BYTES,
    Header,
    check_frame,
    read_header,
)

P = TypeVar("P")
T = TypeVar("T", bound=msgspec.Struct)

_RANGES_KEPT: Final = 1000
_AT_ONCE: Final = 256


class RawFrame(msgspec.Struct, frozen=True, gc=False):
    """A frame whose checksum holds: ``data`` is all of it, ``offset`` its place in the stream."""

    header: Header
    data: bytes
    offset: int


class Skipped(msgspec.Struct, frozen=True):
    """Bytes ``start`` to ``end`` of a stream, which hold no frame; ``error`` is what came first."""

    start: int
    end: int
    error: DecodeError


_cut: Final[Batch[RawFrame] | None] = cutter(Header, RawFrame)


class FrameReader(ABC):
    """Cuts a stream into frames; see `StrictReader` and `ResyncReader`.

    It holds no more than one frame and one piece at a time, and the frames of a piece. Each byte is
    copied twice, whatever the pieces are. A frame larger than ``max_frame`` is refused when its
    header is there.
    """

    __slots__ = ("_at", "_base", "_buffer", "_needed", "max_frame")

    def __init__(self, *, max_frame: int = DEFAULT_MAX_FRAME) -> None:
        self.max_frame = max_frame
        self._buffer = bytearray()
        self._base = 0  # place of the buffer's first byte in the stream
        self._at = 0  # what is before this place in the buffer is done with
        self._needed = HEADER_SIZE  # bytes from there on, without which looking again is in vain

    @property
    def offset(self) -> int:
        """Place in the stream of the first byte that belongs to no finished frame."""
        return self._base + self._at

    @property
    def pending(self) -> int:
        """Bytes that were fed and belong to no finished frame."""
        return len(self._buffer) - self._at

    def feed(self, data: bytes | bytearray | memoryview) -> Iterator[RawFrame]:
        """Takes the next piece; the frames that are whole now come when iterated over.

        Frames that are not asked for come with the next piece.
        """
        del self._buffer[: self._at]
        self._base += self._at
        self._at = 0
        self._buffer += data
        return self._frames()

    @abstractmethod
    def end(self) -> Iterator[RawFrame]:
        """Says that no more bytes come; the frames that were held back come when iterated over."""

    def _frames(self) -> Iterator[RawFrame]:
        while self.pending >= self._needed:
            for frame in self._sound():
                if frame.offset != self.offset:  # somebody fed more or went on meanwhile
                    break
                self._pass(len(frame.data))
                yield frame
            if self.pending < self._needed:
                return
            if (tried := self._tried()) is not None:
                self._pass(len(tried.data))
                yield tried

    def _sound(self) -> list[RawFrame]:
        """Frames that start here and are sound, not necessarily all of them."""
        if _cut is None:
            return []
        return _cut(self._buffer, self._at, self._base, self.max_frame, _AT_ONCE)[0]

    def _pass(self, size: int) -> None:
        """Is done with the frame or frames that start here."""
        self._at += size
        self._needed = HEADER_SIZE

    def _tried(self) -> RawFrame | None:
        """The frame that starts here; None when more bytes are needed or something else stood here.

        ``_needed`` and ``_at`` then say so.
        """
        try:
            return self._next()
        except DecodeError as error:
            self._needed = HEADER_SIZE
            self._refuse(error)
            return None

    def _next(self) -> RawFrame | None:
        """The frame that starts here, or None when more bytes are needed."""
        at, head = self._at, bytes(memoryview(self._buffer)[self._at : self._at + HEADER_SIZE])
        header = read_header(head, max_frame=self.max_frame)
        self._needed = HEADER_SIZE + header.payload_size
        if len(self._buffer) - at < self._needed:
            return None
        data = bytes(memoryview(self._buffer)[at : at + self._needed])
        check_frame(data, header)
        return RawFrame(header, data, self._base + at)

    @abstractmethod
    def _refuse(self, error: DecodeError) -> None:
        """Called with the error of what starts here; has to move on or to raise."""


class StrictReader(FrameReader):
    """Raises `DecodeError` on the first wrong byte; offsets count from the stream's start."""

    __slots__ = ()

    def end(self) -> Iterator[RawFrame]:
        """Says that no more bytes come.

        Raises, when iterated over:
            TruncatedError: the stream ends within a frame
            BadMagicError: it ends in something else
        """
        yield from self._frames()
        if not self.pending:
            return
        try:
            read_header(bytes(self._buffer[self._at :]), max_frame=self.max_frame)
        except DecodeError as error:
            self._refuse(error)
        raise TruncatedError(f"{self._needed} bytes", str(self.pending), self.offset)

    def _refuse(self, error: DecodeError) -> None:
        raise type(error)(error.expected, error.found, self.offset + error.offset) from None


class ResyncReader(FrameReader):
    """Passes over what is no frame.

    ``skipped_ranges`` counts the ranges and ``skipped_bytes`` their bytes; ``skipped`` keeps the
    first thousand ranges.
    """

    __slots__ = ("_error", "_start", "skipped", "skipped_bytes", "skipped_ranges")

    def __init__(self, *, max_frame: int = DEFAULT_MAX_FRAME) -> None:
        super().__init__(max_frame=max_frame)
        self.skipped: list[Skipped] = []
        self.skipped_ranges = 0
        self.skipped_bytes = 0
        self._start = 0
        self._error: DecodeError | None = None

    def end(self) -> Iterator[RawFrame]:
        """Says that no more bytes come; a torn last frame is among what was skipped then."""
        return self._to_the_end(self._frames)

    def _to_the_end(self, whole: Callable[[], Iterator[P]]) -> Iterator[P]:
        yield from whole()
        while self.pending:
            # what looked like the start of a long frame may have hidden whole ones
            self._refuse(TruncatedError(f"{self._needed} bytes", str(self.pending), 0))
            self._needed = HEADER_SIZE
            yield from whole()
        self._close_range()

    def _pass(self, size: int) -> None:
        self._close_range(self.offset)
        super()._pass(size)

    def _refuse(self, error: DecodeError) -> None:
        if self._error is None:
            self._start = self.offset
            self._error = type(error)(error.expected, error.found, self.offset + error.offset)
        self._at = self._next_magic()

    def _next_magic(self) -> int:
        """Where the next frame may start: at the magic bytes, or where they may still follow."""
        buffer, after = self._buffer, self._at + 1
        found = buffer.find(MAGIC_BYTES, after)
        if found >= 0:
            return found
        for size in range(len(MAGIC_BYTES) - 1, 0, -1):
            if len(buffer) - size >= after and buffer.endswith(MAGIC_BYTES[:size]):
                return len(buffer) - size
        return len(buffer)

    def _close_range(self, end: int | None = None) -> None:
        if self._error is None:
            return
        end = self.offset if end is None else end
        self.skipped_ranges += 1
        self.skipped_bytes += end - self._start
        if len(self.skipped) < _RANGES_KEPT:
            self.skipped.append(Skipped(self._start, end, self._error))
        self._error = None


class BatchReader(ResyncReader, Generic[T]):
    """A `ResyncReader` that gives what ``batch`` makes of many frames at once.

    A frame that is sound but that ``batch`` does not take comes by itself, as a `RawFrame`.
    """

    __slots__ = ("_batch", "frames")

    def __init__(
        self, batch: Batch[T] | None, *, max_frame: int = DEFAULT_MAX_FRAME, offset: int = 0
    ) -> None:
        """``offset`` is the place in the stream of what is fed first."""
        super().__init__(max_frame=max_frame)
        self._base = offset
        self._batch = batch
        self.frames = 0
        """How many were given."""

    def feed_batches(self, data: bytes | memoryview) -> Iterator[list[T] | RawFrame]:
        """Takes the next piece; what is whole now comes when iterated over."""
        self.feed(data)
        return self._batches()

    def end_batches(self) -> Iterator[list[T] | RawFrame]:
        """Says that no more bytes come; the frames that were held back come, as in `end`."""
        return self._to_the_end(self._batches)

    def _batches(self) -> Iterator[list[T] | RawFrame]:
        while self.pending >= self._needed:
            made, end, count = self._made()
            if count:
                self._pass(end - self._at)
                self.frames += count
                yield made
                continue
            if (tried := self._tried()) is not None:
                self._pass(len(tried.data))
                self.frames += 1
                yield tried

    def _made(self) -> tuple[list[T], int, int]:
        if self._batch is None:
            return [], 0, 0
        return self._batch(self._buffer, self._at, self._base, self.max_frame, _AT_ONCE)
