"""Columns of what buffers and files hold."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from typing import Any, get_args

from mycelium.columns.arrow import Wide, table_of
from mycelium.columns.gathering import Gathering, Heap, Source
from mycelium.columns.libraries import ColumnsError, Form
from mycelium.columns.records import array_of, dtype_of
from mycelium.protocol.message import Message

_ROWS = 1 << 16
_ARROW_BYTES = 1 << 28


class Columns:
    """Reads messages of some classes as columns; `gathering` tells what was passed over."""

    def __init__(
        self,
        messages: Sequence[type[Message]],
        *,
        into: Form = "numpy",
        wide: Wide = "binary",
        strict: bool = True,
    ) -> None:
        """Raises `ColumnsError`.

        That is when a message varies in size and ``into`` is numpy, or a word is none of those.
        """
        _check("into", into, Form)
        _check("wide", wide, Wide)
        self._into = into
        self._wide = wide
        self._messages = tuple(messages)
        if into == "numpy":
            for message in messages:
                dtype_of(message)
        self.gathering = Gathering(messages, as_records=into == "numpy", strict=strict)

    def batches(self, source: Source, rows: int = _ROWS) -> Iterator[dict[type[Message], Any]]:
        """The columns of about so many frames at a time; memory is bounded by that.

        Raises, when iterated over:
            DecodeError, OSError: see `Gathering.batches`
            ColumnsError: a value does not fit its column, or a library is not installed
        """
        for heaps in self.gathering.batches(source, rows):
            yield {m: self._made(m, [heap]) for m, heap in heaps.items() if heap.size}

    def read(self, source: Source) -> dict[type[Message], Any]:
        """All of it, one array or table for each message, also for those that do not occur.

        Raises:
            DecodeError, OSError, ColumnsError: as `batches`
        """
        found: dict[type[Message], list[Heap]] = {m: [] for m in self._messages}
        # Arrow's offsets have 31 bits, and its tables are of batches anyway; an array is of one
        size = _ARROW_BYTES if self._into == "arrow" else sys.maxsize
        for heaps in self.gathering.batches(source, sys.maxsize, size):
            for message, heap in heaps.items():
                found[message].append(heap)
        return {message: self._made(message, heaps) for message, heaps in found.items()}

    def _made(self, message: type[Message], heaps: list[Heap]) -> Any:
        if self._into == "numpy":
            return array_of(message, heaps)
        return table_of(message, heaps, self._wide)


def _check(name: str, word: object, words: object) -> None:
    known = get_args(words)
    if word not in known:
        expected = " or ".join(map(repr, known))
        raise ColumnsError(f"{name}: expected {expected}, found {word!r}")


def read_all(
    messages: Sequence[type[Message]], source: Source, *, into: Form, wide: Wide, strict: bool
) -> dict[type[Message], Any]:
    """What `Message.read_columns` and `Registry.read_columns` give, by message."""
    return Columns(messages, into=into, wide=wide, strict=strict).read(source)
