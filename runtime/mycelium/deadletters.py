"""Dead letters: messages that could not be handled, kept for a person to look at.

On disk they are JSON lines, one file per service, only ever appended to. A line that a crash tore
is skipped and counted when reading, and the next one starts on a line of its own.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import msgspec

from mycelium.envelope import Envelope


class DeadLetter(msgspec.Struct, frozen=True):
    """A message that ``service`` did not handle.

    ``frame`` is its bytes in hex, or empty when its values cannot be encoded; ``message`` is its
    text then. ``time`` is when it died, ns since the Unix epoch.
    """

    service: str
    error: str
    time: int
    type: str
    frame: str
    message: str = ""

    @classmethod
    def of(cls, service: str, envelope: Envelope, error: str, time: int) -> DeadLetter:
        """The dead letter of an envelope."""
        kind = type(envelope.message).__name__
        try:
            return cls(service, error, time, kind, envelope.to_frame().hex())
        except Exception:  # noqa: BLE001 - this reports an error and must not raise another
            return cls(service, error, time, kind, "", repr(envelope.message))


class DeadLetters(Protocol):
    """Where dead letters go."""

    def add(self, letter: DeadLetter) -> None:
        """Keeps the letter.

        Raises:
            OSError: it cannot be written
        """


class MemoryDeadLetters:
    """Keeps the last ``limit`` letters while the process lives."""

    __slots__ = ("letters",)

    def __init__(self, limit: int = 1000) -> None:
        self.letters: deque[DeadLetter] = deque(maxlen=limit)

    def add(self, letter: DeadLetter) -> None:
        """Keeps the letter, and forgets the oldest beyond the limit."""
        self.letters.append(letter)


class FolderDeadLetters:
    """Appends the letters to ``<folder>/<service>.jsonl``."""

    __slots__ = ("folder",)

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def add(self, letter: DeadLetter) -> None:
        """Writes the letter in one step, before it returns.

        Raises:
            OSError
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        line = msgspec.json.encode(letter) + b"\n"
        with (self.folder / f"{letter.service}.jsonl").open("a+b", buffering=0) as file:
            if _ends_torn(file.fileno()):
                line = b"\n" + line
            file.write(line)


class DeadLetterFile:
    """The letters of one file, read one by one; ``torn`` counts lines that are no letters."""

    __slots__ = ("path", "torn")

    def __init__(self, path: Path) -> None:
        self.path = path
        self.torn = 0

    def __iter__(self) -> Iterator[DeadLetter]:
        self.torn = 0
        decoder = msgspec.json.Decoder(DeadLetter)
        with self.path.open("rb") as file:
            for line in file:
                try:
                    yield decoder.decode(line)
                except msgspec.DecodeError:
                    self.torn += 1


def _ends_torn(descriptor: int) -> bool:
    size = os.fstat(descriptor).st_size
    return size > 0 and os.pread(descriptor, 1, size - 1) != b"\n"
