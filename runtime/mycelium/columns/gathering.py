"""Frames of a buffer or of a file to heaps of values, one heap a message.

A heap is what the native codec gathers: of records, their number and their bytes; of columns, their
number, the sources, sequences and timestamps as bytes, and the tree of the fields' columns. Without
the native codec it is the messages themselves.
"""

from __future__ import annotations

import sys
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeAlias

from mycelium._native import codec
from mycelium.protocol.accelerated import layout_of
from mycelium.protocol.errors import DecodeError, TruncatedError, WrongDomainError
from mycelium.protocol.frame import DEFAULT_MAX_FRAME, HEADER_SIZE, Header, read_header
from mycelium.protocol.message import Message
from mycelium.protocol.stream import BatchReader, RawFrame
from mycelium.protocol.tlv import read_tlv
from mycelium.recording import RecordingReader

Source: TypeAlias = "bytes | bytearray | memoryview | str | Path"
Heap: TypeAlias = "Native | Pure"

MAX_BYTES: Final = 1 << 26
"""Of frames that are gathered before a batch is given."""
_PIECE: Final = 1 << 18


class Native(NamedTuple):
    """What the native codec gathered of one message."""

    size: int
    parts: tuple[Any, ...]


class Pure(NamedTuple):
    """The messages themselves, with their headers."""

    size: int
    rows: list[tuple[Header, Message]]


class Gathering:
    """Gathers the messages of some classes.

    ``strict`` raises at the first bytes that are no sound frame, or no sound message of these
    classes. Otherwise they are passed over: ``skipped_bytes`` and ``unreadable`` (frames) say how
    much that was, and ``problem`` what came first. Frames of other messages are passed over always.
    ``frames`` counts all that were sound. ``damage`` is what ended a compressed file early. All of
    that is about the source that was read last.
    """

    def __init__(
        self, messages: Sequence[type[Message]], *, as_records: bool, strict: bool
    ) -> None:
        self._strict = strict
        self._as_records = as_records
        self._messages = {m.TYPE_ID: m for m in messages}
        self._begin()

    def batches(
        self, source: Source, rows: int, size: int = MAX_BYTES
    ) -> Iterator[dict[type[Message], Heap]]:
        """What the source holds, in batches of about so many frames or bytes of frames.

        Raises, when iterated over:
            DecodeError: with ``strict``, the first problem, at its place in the source
            OSError: the file cannot be read
        """
        self._begin()
        since_bytes = since = 0
        whole = rows == sys.maxsize  # how many bytes a batch will have is known only then
        for offset in self._read(source, size if whole else 0):
            if self.frames - since >= rows or offset - since_bytes >= size:
                since, since_bytes = self.frames, offset
                yield self._take()
        yield self._take()

    def _begin(self) -> None:
        """Forgets the source before, which need not have been read to its end."""
        self.frames = 0
        self.skipped_bytes = 0
        self.unreadable = 0
        self.problem: DecodeError | None = None
        self.damage: Exception | None = None
        self._native = _gatherer(self._messages, as_records=self._as_records)
        self._rows: dict[int, list[tuple[Header, Message]]] = {t: [] for t in self._messages}

    def _read(self, source: Source, ahead: int) -> Iterator[int]:
        """Gathers all of the source, and gives the place after each step.

        Room is made for batches of ``ahead`` bytes, unless it is 0.
        """
        pieces = self._pieces(source)
        offset, rest = 0, memoryview(b"")
        if self._native is not None:
            offset, rest = yield from self._sound(pieces, ahead, _size_of(source))
        native = None if self._native is None else self._batch
        reader: BatchReader[Any] = BatchReader(native, offset=offset)
        frames = self.frames
        for piece in chain(_cut(rest), pieces):
            yield from self._given(reader, reader.feed_batches(piece), frames)
        yield from self._given(reader, reader.end_batches(), frames)
        self._check(reader)
        if self.damage is not None and self._strict:
            raise TruncatedError("a whole gzip file", f"damage: {self.damage}", reader.offset)

    def _pieces(self, source: Source) -> Iterator[bytes | memoryview]:
        if isinstance(source, bytes) and self._native is not None:
            yield source  # nobody writes to it: it need not be copied
        elif isinstance(source, str | Path):
            recording = RecordingReader(Path(source))
            yield from recording.pieces()
            self.damage = recording.damage
        else:
            yield from _cut(memoryview(source).cast("B"))

    def _sound(
        self, pieces: Iterator[bytes | memoryview], ahead: int, size: int
    ) -> Generator[int, None, tuple[int, memoryview]]:
        """Gathers what is sound, up to the first place where something else stands.

        Gives the place after each step; returns the last one, and what was taken of the pieces but
        not gathered.
        """
        assert self._native is not None
        rest = memoryview(b"")
        offset = batch = 0
        for piece in pieces:
            data = b"".join((rest, piece)) if rest else bytes(piece)
            at, count = 0, 1
            while count:
                if offset - batch >= ahead:
                    batch = offset
                left = max(0, min(batch + ahead, size) - offset)
                end, count = self._native.feed(data, at, DEFAULT_MAX_FRAME, _PIECE, left)
                self.frames += count
                offset, at = offset + end - at, end
                rest = memoryview(data)[at:]
                yield offset
            if not _is_cut(rest):
                break
        return offset, rest

    def _given(
        self, reader: BatchReader[Any], parts: Iterable[list[Any] | RawFrame], frames: int
    ) -> Iterator[int]:
        for part in parts:
            self._check(reader)
            self.frames = frames + reader.frames
            if isinstance(part, RawFrame):
                self._add(part)
            yield reader.offset

    def _batch(
        self, buffer: bytearray, at: int, base: int, max_frame: int, most: int
    ) -> tuple[list[Any], int, int]:
        assert self._native is not None
        end, count = self._native.feed(buffer, at, max_frame, len(buffer), 0)
        return [], end, count

    def _check(self, reader: BatchReader[Any]) -> None:
        """Takes over what the reader has passed over."""
        self.skipped_bytes = reader.skipped_bytes
        if reader.skipped:
            self._refuse(reader.skipped[0].error)

    def _refuse(self, error: DecodeError) -> None:
        self.problem = self.problem or error
        if self._strict:
            raise error

    def _add(self, raw: RawFrame) -> None:
        """One frame that the native codec did not take."""
        try:
            found = _messages_of(raw, self._messages)
        except DecodeError as error:
            self.unreadable += 1
            self._refuse(type(error)(error.expected, error.found, raw.offset + error.offset))
            return
        if self._native is not None and found:
            raise AssertionError(f"the codecs disagree about the frame at byte {raw.offset}")
        for message in found:
            self._rows[message.TYPE_ID].append((raw.header, message))

    def _take(self) -> dict[type[Message], Heap]:
        if self._native is not None:
            taken = self._native.take()
            return {m: Native(taken[t][0], taken[t][1:]) for t, m in self._messages.items()}
        rows, self._rows = self._rows, {t: [] for t in self._messages}
        return {m: Pure(len(rows[t]), rows[t]) for t, m in self._messages.items()}


