"""Writes messages as Parquet, Arrow, CSV or JSON lines, a batch at a time."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
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
from torq_gen.cli._shared.creating import refuse_place
from torq_gen.cli._shared.failures import CommandError
from torq_gen.cli._shared.sinks import Sink, Sinks

_HEADER = ("_source", "_sequence", "_timestamp")


@dataclass(frozen=True, slots=True)
class Exported:
    """How many rows each file has, and what was passed over.

    ``damage`` is what ended a compressed recording early.
    """

    rows: dict[str, int]
    skipped_bytes: int
    unreadable: int
    problem: DecodeError | None
    damage: Exception | None

    @property
    def whole(self) -> bool:
        """Whether nothing was passed over."""
        return not self.skipped_bytes and not self.unreadable and self.damage is None


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
    tell: Callable[[int], None] = lambda rows: None,
) -> Exported:
    """Export a recording; see ``torq-gen export``. ``tell`` is told of rows as they are written.

    Raises:
        CommandError: a file is there already, and ``force`` is not given; or no folder is
        ColumnsError: a value does not fit its column, or a library is not installed
        OSError: a file cannot be read or written
    """
    refuse_place(folder, "--out DIR names another")
    taken = [path for m in messages if (path := folder / f"{m.__name__}.{form}").exists()]
    if taken and not force:
        raise CommandError(f"{taken[0]}: expected no file, found one", "--force replaces it")

    def sink_of(path: Path, message: type[Message]) -> Sink:
        if form in ("csv", "jsonl"):
            return _TextSink(path, message, form)
        return _TableSink(path, message, wide, form)

    is_text = form in ("csv", "jsonl")
    source = _Texts(file, messages) if is_text else _Tables(file, messages, wide)
    with Sinks(folder, form, sink_of) as sinks:
        for parts in source.batches():
            for message, part in parts.items():
                sinks.write(message, part)
                tell(len(part))
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
        return Exported(rows, found.skipped_bytes, found.unreadable, found.problem, found.damage)


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
        skipped, damage = self._recording.skipped_bytes, self._recording.damage
        return Exported(rows, skipped, self._unreadable, problem, damage)

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
