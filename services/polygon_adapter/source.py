"""Where logs come from. A recording is one source; a node's JSON-RPC will be another."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol


class RecordingError(ValueError):
    """A recording cannot be read: which file, what was expected, what was found."""

    def __init__(self, place: str, expected: str, found: object) -> None:
        super().__init__(f"{place}: expected {expected}, found {found}")


@dataclass(frozen=True, slots=True)
class Entry:
    """What a source gives for one log: the JSON value, or why it is not JSON."""

    place: str
    value: object = None
    error: str | None = None


class LogSource(Protocol):
    """Logs in the order of the chain, as JSON values."""

    @property
    def name(self) -> str:
        """What to call the source in messages."""

    def entries(self) -> AsyncIterator[Entry]:
        """Each log with its place; ends when the source does."""


@dataclass(frozen=True, slots=True)
class RecordedLogs:
    """A file of one JSON log a line; compressed if its name ends in ``.gz``."""

    path: Path

    @property
    def name(self) -> str:
        """The file's name without its endings."""
        return self.path.name.split(".", 1)[0]

    async def entries(self) -> AsyncIterator[Entry]:
        """Each line with its number.

        Raises:
            RecordingError: the file is not there, or its compression is broken
        """
        for number, line in numbered_lines(self.path):
            place = f"{self.path.name}:{number}"
            try:
                yield Entry(place, json.loads(line))
            except ValueError as error:
                yield Entry(place, error=str(error))
            except RecursionError:
                yield Entry(place, error="nested too deeply")


def numbered_lines(path: Path) -> Iterator[tuple[int, bytes]]:
    """The file's lines that are not empty, counted from 1.

    Raises:
        RecordingError: the file is not there, or its compression is broken
    """
    number = 0
    try:
        with _opened(path) as file:
            for number, line in enumerate(file, 1):
                if line.strip():
                    yield number, line
    except FileNotFoundError:
        raise RecordingError(str(path), "a file", "none") from None
    except (OSError, EOFError, zlib.error) as error:
        raise RecordingError(f"{path}:{number + 1}", "readable lines", error) from None


def _opened(path: Path) -> gzip.GzipFile | BinaryIO:
    if path.suffix == ".gz":
        return gzip.open(path, "rb")
    return path.open("rb")
