"""Recordings: files of frames, back to back and nothing else; gzip when the name ends in .gz.

A crash can tear the last frame of a file. Reading reports it, appending removes it first. One
writer at a time appends to a file, and none while somebody holds it with `unwritten`.
"""

from __future__ import annotations

import errno
import os
import stat
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import IO, Final, Self, TypeVar

import msgspec

from mycelium.compression import deflate, inflate
from mycelium.errors import NotARecordingError, RecordingInUseError
from mycelium.locking import lock
from mycelium.protocol.accelerated import Batch
from mycelium.protocol.errors import DecodeError, TooLargeError, TruncatedError
from mycelium.protocol.frame import DEFAULT_MAX_FRAME
from mycelium.protocol.stream import BatchReader, RawFrame, ResyncReader, Skipped, StrictReader

T = TypeVar("T", bound=msgspec.Struct)

DEFAULT_FLUSH_BYTES: Final = 1 << 16

_PIECE: Final = 1 << 16


class RecordingReader:
    """The frames of a file, in order and bit for bit; holds one frame and one piece at a time.

    What is appended after an iteration began is not part of it: a file that grows has an end, too.
    What is no frame is passed over: after the iteration ``skipped`` names the first thousand
    ranges, ``skipped_ranges`` and ``skipped_bytes`` count all of them, and ``torn`` says whether
    the file ends within a frame. Offsets count uncompressed bytes. ``damage`` is what ended a
    compressed file before its last byte; what follows it cannot be read.
    """

    def __init__(self, path: Path, *, max_frame: int = DEFAULT_MAX_FRAME) -> None:
        self.path = path
        self._max_frame = max_frame
        self._reader: ResyncReader = ResyncReader(max_frame=max_frame)
        self.damage: Exception | None = None

    def __iter__(self) -> Iterator[RawFrame]:
        self._reader = reader = ResyncReader(max_frame=self._max_frame)
        for piece in self.pieces():
            yield from reader.feed(piece)
        yield from reader.end()

    def batches(self, batch: Batch[T] | None) -> Iterator[list[T] | RawFrame]:
        """The same frames, as what ``batch`` makes of many at once; see `BatchReader`."""
        self._reader = reader = BatchReader(batch, max_frame=self._max_frame)
        for piece in self.pieces():
            yield from reader.feed_batches(piece)
        yield from reader.end_batches()

    def pieces(self) -> Iterator[bytes]:
        """The bytes of the frames, uncompressed, up to ``damage`` if there is any.

        Raises, when iterated over:
            OSError: the file cannot be read, or is a pipe or a device, whose size nobody knows
        """
        self.damage = None
        with self.path.open("rb") as file:
            found = os.fstat(file.fileno())
            if not stat.S_ISREG(found.st_mode):
                raise OSError(errno.EINVAL, "is no regular file", str(self.path))
            raw = _pieces(file, found.st_size)
            try:
                yield from inflate(raw) if self.path.suffix == ".gz" else raw
            except (EOFError, zlib.error) as error:
                self.damage = error

    @property
    def skipped(self) -> tuple[Skipped, ...]:
        """The first ranges of bytes that hold no frame."""
        return tuple(self._reader.skipped)

    @property
    def skipped_ranges(self) -> int:
        """How many ranges hold no frame."""
        return self._reader.skipped_ranges

    @property
    def skipped_bytes(self) -> int:
        """How many bytes belong to no frame."""
        return self._reader.skipped_bytes

    @property
    def torn(self) -> bool:
        """Whether the file ends within a frame, or within its compression."""
        last = self._reader.skipped[-1:]
        end = self._reader.offset
        return self.damage is not None or any(
            s.end == end and type(s.error) is TruncatedError for s in last
        )


def read_recording(path: Path, *, max_frame: int = DEFAULT_MAX_FRAME) -> RecordingReader:
    """The frames of a recording; iterating opens the file.

    Raises, when iterated over:
        OSError: the file cannot be read
    """
    return RecordingReader(path, max_frame=max_frame)


@contextmanager
def unwritten(path: Path) -> Iterator[None]:
    """Within it no `RecordingWriter` begins to append to the file, in this process or another.

    One that does already goes on, and keeps all others away as well.

    Raises:
        OSError: the file cannot be read
    """
    with path.open("rb") as file:
        lock(file, shared=True)
        yield


