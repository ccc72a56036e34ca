"""Columns to frames."""

from __future__ import annotations

import os
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from mycelium._native import codec
from mycelium.columns.libraries import ColumnsError, numpy
from mycelium.columns.records import HEAD, dtype_of
from mycelium.compression import deflate
from mycelium.protocol.accelerated import layout_of
from mycelium.protocol.errors import DecodeError, EncodeError
from mycelium.protocol.instrument import InstrumentId
from mycelium.protocol.kinds import (
    Enumeration,
    Fixed,
    Instrument,
    Integer,
    Kind,
    Optional,
    Sequence,
    Struct,
)
from mycelium.protocol.message import Message

_ROWS = 1 << 14


def write_columns(
    message: type[Message], columns: Any, path: str | Path | None = None
) -> bytes | int:
    """The frames of a structured array or an Arrow table, as `read_columns` gives them.

    They are written to ``path`` (compressed when it ends in .gz), which then gives their number, or
    returned. Nothing half-written is left behind.

    Raises:
        ColumnsError: the columns are not the message's, or a row cannot be encoded
        OSError: the file cannot be written
    """
    if hasattr(columns, "dtype"):
        if columns.ndim != 1:
            raise ColumnsError(
                f"{message.__name__}: expected an array of one dimension, found {columns.ndim}"
            )
        parts = _from_array(message, columns, max(1, len(columns)) if path is None else _ROWS)
    else:
        parts = _rows(message, columns)
    if path is None:
        return b"".join(parts)
    _write(Path(path), parts)
    return len(columns)


def _write(path: Path, parts: Iterator[bytes]) -> None:
    new = path.with_name(f"{path.name}.writing")
    try:
        with new.open("wb") as file:
            for part in parts:
                file.write(deflate(part) if path.suffix == ".gz" else part)
            file.flush()
            os.fsync(file.fileno())
        new.replace(path)
    finally:
        new.unlink(missing_ok=True)


def _from_array(message: type[Message], array: Any, rows: int) -> Iterator[bytes]:
    """The frames of so many rows at a time."""
    dtype = dtype_of(message)
    if array.dtype != dtype:
        raise ColumnsError(f"{message.__name__}: expected {dtype}, found {array.dtype}")
    layout = None if codec is None else layout_of(message)
    for at in range(0, len(array), rows):
        records = numpy().ascontiguousarray(array[at : at + rows]).view("u1")
        found = None if layout is None or codec is None else codec.frames(layout, records)
        if isinstance(found, bytes):
            yield found
        else:  # the pure codec, or a row that it will explain
            yield _frames(message, records.tobytes(), dtype.itemsize, at)


def _frames(message: type[Message], records: bytes, size: int, first: int) -> bytes:
    frames = []
    for row, start in enumerate(range(0, len(records), size), first):
        source, sequence, timestamp = HEAD.unpack_from(records, start)
        value = records[start + HEAD.size : start + size]
        try:
            found = message._decode(value, 0, len(value), message.VERSION)
            frames.append(found.to_frame(source=source, sequence=sequence, timestamp=timestamp))
        except (DecodeError, EncodeError) as error:
            raise ColumnsError(f"{message.__name__}, row {row}: {error}") from None
    return b"".join(frames)


def _rows(message: type[Message], table: Any) -> Iterator[bytes]:
    header = ("_source", "_sequence", "_timestamp")
    expected = [*header, *(f.attribute for f in message.FIELDS)]
    if not hasattr(table, "column_names") or list(table.column_names) != expected:
        found = getattr(table, "column_names", type(table).__name__)
        raise ColumnsError(f"{message.__name__}: expected the columns {expected}, found {found}")
    for at in range(0, len(table), _ROWS):
        frames = []
        for row, values in enumerate(table.slice(at, _ROWS).to_pylist(), at):
            head = {name[1:]: values[name] for name in header}
            try:
                fields = [_value(f.kind, values[f.attribute]) for f in message.FIELDS]
                frames.append(message(*fields).to_frame(**head))
            except (EncodeError, TypeError, ValueError, ArithmeticError) as error:
                raise ColumnsError(f"{message.__name__}, row {row}: {error}") from None
        yield b"".join(frames)


def _value(kind: Kind, value: Any) -> Any:
    """The message's value of what Arrow holds."""
    if value is None:
        return None
    match kind:
        case Optional(item=item):
            return _value(item, value)
        case Fixed(point=point):
            return (
                point.from_decimal(value)
                if isinstance(value, Decimal)
                else _number(kind.raw, value)
            )
        case Integer():
            return _number(kind, value)
        case Enumeration(enum=enum):
            number = _number(kind.raw, value)
            return enum(number) if number in enum.__members__.values() else number
        case Instrument():
            return InstrumentId(value["venue"], value["kind"], value["asset"])
        case Struct(structure=structure):
            return structure(*(_value(f.kind, value[f.attribute]) for f in structure.FIELDS))
        case Sequence(item=item):
            return tuple(_value(item, v) for v in value)
    return value


def _number(raw: Integer, value: Any) -> int:
    if isinstance(value, bytes):
        return int.from_bytes(value, "little", signed=raw.minimum < 0)
    return int(value)