def _gatherer(messages: Mapping[int, type[Message]], *, as_records: bool) -> Any:
    """The native one; None when there is none, or a message has to stay with the pure codec."""
    if codec is None:
        return None
    layouts = {t: layout_of(m) for t, m in messages.items()}
    if None in layouts.values():
        return None
    return codec.Gatherer(layouts, as_records)


def _size_of(source: Source) -> int:
    """How many bytes of frames there are; 0 where only reading them tells.

    Raises:
        OSError: there is no such file
    """
    if not isinstance(source, str | Path):
        return memoryview(source).nbytes
    path = Path(source)
    return 0 if path.suffix == ".gz" else path.stat().st_size


def _is_cut(data: memoryview) -> bool:
    """Whether these bytes may be the start of a sound frame."""
    if len(data) < HEADER_SIZE:
        return True
    try:
        header = read_header(bytes(data[:HEADER_SIZE]))
    except DecodeError:
        return False
    return len(data) < HEADER_SIZE + header.payload_size


def _cut(data: memoryview) -> Iterator[memoryview]:
    """A buffer in pieces that fit the processor's cache, since each is copied."""
    for at in range(0, len(data), _PIECE):
        yield data[at : at + _PIECE]


def _messages_of(raw: RawFrame, messages: Mapping[int, type[Message]]) -> list[Message]:
    """The messages of a sound frame that are of these classes.

    Raises:
        DecodeError: one of them is malformed
    """
    found = []
    at, end = HEADER_SIZE, len(raw.data)
    while at < end:
        type_id, version, value_at, at = read_tlv(raw.data, at, end)
        kind = messages.get(type_id)
        if kind is None:
            continue
        if raw.header.domain != kind.DOMAIN:
            expected = f"domain {kind.DOMAIN} of {kind.__name__} (type {type_id})"
            raise WrongDomainError(expected, str(raw.header.domain), 5)
        found.append(kind._decode(raw.data, value_at, at, version))
    return found
