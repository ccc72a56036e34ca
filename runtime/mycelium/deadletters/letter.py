"""One dead letter, and where such letters go."""

from __future__ import annotations

from collections import deque
from typing import Final, Protocol

import msgspec

from mycelium.envelope import Envelope

_ERROR_LIMIT: Final = 4096
_TEXT_LIMIT: Final = 1 << 16


class DeadLetter(msgspec.Struct, frozen=True):
    """A message that ``service`` did not handle.

    ``frame`` is its bytes in hex, or empty when its values cannot be encoded; ``message`` is its
    text then. ``time`` is when it died, ns since the Unix epoch. Long texts are cut.
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
        error = _storable(error, _ERROR_LIMIT)
        try:
            return cls(service, error, time, kind, envelope.to_frame().hex())
        except Exception:  # noqa: BLE001 - this reports an error and must not raise another
            return cls(service, error, time, kind, "", _storable(text_of(envelope), _TEXT_LIMIT))


class DeadLetters(Protocol):
    """Where dead letters go."""

    def add(self, letter: DeadLetter) -> None:
        """Keeps the letter.

        Raises:
            OSError: it cannot be written
        """


class MemoryDeadLetters:
    """Keeps the last ``limit`` letters while the process lives.

    ``kept`` counts the letters that came, ``expired`` those that were forgotten for newer ones.
    """

    __slots__ = ("expired", "kept", "letters")

    def __init__(self, limit: int = 1000) -> None:
        self.letters: deque[DeadLetter] = deque(maxlen=limit)
        self.kept = self.expired = 0

    def add(self, letter: DeadLetter) -> None:
        """Keeps the letter, and forgets the oldest beyond the limit."""
        self.expired += len(self.letters) == self.letters.maxlen
        self.letters.append(letter)
        self.kept += 1


def text_of(envelope: Envelope) -> str:
    """The message's text; a value can be such that it has none."""
    try:
        return repr(envelope.message)
    except Exception as error:  # noqa: BLE001 - as above
        return f"{type(envelope.message).__name__}, which cannot be shown: {error}"


def error_text(error: BaseException) -> str:
    """The error's class and text; a person's error can be such that it has none."""
    try:
        return f"{type(error).__name__}: {error}"
    except Exception:  # noqa: BLE001 - as above
        return f"{type(error).__name__}, which cannot be shown"


def _storable(text: str, limit: int) -> str:
    """What JSON can hold of the text: errors may quote undecodable bytes of a file's name."""
    return text[:limit].encode(errors="backslashreplace").decode()
