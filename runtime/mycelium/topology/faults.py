"""What is wrong with a topology file, and where."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from mycelium.topology.places import Keys, Place


class FaultKind(Enum):
    """What kind of fault it is."""

    UNUSABLE = "unusable"
    """The file cannot be read, or a key or value is not one that it may have."""
    TWICE = "twice"
    """A service is placed in two processes."""
    NOWHERE = "nowhere"
    """A service is placed in none."""
    NO_TRANSPORT = "no transport"
    """Nothing can carry the messages from one process to another."""
    UNREACHED = "unreached"
    """A service subscribes a message whose publishers are not part of the topology."""
    ADDRESS = "address"
    """Two would listen at one address."""
    INSECURE = "insecure"
    """Messages would leave the machine in plain text."""

    @property
    def prevents(self) -> bool:
        """Whether the topology cannot be run."""
        return self is not FaultKind.UNREACHED


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault. ``keys`` is the way to what it is about; ``place`` None when the text has none."""

    kind: FaultKind
    keys: Keys
    expected: str
    found: str
    place: Place | None = None
    help: str | None = None

    @property
    def message(self) -> str:
        """What was expected at the keys, and what was found."""
        name = f"{'.'.join(self.keys)}: " if self.keys else ""
        return f"{name}expected {self.expected}, found {self.found}"

    def text(self, file: str) -> str:
        """One line for people."""
        where = f"{file}:{self.place.line}" if self.place is not None else file
        return f"{where}: {self.message}{f' ({self.help})' if self.help else ''}"


def near(found: str, known: Iterable[str]) -> str:
    """``; did you mean x?``, or nothing when no known name is near."""
    close = difflib.get_close_matches(found, list(known), 1)
    return f"; did you mean {close[0]}?" if close else ""
