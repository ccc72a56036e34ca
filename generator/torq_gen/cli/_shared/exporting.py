"""Writes messages as Parquet, Arrow, CSV or JSON lines, a batch at a time."""

from __future__ import annotations

import csv
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import IO, Any

import msgspec

from mycelium.columns import Columns
from mycelium.columns.arrow import Wide, schema_of
from mycelium.columns.libraries import pyarrow
from mycelium.envelope import ENVELOPE, Envelope
from mycelium.protocol.errors import DecodeError, UnknownTypeError
from mycelium.protocol.kinds import Json
from mycelium.protocol.message import Message
from mycelium.protocol.registry import Registry
from mycelium.protocol.stream import RawFrame
from mycelium.recording import RecordingReader
from torq_gen.cli._shared.failures import CommandError

_HEADER = ("_source", "_sequence", "_timestamp")


@dataclass(frozen=True, slots=True)
class Exported:
    """How many rows each file has, and what was passed over."""

    rows: dict[str, int]
    skipped_bytes: int
    unreadable: int
    problem: DecodeError | None


class Sink(ABC):
    """One file that rows are written to."""

    def __init__(self, path: Path, message: type[Message]) -> None:
        self.path = path
        self.message = message
        self.rows = 0

    @abstractmethod
    def write(self, part: Any) -> None:
        """Add an Arrow table, or envelopes."""

    @abstractmethod
    def close(self) -> None:
        """Finish the file."""


class _TableSink(Sink):
    def __init__(self, path: Path, message: type[Message], wide: Wide, form: str) -> None:
        super().__init__(path, message)
        schema = schema_of(message, wide)
        if form == "parquet":
            from pyarrow import parquet

            self._writer: Any = parquet.ParquetWriter(path, schema)
        else:
            self._writer = pyarrow().ipc.new_file(path, schema)

    def write(self, part: Any) -> None:
        self._writer.write_table(part)
        self.rows += len(part)

    def close(self) -> None:
        self._writer.close()


class _TextSink(Sink):
    def __init__(self, path: Path, message: type[Message], form: str) -> None:
        super().__init__(path, message)
        self._file: IO[bytes] = path.open("wb")
        self._line = json_line if form == "jsonl" else _csv_line
        if form == "csv":
            self._file.write(_csv([*_HEADER, *(f.name for f in message.FIELDS)]))

    def write(self, part: Sequence[Envelope]) -> None:
        self._file.write(b"".join(map(self._line, part)))
        self.rows += len(part)

    def close(self) -> None:
        self._file.close()


def export(
    file: Path,
    messages: Sequence[type[Message]],
    folder: Path,
    form: str,
    *,
    wide: Wide,
    force: bool,
) -> Exported:
    """Export a recording; see ``torq-gen export``.

    Raises:
        CommandError: a file is there already, and ``force`` is not given
        ColumnsError: a value does not fit its column, or a library is not installed
        OSError: a file cannot be read or written
    """
    taken = [path for m in messages if (path := folder / f"{m.__name__}.{form}").exists()]
    if taken and not force:
        raise CommandError(f"{taken[0]}: expected no file, found one", "--force replaces it")

    def sink_of(path: Path, message: type[Message]) -> Sink:
        if form in ("csv", "jsonl"):
            return _TextSink(path, message, form)
        return _TableSink(path, message, wide, form)

    is_text = form in ("csv", "jsonl")
    source = _Texts(file, messages) if is_text else _Tables(file, messages, wide)
    with _Sinks(folder, form, sink_of) as sinks:
        for parts in source.batches():
            for message, part in parts.items():
                sinks.of(message).write(part)
    return source.exported(sinks.rows())


def stream(file: Path, messages: Sequence[type[Message]], out: IO[bytes]) -> Exported:
    """Write all messages in order as JSON lines.

    Raises:
        OSError: the file cannot be read, or nobody reads the output any more
    """
    source = _Texts(file, messages)
    rows = 0
    for envelopes in source.in_order():
        out.write(b"".join(map(json_line, envelopes)))
        rows += len(envelopes)
    return source.exported({"-": rows})


def json_line(envelope: Envelope) -> bytes:
    """A message as one line of JSON, with the header's parts before its fields."""
    head = {
        "_message": type(envelope.message).__name__,
        "_source": envelope.source,
        "_sequence": str(envelope.sequence),
        "_timestamp": str(envelope.timestamp),
    }
    fields = envelope.message.to_json()
    start = msgspec.json.encode(head)[:-1]
    return b"%b}\n" % start if fields == b"{}" else b"%b,%b\n" % (start, fields[1:])


