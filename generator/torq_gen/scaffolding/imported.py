"""What another description of a system comes to: a draft, and what it could not carry over."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torq_gen.drafting.model import Draft

FIRST_ID = 1
_ROOM = 2  # as many type ids again are left free


class ImportFailedError(Exception):
    """The file cannot be taken over; the text says where, what was expected and what was found."""

    def __init__(self, message: str, help: str = "") -> None:
        super().__init__(message)
        self.help = help


@dataclass(frozen=True, slots=True)
class Lost:
    """Something that a spec here cannot say. ``place`` is where it stands in the file."""

    place: str
    what: str

    def __str__(self) -> str:
        return f"{self.place}: {self.what}"


@dataclass(frozen=True, slots=True)
class Imported:
    """A draft and what is missing in it, in the order of the file, each thing once."""

    draft: Draft
    lost: tuple[Lost, ...]


@dataclass(slots=True)
class Losses:
    """Gathers what is lost."""

    found: dict[Lost, None] = field(default_factory=dict)

    def add(self, place: str, what: str) -> None:
        """Note one thing."""
        self.found[Lost(place, what)] = None

    def keys(self, place: str, keys: Iterable[object], why: str) -> None:
        """Note keys that have no counterpart."""
        if found := ", ".join(map(str, keys)):
            self.add(place, f"{found} ({why})")


def last_id(messages: int) -> int:
    """The end of a domain's range with room for as many messages again."""
    return max(99, FIRST_ID + _ROOM * messages)
