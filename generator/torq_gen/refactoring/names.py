"""What code calls a renamed thing, and what came of looking for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple


class UnparsedError(Exception):
    """The file is not Python that can be read."""


@dataclass(frozen=True, slots=True)
class Names:
    """What code calls the renamed thing.

    ``exported`` are names of the generated package, ``handlers`` methods of services, ``classes``
    those that the service itself defines; ``module`` is where its code stands. ``field`` is the
    attribute of ``messages``.
    """

    package: str
    exported: Mapping[str, str] = field(default_factory=dict)
    handlers: Mapping[str, str] = field(default_factory=dict)
    classes: Mapping[str, str] = field(default_factory=dict)
    module: tuple[str, str] | None = None
    field: tuple[str, str] | None = None
    messages: frozenset[str] = frozenset()

    @property
    def words(self) -> frozenset[str]:
        """What a file that is concerned mentions."""
        found = {*self.exported, *self.handlers, *self.classes}
        found |= {self.module[0].rpartition(".")[2]} if self.module else set()
        return frozenset(found | ({self.field[0]} if self.field else set()))


class Left(NamedTuple):
    """A place that was left as it is, by its line, and why."""

    line: int
    why: str


class Renamed(NamedTuple):
    """A file with the new names, and the places that were left."""

    text: str
    left: tuple[Left, ...]
