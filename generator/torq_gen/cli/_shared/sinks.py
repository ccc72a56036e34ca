"""The files of an export: all of them whole, or none."""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mycelium.protocol.message import Message


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


class Sinks:
    """The files of an export: each gets its name when all of them are written.

    Errors of the disk name the file that was to be, whatever the library says that writes it.
    """

    def __init__(
        self, folder: Path, form: str, sink_of: Callable[[Path, type[Message]], Sink]
    ) -> None:
        self._folder = folder
        self._form = form
        self._sink_of = sink_of
        self._made = False
        self._begun: list[Path] = []
        self._open: dict[type[Message], Sink] = {}

    def write(self, message: type[Message], part: Any) -> None:
        """Add to the file of a message.

        Raises:
            OSError: it cannot be written
        """
        with _naming(self._folder / f"{message.__name__}.{self._form}"):
            if message not in self._open:
                self._made = self._made or not self._folder.exists()
                self._folder.mkdir(parents=True, exist_ok=True)
                path = self._folder / f"{message.__name__}.{self._form}.writing"
                self._begun.append(path)
                self._open[message] = self._sink_of(path, message)
            self._open[message].write(part)

    def rows(self) -> dict[str, int]:
        """How many rows each file has."""
        return {f"{m.__name__}.{self._form}": sink.rows for m, sink in self._open.items()}

    def __enter__(self) -> Sinks:
        return self

    def __exit__(self, kind: type[BaseException] | None, *rest: object) -> None:
        with ExitStack() as left:
            if self._made:
                left.callback(self._remove_if_empty)
            for path in self._begun:
                left.callback(path.unlink, missing_ok=True)
            with ExitStack() as last:
                for sink in self._open.values():
                    last.callback(self._close, sink, lost=kind is not None)
            if kind is None:
                for sink in self._open.values():
                    sink.path.replace(sink.path.with_suffix(""))

    def _remove_if_empty(self) -> None:
        with suppress(OSError):
            self._folder.rmdir()

    def _close(self, sink: Sink, *, lost: bool) -> None:
        """Finish a file; of one that is lost anyway an error says nothing new."""
        with suppress(Exception) if lost else _naming(sink.path.with_suffix("")):
            sink.close()


@contextmanager
def _naming(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else str(error)
        raise OSError(error.errno, reason, str(path)) from None
