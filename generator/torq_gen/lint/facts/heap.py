"""What mutable things hold: attributes, elements, globals, captured variables."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import TYPE_CHECKING

from torq_gen.lint.facts.unions import blurred, covers, join, present, settled, shallow
from torq_gen.lint.facts.values import DATA, MORE, NOTHING, Container, Object, Union, Value

if TYPE_CHECKING:
    from torq_gen.lint.facts.activations import Activation
    from torq_gen.lint.facts.families import Families
    from torq_gen.lint.facts.values import Class

ELEMENT = "[]"
"""The cell of a container's elements, or of a dictionary's values under unknown keys."""
KEY = "[key]"
"""The cell of a dictionary's keys that are not known."""

OBJECTS = "objects"
"""What all objects of a class hold is under ``(OBJECTS, class)``, where families are one."""
MOST_COLLECTIONS = 8
"""Collections of a kind that one value tells apart; of more, all hold what any of them holds."""
MOST_GROWTHS = 60
"""How often a cell may grow before it only keeps what is one of finitely many values."""
SHALLOW_GROWTHS = 4
"""How often a cell may grow before values in it may no longer hold others ever deeper."""
EXACT_ROUNDS = 2
"""Rounds after which a cell that still grows takes texts and numbers only as such."""
ANY_ATTRIBUTE = "?"
"""The cell of what was assigned to an attribute whose name is computed."""
OF_ALL_OBJECTS = "of all objects"
"""The first part of owners whose cells concern the attributes of any object."""
UNUSUAL = ("unusual",)
"""Its cell says whether there is anything in cells of `OF_ALL_OBJECTS` or `ANY_ATTRIBUTE`: few
programs do that, and all that read an attribute ask."""
BASES = "bases"
"""What a class derives from is under ``(BASES, class)``: what changes there changes everything."""


class Cell:
    """What one name of an owner holds, who read it since it last grew, and how often it grew.

    ``level`` says how far the alternatives are bounded, as `Families` has it; what was bounded on
    its way into the cell is in ``taken``, for it does not look as if it were in it.
    """

    __slots__ = ("growths", "level", "readers", "taken", "value")

    def __init__(self) -> None:
        self.value: Value | None = None
        self.readers: set[Activation] = set()
        self.taken: set[Value] | None = None
        self.growths = 0
        self.level = 0