class RecordingWriter:
    """Appends frames to a file, new or there already, as a context manager.

    Frames go to the operating system once ``flush_bytes`` wait, on `flush` and on `close`. So a
    process that dies loses what waited and tears at most the last frame that was written.

    Raises:
        NotARecordingError: the file holds something that is no frame, other than a torn last one
        RecordingInUseError: another writer has the file open, or `unwritten` holds it
        OSError: the file cannot be written
    """

    def __init__(self, path: Path, *, flush_bytes: int = DEFAULT_FLUSH_BYTES) -> None:
        self.path = path
        self.frames = 0
        self._flush_bytes = flush_bytes
        self._waiting: list[bytes] = []
        self._size = 0
        self._file = _open_mended(path)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def append(self, frame: bytes) -> None:
        """Adds a frame; only its size is looked at.

        Raises:
            TooLargeError: no reader would take the frame, nor what follows it
            ValueError: the writer is closed
            OSError: what waits could not be written; it still waits
        """
        if self._file.closed:
            raise ValueError(f"{self.path}: expected an open recording, found a closed one")
        if len(frame) > DEFAULT_MAX_FRAME:
            expected = f"a frame of at most {DEFAULT_MAX_FRAME} bytes"
            raise TooLargeError(expected, f"{len(frame)} bytes", 0)
        self._waiting.append(frame)
        self._size += len(frame)
        self.frames += 1
        if self._size >= self._flush_bytes:
            self.flush()

    def flush(self, *, sync: bool = False) -> None:
        """Writes what waits; with ``sync`` returns once it is on the disk itself.

        Raises:
            OSError: what waits could not be written; it still waits
        """
        if self._waiting:
            data = b"".join(self._waiting)
            _write_whole(self._file, deflate(data) if self._gzip else data)
            self._waiting.clear()
            self._size = 0
        if sync:
            os.fsync(self._file.fileno())

    def close(self) -> None:
        """Writes what waits and closes the file; closing twice is fine."""
        if not self._file.closed:
            try:
                self.flush(sync=True)
            finally:
                self._file.close()

    @property
    def _gzip(self) -> bool:
        return self.path.suffix == ".gz"


def _write_whole(file: IO[bytes], data: bytes) -> None:
    """Writes all of it, or takes back what was written of it."""
    start = file.seek(0, os.SEEK_END)
    view = memoryview(data)
    try:
        while view:
            view = view[file.write(view) :]
    except OSError:
        file.truncate(start)
        raise


def _pieces(file: IO[bytes], size: int) -> Iterator[bytes]:
    """The first ``size`` bytes; fewer when somebody has cut the file since."""
    while size and (piece := file.read(min(size, _PIECE))):
        size -= len(piece)
        yield piece


def _open_mended(path: Path) -> IO[bytes]:
    """The file without a torn last frame, open for appending and for nobody else."""
    file = _open_alone(path)
    try:
        replaced = _mend(path)
    except BaseException:
        file.close()
        raise
    if not replaced:
        return file
    file.close()
    return _open_alone(path)


def _open_alone(path: Path) -> IO[bytes]:
    file = path.open("ab", buffering=0)
    if lock(file):
        return file
    file.close()
    raise RecordingInUseError(
        f"{path}: expected to append to it alone, found it being written or replayed already"
    )


def _mend(path: Path) -> bool:
    """Takes a torn last frame off; whether another file stands in the path's place now."""
    reader = StrictReader()
    recording = RecordingReader(path)
    try:
        for piece in recording.pieces():
            for _ in reader.feed(piece):
                pass
        for _ in reader.end():
            pass
    except TruncatedError:
        pass  # torn: what there is for mending
    except DecodeError as error:
        raise NotARecordingError(f"{path}: expected frames to append to, found {error}") from None
    if isinstance(recording.damage, zlib.error):
        raise NotARecordingError(
            f"{path}: expected frames to append to, found damage: {recording.damage}"
        )
    if path.suffix != ".gz":
        os.truncate(path, reader.offset)
    elif reader.pending or recording.damage is not None:
        _rewrite(path, reader.offset)
        return True
    return False


def _rewrite(path: Path, size: int) -> None:
    """Compresses the first ``size`` bytes of a torn gzip file anew, then takes its place."""
    new = path.with_name(path.name + ".mending")
    with new.open("wb") as file:
        for piece in RecordingReader(path).pieces():
            if size:
                file.write(deflate(piece[:size]))
            size -= min(size, len(piece))
    new.replace(path)
