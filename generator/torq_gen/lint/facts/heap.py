"""What mutable things hold: attributes, elements, globals, captured variables."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING

from torq_gen.lint.facts.values import (
    NOTHING,
    Container,
    Union,
    Value,
    blurred,
    join,
    present,
    settled,
    shallow,
)

if TYPE_CHECKING:
    from torq_gen.lint.facts.activations import Activation

ELEMENT = "[]"
"""The cell of a container's elements, or of a dictionary's values under unknown keys."""
KEY = "[key]"
"""The cell of a dictionary's keys that are not known."""

MOST_COLLECTIONS = 8
"""Collections of a kind that one value tells apart; of more, all hold what any of them holds."""
MOST_GROWTHS = 60
"""How often a cell may grow before it only keeps what is one of finitely many values."""
SHALLOW_GROWTHS = 4
"""How often a cell may grow before values in it may no longer hold others ever deeper."""
EXACT_ROUNDS = 2
"""Rounds after which a cell that still grows takes texts and numbers only as such."""
BASES = "bases"
"""What a class derives from is under ``(BASES, class)``: what changes there changes everything."""


class Cell:
    """What one name of an owner holds, who read it since it last grew, and how often it grew."""

    __slots__ = ("growths", "readers", "value")

    def __init__(self) -> None:
        self.value: Value | None = None
        self.readers: set[Activation] = set()
        self.growths = 0


class Heap:
    """Cells by owner and name. A cell only grows: it holds all that was ever put into it.

    ``reader`` is what runs now. What read a value that grew later is stale, and is done again with
    the cells as they are, until nothing is stale.
    """

    def __init__(self) -> None:
        self.reader: Activation
        self.stale: set[Activation] = set()
        self.lost: dict[Value, None] = {}
        self.has_new_bases = False
        self._cells: dict[Hashable, dict[str, Cell]] = {}
        self._named: dict[Hashable, set[Activation]] = {}
        self._one: dict[Container, Container] = {}
        self._round = 0

    def begin(self) -> set[Activation]:
        """Starts a round; what is stale from the last one."""
        stale, self.stale = self.stale, set()
        self._round += 1
        self.has_new_bases = False
        return stale

    def read(self, owner: Hashable, name: str) -> Value | None:
        """What a cell holds; None when nothing was put into it so far."""
        cell = self._cell(owner, name)
        cell.readers.add(self.reader)
        return cell.value

    def summary(self, value: Value) -> Value:
        """The value with one collection of a kind in place of many, which are one from now on."""
        if value.__class__ is not Union or len(value.of) <= MOST_COLLECTIONS:
            return value
        groups: dict[str, list[Container]] = {}
        for one in value.of:
            if one.__class__ is Container:
                groups.setdefault(one.kind, []).append(one)
        many = [group for group in groups.values() if len(group) > MOST_COLLECTIONS]
        if not many:
            return value
        for group in many:
            self._unite(group)
        return join([self._known(v) if v.__class__ is Container else v for v in value.of])

    def _unite(self, group: list[Container]) -> None:
        """Makes collections one: what is in any of them is in the first."""
        first = self._known(group[0])
        for other in group[1:]:
            old = self._known(other)
            if old == first:
                continue
            cells = self._cells.pop(old, {})
            self._one[old] = first
            self.stale |= self._named.pop(old, set())
            for name, cell in cells.items():
                self.stale |= cell.readers
                if cell.value is not None:
                    self.write(first, name, cell.value)

    def _known(self, one: Container) -> Container:
        """The collection that holds what is in this one; the way to it is made short."""
        found = one
        while found in self._one:
            found = self._one[found]
        while one != found:
            following = self._one[one]
            self._one[one] = found
            one = following
        return found

    def _cell(self, owner: Hashable, name: str) -> Cell:
        if owner.__class__ is Container and self._one:
            owner = self._known(owner)
        cells = self._cells.get(owner)
        if cells is None:
            cells = self._cells[owner] = {}
        cell = cells.get(name)
        if cell is None:
            cell = cells[name] = Cell()
        return cell

    def write(self, owner: Hashable, name: str, value: Value) -> None:
        """Puts a value into a cell, beside what it holds."""
        cell = self._cell(owner, name)
        before = cell.value
        if before is value or before == value:
            return
        kept = present(value)
        if kept is not value and kept == NOTHING:
            return
        value = kept
        if before is not None and self._round > EXACT_ROUNDS:
            value = blurred(value)
        after = value if before is None else join((before, value))
        if after == before:
            return
        after = self.summary(after)
        if after == before:
            return
        cell.growths += 1
        if cell.growths > SHALLOW_GROWTHS:
            cut = settled if cell.growths > MOST_GROWTHS else shallow
            after, lost = cut(after, "it has more values than are followed")
            if lost != NOTHING:
                self.lost[lost] = None
            if after == before:
                return
        cell.value = after
        if before is None:
            known = self._known(owner) if owner.__class__ is Container else owner
            self.stale |= self._named.pop(known, set())
        if cell.readers:
            self.stale |= cell.readers
            cell.readers.clear()
            self.has_new_bases |= owner.__class__ is tuple and owner[0] == BASES

    def names(self, owner: Hashable) -> tuple[str, ...]:
        """The names of an owner's cells."""
        if owner.__class__ is Container and self._one:
            owner = self._known(owner)
        self._named.setdefault(owner, set()).add(self.reader)
        cells = self._cells.get(owner, {})
        return tuple(name for name, cell in cells.items() if cell.value is not None)

    def all(self, owner: Hashable) -> Value:
        """All that an owner's cells hold, keys left out."""
        found = [self.read(owner, name) for name in (*self.names(owner), ELEMENT) if name != KEY]
        values = [value for value in found if value is not None]
        return join(values) if values else NOTHING