class _Sinks:
    """The files of an export: each gets its name when all of it is written."""

    def __init__(
        self, folder: Path, form: str, sink_of: Callable[[Path, type[Message]], Sink]
    ) -> None:
        self._folder = folder
        self._form = form
        self._sink_of = sink_of
        self._open: dict[type[Message], Sink] = {}

    def of(self, message: type[Message]) -> Sink:
        """The file of a message."""
        if message not in self._open:
            self._folder.mkdir(parents=True, exist_ok=True)
            path = self._folder / f"{message.__name__}.{self._form}.writing"
            self._open[message] = self._sink_of(path, message)
        return self._open[message]

    def rows(self) -> dict[str, int]:
        """How many rows each file has."""
        return {f"{m.__name__}.{self._form}": sink.rows for m, sink in self._open.items()}

    def __enter__(self) -> _Sinks:
        return self

    def __exit__(self, kind: type[BaseException] | None, *rest: object) -> None:
        with ExitStack() as last:
            for sink in self._open.values():
                if kind is not None:
                    last.callback(sink.path.unlink, missing_ok=True)
                last.callback(sink.close)
        if kind is None:
            for sink in self._open.values():
                sink.path.replace(sink.path.with_suffix(""))


class _Tables:
    """A recording as Arrow tables."""

    def __init__(self, file: Path, messages: Sequence[type[Message]], wide: Wide) -> None:
        self._file = file
        self._columns = Columns(messages, into="arrow", wide=wide, strict=False)

    def batches(self) -> Iterator[Mapping[type[Message], Any]]:
        """Tables by message."""
        return self._columns.batches(self._file)

    def exported(self, rows: dict[str, int]) -> Exported:
        """What became of the recording."""
        found = self._columns.gathering
        return Exported(rows, found.skipped_bytes, found.unreadable, found.problem)


class _Texts:
    """A recording as messages."""

    def __init__(self, file: Path, messages: Sequence[type[Message]]) -> None:
        self._registry = Registry("this system", messages)
        self._recording = RecordingReader(file)
        self._unreadable = 0
        self._problem: DecodeError | None = None

    def in_order(self) -> Iterator[Sequence[Envelope]]:
        """The messages as they come."""
        for part in self._recording.batches(self._registry.batch(ENVELOPE)):
            yield self._decoded(part) if isinstance(part, RawFrame) else part

    def batches(self) -> Iterator[Mapping[type[Message], Sequence[Envelope]]]:
        """The messages by their class."""
        for envelopes in self.in_order():
            found: dict[type[Message], list[Envelope]] = {}
            for envelope in envelopes:
                found.setdefault(type(envelope.message), []).append(envelope)
            yield found

    def exported(self, rows: dict[str, int]) -> Exported:
        """What became of the recording."""
        problems = [s.error for s in self._recording.skipped[:1]]
        problems += [self._problem] if self._problem is not None else []
        problem = min(problems, key=lambda error: error.offset, default=None)
        return Exported(rows, self._recording.skipped_bytes, self._unreadable, problem)

    def _decoded(self, raw: RawFrame) -> Sequence[Envelope]:
        head = raw.header
        try:
            messages = self._registry.decode_frame(raw.data, len(raw.data)).messages
        except UnknownTypeError:
            return ()
        except DecodeError as error:
            self._unreadable += 1
            at = raw.offset + error.offset
            self._problem = self._problem or type(error)(error.expected, error.found, at)
            return ()
        return [
            Envelope(m, head.source, head.sequence, head.timestamp, False, raw.data)
            for m in messages
        ]


def _csv_line(envelope: Envelope) -> bytes:
    message = envelope.message
    values = (f.kind.to_json(getattr(message, f.attribute)) for f in message.FIELDS)
    head = (envelope.source, envelope.sequence, envelope.timestamp)
    return _csv([*head, *map(_cell, values)])


def _cell(value: Json) -> Any:
    """A JSON value as a cell: texts and numbers as they are, null as nothing, others as JSON."""
    if value is None or (isinstance(value, str | int | float) and not isinstance(value, bool)):
        return value
    return msgspec.json.encode(value).decode()


def _csv(row: Sequence[Any]) -> bytes:
    text = StringIO()
    csv.writer(text, lineterminator="\n").writerow(row)
    return text.getvalue().encode()
