"""Reads dead letters back, and removes those that a person is done with."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Final, NamedTuple, TypeAlias

import msgspec

from mycelium.deadletters.files import (
    SUFFIX,
    done_of,
    hold,
    id_of,
    newest_of,
    older_of,
    service_of,
    stands_at,
)
from mycelium.deadletters.letter import DeadLetter
from mycelium.errors import MyceliumError
from mycelium.locking import lock

_END: Final = 253_402_300_800 * 10**9
"""The end of the year 9999 in ns: no calendar goes further."""

Remove: TypeAlias = Callable[["StoredLetter"], None]


class LettersInUseError(MyceliumError):
    """Somebody else is removing letters of the same service."""


class StoredLetter(NamedTuple):
    """A letter and the 12 hex digits that name it."""

    id: str
    letter: DeadLetter


class DeadLetterFile:
    """The letters of one file, read one by one; ``torn`` counts lines that are no letters."""

    __slots__ = ("path", "torn")

    def __init__(self, path: Path) -> None:
        self.path = path
        self.torn = 0

    def __iter__(self) -> Iterator[DeadLetter]:
        return (stored.letter for stored in self.stored())

    def stored(self) -> Iterator[StoredLetter]:
        """The letters and their ids, in order; nothing when there is no such file."""
        self.torn = 0
        decoder = msgspec.json.Decoder(DeadLetter)
        with contextlib.suppress(FileNotFoundError), self.path.open("rb") as file:
            for line in file:
                try:
                    letter = decoder.decode(line)
                    bytes.fromhex(letter.frame)
                except (msgspec.DecodeError, ValueError):  # no JSON, no text, no letter, no hex
                    self.torn += 1
                    continue
                if 0 <= letter.time < _END:
                    yield StoredLetter(id_of(line), letter)
                else:
                    self.torn += 1


class LetterBox:
    """All letters of one service in a folder; ``torn`` counts lines that are none."""

    __slots__ = ("_newest", "service", "torn")

    def __init__(self, folder: Path, service: str) -> None:
        self.service = service
        self.torn = 0
        self._newest = newest_of(folder, service)

    def letters(self) -> list[StoredLetter]:
        """The letters that were not removed, the oldest first."""
        done = self._done()
        found: dict[str, StoredLetter] = {}  # by id: one may move on to the older file meanwhile
        self.torn = 0
        for path in (older_of(self._newest), self._newest):
            file = DeadLetterFile(path)
            found |= {stored.id: stored for stored in file.stored() if stored.id not in done}
            self.torn += file.torn
        return list(found.values())

    @contextlib.contextmanager
    def removing(self) -> Iterator[Remove]:
        """Gives the way to remove letters, each for good once it returns.

        The service may go on to add letters meanwhile.

        Raises:
            LettersInUseError: somebody else is removing some
            OSError: what was removed cannot be noted, or not be taken out of the files
        """
        path = done_of(self._newest)
        with path.open("a+b", buffering=0) as journal:
            if not lock(journal):
                raise LettersInUseError(
                    f"{path}: somebody else is removing letters of this service"
                )
            try:
                yield lambda stored: _note(journal, stored.id)
            finally:
                done = self._done()
                for file in (older_of(self._newest), self._newest):
                    _take_out(file, done)
                journal.truncate(0)

    def _done(self) -> frozenset[str]:
        try:
            return frozenset(done_of(self._newest).read_text("ascii", "replace").split())
        except FileNotFoundError:
            return frozenset()


def boxes_of(folder: Path) -> list[LetterBox]:
    """A box for each service that has letters in the folder, by name."""
    newest = {path for path in folder.glob(f"*{SUFFIX}") if path.is_file()}
    newest |= {path.with_suffix("") for path in folder.glob(f"*{SUFFIX}.1") if path.is_file()}
    return [LetterBox(folder, name) for name in sorted(map(service_of, newest))]


def _note(journal: IO[bytes], id: str) -> None:
    journal.write(f"{id}\n".encode())


def _take_out(path: Path, done: frozenset[str]) -> None:
    """Writes the file anew without these letters; what is appended meanwhile stays."""
    if not done:
        return
    temporary = path.with_name(f"{path.name}.tmp")
    while True:
        try:
            file = path.open("r+b")
        except FileNotFoundError:
            return
        with file:
            kept = [line for line in file if id_of(line) not in done]
            temporary.write_bytes(b"".join(kept))
            hold(file)
            if not stands_at(file, path):
                continue  # it has become the older one
            rest = file.read()
            if not kept and not rest:
                temporary.unlink()
                path.unlink()
                return
            with temporary.open("ab") as copy:
                copy.write(rest)
            temporary.replace(path)
            return
