"""Frames of a buffer or of a file to heaps of values, one heap a message.

A heap is what the native codec gathers: of records, their number and their bytes; of columns, their
number, the sources, sequences and timestamps as bytes, and the tree of the fields' columns. Without
the native codec it is the messages themselves.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeAlias

from mycelium._native import codec
from mycelium.protocol.accelerated import layout_of
from mycelium.protocol.errors import DecodeError, WrongDomainError
from mycelium.protocol.frame import HEADER_SIZE, Header
from mycelium.protocol.message import Message
from mycelium.protocol.stream import BatchReader, RawFrame
from mycelium.protocol.tlv import read_tlv
from mycelium.recording import RecordingReader

Source: TypeAlias = "bytes | bytearray | memoryview | str | Path"
Heap: TypeAlias = "Native | Pure"

MAX_BYTES: Final = 1 << 26
"""Of frames that are gathered before a batch is given."""
_PIECE: Final = 1 << 18
_AT_ONCE: Final = 1 << 14


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
    ``frames`` counts all that were sound.
    """

    def __init__(
        self, messages: Sequence[type[Message]], *, as_records: bool, strict: bool
    ) -> None:
        self.frames = 0
        self.skipped_bytes = 0
        self.unreadable = 0
        self.problem: DecodeError | None = None
        self._strict = strict
        self._messages = {m.TYPE_ID: m for m in messages}
        self._native = _gatherer(self._messages, as_records=as_records)
        self._rows: dict[int, list[tuple[Header, Message]]] = {t: [] for t in self._messages}

    def batches(
        self, source: Source, rows: int, size: int = MAX_BYTES
    ) -> Iterator[dict[type[Message], Heap]]:
        """What the source holds, in batches of about so many frames or bytes of frames.

        Raises, when iterated over:
            DecodeError: with ``strict``, the first problem, at its place in the source
            OSError: the file cannot be read
        """
        since_bytes = since = 0
        for reader in self._read(source):
            if reader.frames - since >= rows or reader.offset - since_bytes >= size:
                since, since_bytes = reader.frames, reader.offset
                yield self._take()
        yield self._take()

    def _read(self, source: Source) -> Iterator[BatchReader[Any]]:
        """Gathers all of the source, and gives the reader after each step."""
        reader: BatchReader[Any] = BatchReader(None if self._native is None else self._batch)
        for piece in _pieces(source):
            yield from self._given(reader, reader.feed_batches(piece))
        yield from self._given(reader, reader.end_batches())
        self._check(reader)

    def _given(
        self, reader: BatchReader[Any], parts: Iterable[list[Any] | RawFrame]
    ) -> Iterator[BatchReader[Any]]:
        for part in parts:
            self._check(reader)
            self.frames = reader.frames
            if isinstance(part, RawFrame):
                self._add(part)
            yield reader

    def _batch(
        self, buffer: bytearray, at: int, base: int, max_frame: int, most: int
    ) -> tuple[list[Any], int, int]:
        assert self._native is not None
        end, count = self._native.feed(buffer, at, max_frame, _AT_ONCE)
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
    catalog = codec.Catalog({t: lambda layout=layout: layout for t, layout in layouts.items()})
    return codec.Gatherer(catalog, layouts, as_records)


def _pieces(source: Source) -> Iterable[bytes | memoryview]:
    if isinstance(source, str | Path):
        return RecordingReader(Path(source)).pieces()
    return _cut(memoryview(source).cast("B"))


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
