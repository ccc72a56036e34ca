"""Dead letters on disk: appended to a file per service, within bounds."""

from __future__ import annotations

import contextlib
import logging
import os
from pathlib import Path
from typing import IO, Final

import msgspec

from mycelium.deadletters.files import hold, newest_of, older_of, stands_at
from mycelium.deadletters.letter import DeadLetter

DEFAULT_LIMIT: Final = 64 << 20

_LOG: Final = logging.getLogger("mycelium.deadletters")


class FolderDeadLetters:
    """Appends the letters to ``<folder>/<service>.jsonl``.

    One service's letters take up to ``limit`` bytes. When half of that is full, they become
    ``<service>.jsonl.1``, and the ones that had this name, the oldest, are dropped.

    ``kept``, ``lost`` and ``expired`` count letters that were written, that could not be, and that
    were dropped for newer ones.
    """

    __slots__ = ("_half", "expired", "folder", "kept", "lost")

    def __init__(self, folder: Path, *, limit: int = DEFAULT_LIMIT) -> None:
        self.folder = folder
        self.kept = self.lost = self.expired = 0
        self._half = limit // 2

    def add(self, letter: DeadLetter) -> None:
        """Gives the letter to the operating system before it returns.

        Raises:
            OSError: the disk is full, say; nothing of the letter is in the file then
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            self._append(
                newest_of(self.folder, letter.service), msgspec.json.encode(letter) + b"\n"
            )
        except OSError:
            self.lost += 1
            raise
        self.kept += 1

    def _append(self, path: Path, line: bytes) -> None:
        while True:
            with path.open("a+b", buffering=0) as file:
                hold(file)
                if not stands_at(file, path):
                    continue  # somebody has just put another one in its place
                size = os.fstat(file.fileno()).st_size
                if size and size + len(line) > self._half:
                    self._make_room(path)
                    continue
                _write(file, line if _ends_whole(file, size) else b"\n" + line, size)
                return

    def _make_room(self, path: Path) -> None:
        older = older_of(path)
        with contextlib.suppress(FileNotFoundError), older.open("rb") as file:
            expired = sum(1 for _ in file)
            self.expired += expired
            _LOG.warning("%s is full: the %d oldest dead letters are dropped", path, expired)
        path.replace(older)


def _write(file: IO[bytes], line: bytes, size: int) -> None:
    """All of it or nothing: a disk that is nearly full takes a part."""
    rest = memoryview(line)
    try:
        while rest:
            rest = rest[_write_some(file, rest) :]
    except OSError:
        with contextlib.suppress(OSError):
            file.truncate(size)
        raise


def _write_some(file: IO[bytes], data: memoryview) -> int:
    return file.write(data)


def _ends_whole(file: IO[bytes], size: int) -> bool:
    """Whether the last line is one; a crash or a full disk can have torn it."""
    return size == 0 or os.pread(file.fileno(), 1, size - 1) == b"\n"
