"""What mutable things hold: attributes, elements, globals, captured variables."""

from __future__ import annotations

from collections.abc import Hashable

from torq_gen.lint.facts.values import NOTHING, Value, blurred, join, settled

ELEMENT = "[]"
"""The cell of a container's elements, or of a dictionary's values under unknown keys."""
KEY = "[key]"
"""The cell of a dictionary's keys that are not known."""


MOST_GROWTHS = 60
"""How often a cell may grow before it only keeps what is one of finitely many values."""
EXACT_ROUNDS = 2
"""Rounds after which a cell that still grows takes texts and numbers only as such."""


class Heap:
    """Cells by owner and name. A cell only grows: it holds all that was ever put into it.

    A value that grows after it was read makes the reader's result stale; the analysis then runs
    again, with the cells as they are, until nothing is stale.
    """

    def __init__(self) -> None:
        self._cells: dict[Hashable, dict[str, Value]] = {}
        self._read: set[tuple[Hashable, str]] = set()
        self._growths: dict[tuple[Hashable, str], int] = {}
        self._round = 0
        self.lost: dict[Value, None] = {}
        self.stale = False

    def begin(self) -> None:
        """Starts a round."""
        self._read.clear()
        self._round += 1
        self.stale = False

    def read(self, owner: Hashable, name: str) -> Value | None:
        """What a cell holds; None when nothing was put into it so far."""
        self._read.add((owner, name))
        cells = self._cells.get(owner)
        return None if cells is None else cells.get(name)

    def write(self, owner: Hashable, name: str, value: Value) -> None:
        """Puts a value into a cell, beside what it holds."""
        cells = self._cells.setdefault(owner, {})
        before = cells.get(name)
        if before is value or before == value:
            return
        if before is not None and self._round > EXACT_ROUNDS:
            value = blurred(value)
        after = value if before is None else join((before, value))
        if before is None or after != before:
            key = (owner, name)
            count = self._growths[key] = self._growths.get(key, 0) + 1
            if count > MOST_GROWTHS:
                after, lost = settled(after, "it has more values than are followed")
                self.lost[lost] = None
            if after == before:
                return
            cells[name] = after
            if (owner, name) in self._read or (before is None and (owner, "*") in self._read):
                self.stale = True

    def names(self, owner: Hashable) -> tuple[str, ...]:
        """The names of an owner's cells."""
        self._read.add((owner, "*"))
        return tuple(self._cells.get(owner, ()))

    def all(self, owner: Hashable) -> Value:
        """All that an owner's cells hold, keys left out."""
        cells = self._cells.get(owner, {})
        self._read.update((owner, name) for name in cells)
        self._read.update(((owner, ELEMENT), (owner, "*")))
        found = [value for name, value in cells.items() if name != KEY]
        return join(found) if found else NOTHING