class Heap:
    """Cells by owner and name. A cell only grows: it holds all that was ever put into it.

    ``reader`` is what runs now. What read a value that grew later is stale, and is done again with
    the cells as they are, until nothing is stale.
    """

    def __init__(self, families: Families | None = None) -> None:
        self.reader: Activation
        self._families = families
        self.stale: set[Activation] = set()
        self.lost: dict[Value, None] = {}
        self.has_new_bases = False
        self._cells: dict[Hashable, dict[str, Cell]] = {}
        self._named: dict[Hashable, set[Activation]] = {}
        self._one: dict[Hashable, Hashable] = {}
        self._sizes: dict[Hashable, int] = {}
        self._without_keys: set[Hashable] = set()
        self._is_plain = families is None
        self._round = 0

    def begin(self) -> set[Activation]:
        """Starts a round; what is stale from the last one."""
        stale, self.stale = self.stale, set()
        self._round += 1
        self.has_new_bases = False
        return stale

    def read(self, owner: Hashable, name: str) -> Value | None:
        """What a cell holds; None when nothing was put into it so far."""
        if self._is_plain:  # nothing is one with anything: what `_cell` does, without its calls
            cells = self._cells.get(owner)
            if cells is None:
                cells = self._cells[owner] = {}
            cell = cells.get(name)
            if cell is None:
                cell = cells[name] = Cell()
        else:
            cell = self._cell(owner, name)
        cell.readers.add(self.reader)
        return cell.value

    def summary(self, value: Value) -> Value:
        """The value with one collection of a kind in place of many, which are one from now on."""
        if self._one:
            value = self._united(value)
        if value.__class__ is not Union or len(value.of) <= MOST_COLLECTIONS:
            return value
        groups: dict[str, list[Container]] = {}
        for one in value.of:
            if one.__class__ is Container:
                groups.setdefault(one.kind, []).append(one)
        many = [group for group in groups.values() if len(group) > MOST_COLLECTIONS]
        for group in many:
            self._unite(group)
        return self._united(value) if many else value

    def _united(self, value: Value) -> Value:
        """The value with the one collection in place of those that are one with it."""
        if value.__class__ is Union:
            if any(v.__class__ is Container and v in self._one for v in value.of):
                return join(map(self._united, value.of))
            return value
        if value.__class__ is Container and value in self._one:
            known = self._known(value)
            assert isinstance(known, Container)
            return known
        return value

    def bounded(self, result: Value, last: Value, activation: Activation) -> Value:
        """What an activation gives, beside what it gave before: finitely often something else."""
        if self._families is None or last == NOTHING:
            return result
        value, lost, activation.level = self._families.bounded(
            join((last, result)), activation.level, activation.growths
        )
        self.lost.update(dict.fromkeys(lost))
        activation.growths += value != last
        return value

    def few(self, value: Value) -> Value:
        """A value with no more alternatives than are followed."""
        if self._families is None:
            return value
        value, lost, _ = self._families.bounded(value, 0, 0)
        self.lost.update(dict.fromkeys(lost))
        return value

    def relate(self, cls: Class, base: Class) -> None:
        """Classes share what the attributes of their objects hold, if families are one."""
        if self._families is not None:
            self._unite([(OBJECTS, base), (OBJECTS, cls)])

    def _unite(self, group: Sequence[Hashable]) -> None:
        """Makes owners one: what is in any of them is in the first."""
        self._is_plain = False
        first = max(map(self._known, group), key=lambda one: self._sizes.get(one, 1))
        if self._families is not None and isinstance(first, Container):
            self._forget_keys(first)
        for other in group:
            first, old = self._known(first), self._known(other)  # writing below may unite, too
            if old == first:
                continue
            self._sizes[first] = self._sizes.get(first, 1) + self._sizes.pop(old, 1)
            cells = self._cells.pop(old, {})
            self._one[old] = first
            self.stale |= self._named.pop(old, set())
            for name, cell in cells.items():
                self.stale |= cell.readers
                if cell.value is not None:
                    self.write(first, name, cell.value)

    def _forget_keys(self, one: Container) -> None:
        """Many collections in one: what is under which key is not told apart any more."""
        if one in self._without_keys:
            return
        cells = self._cells.pop(one, {})
        self._without_keys.add(one)
        self.stale |= self._named.pop(one, set())
        for name, cell in cells.items():
            self.stale |= cell.readers
            if cell.value is not None:
                self.write(one, name, cell.value)

    def _known(self, one: Hashable) -> Hashable:
        """The owner that holds what is in this one; the way to it is made short."""
        if isinstance(one, Object):
            one = (OBJECTS, one.cls)
        found = one
        while found in self._one:
            found = self._one[found]
        while one != found:
            following = self._one[one]
            self._one[one] = found
            one = following
        return found

    def _owner(self, owner: Hashable) -> Hashable:
        if owner.__class__ is Container:
            return self._known(owner) if self._one else owner
        if owner.__class__ is Object and self._families is not None:
            return self._known(owner)
        return owner

    def _cell(self, owner: Hashable, name: str) -> Cell:
        owner = self._owner(owner)
        if self._without_keys and name not in (KEY, ELEMENT) and owner in self._without_keys:
            name = ELEMENT
        cells = self._cells.get(owner)
        if cells is None:
            cells = self._cells[owner] = {}
        cell = cells.get(name)
        if cell is None:
            cell = cells[name] = Cell()
        return cell

    def write(self, owner: Hashable, name: str, value: Value) -> None:
        """Puts a value into a cell, beside what it holds."""
        if (
            self._without_keys
            and name not in (KEY, ELEMENT)
            and self._owner(owner) in self._without_keys
        ):
            self.write(owner, KEY, DATA)
            name = ELEMENT
        cell = self._cell(owner, name)
        before = cell.value
        if before is value or (before is not None and covers(before, value)):
            return
        if self._families is not None:
            if cell.taken is None:
                cell.taken = set()
            if value in cell.taken:
                return
            cell.taken.add(value)
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
        if self._one and before is not None and after == self._united(before):
            cell.value = after  # what is one now was found in all of them already
            return
        if self._families is not None:
            after, lost, cell.level = self._families.bounded(after, cell.level, cell.growths)
            self.lost.update(dict.fromkeys(lost))
            if after == before:
                return
        cell.growths += 1
        if cell.growths > SHALLOW_GROWTHS:
            cut = settled if cell.growths > MOST_GROWTHS else shallow
            after, deep = cut(after, MORE.reason)
            if deep != NOTHING:
                self.lost[deep] = None
            if after == before:
                return
        cell.value = after
        if before is None:
            self.stale |= self._named.pop(self._owner(owner), set())
            of_all = owner.__class__ is tuple and owner[0] == OF_ALL_OBJECTS
            if of_all or name == ANY_ATTRIBUTE:
                self.write(UNUSUAL, "any", DATA)
        if cell.readers:
            self.stale |= cell.readers
            cell.readers.clear()
            self.has_new_bases |= owner.__class__ is tuple and owner[0] == BASES

    def names(self, owner: Hashable) -> tuple[str, ...]:
        """The names of an owner's cells."""
        owner = self._owner(owner)
        readers = self._named.get(owner)
        if readers is None:
            readers = self._named[owner] = set()
        readers.add(self.reader)
        cells = self._cells.get(owner)
        return tuple([n for n, c in cells.items() if c.value is not None]) if cells else ()

    def glance(self, owner: Hashable, name: str = "") -> Value:
        """What a cell holds, or all cells of an owner; who asks is not told when they grow."""
        cells = self._cells.get(self._owner(owner), {})
        found = [cells[name]] if name in cells else () if name else cells.values()
        return join([cell.value for cell in found if cell.value is not None])

    def all(self, owner: Hashable) -> Value:
        """All that an owner's cells hold, keys left out."""
        found = [self.read(owner, name) for name in (*self.names(owner), ELEMENT) if name != KEY]
        values = [value for value in found if value is not None]
        return join(values)
