"""What a rule finds between two versions of a spec, before anybody judges whether it is allowed."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, Flag
from typing import TYPE_CHECKING

from torq_gen.rule import Rule

if TYPE_CHECKING:
    from torq_gen.diagnostics import Span


class Harm(Enum):
    """What an incompatible change breaks."""

    WIRE = "WIRE"  # old and new binaries misread each other
    SOURCE = "SOURCE"  # code that was written against the old version no longer fits
    ARCH = "ARCH"  # a service loses what it relied on


class Broken(Flag):
    """Who can no longer cope with whom."""

    NOTHING = 0
    NEW_READERS = 1  # of what old publishers send, or sent
    OLD_READERS = 2  # of what new publishers send
    BOTH = 3


@dataclass(frozen=True, slots=True)
class Change:
    """One incompatible change.

    ``subject`` names what changed, ``text`` says how, as the rest of a sentence that begins with
    it; ``span`` is the place in the new version, ``old`` that in the old one. ``messages`` are
    those (new names) whose publishers and subscribers are hit, ``services`` are hit besides.
    ``order`` says in which order to deploy where that does not follow from ``broken``. ``promise``:
    the spec takes back what it promised, which no mode of compatibility allows.
    """

    subject: str
    text: str
    span: Span
    old: Span | None
    instead: str
    broken: Broken = Broken.NOTHING
    messages: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    order: str = ""
    promise: bool = False


@dataclass(frozen=True, slots=True)
class Break:
    """A change, the rule that found it, and whom it hits.

    ``domains`` are those of its messages; a change without any concerns every domain.
    """

    rule: Rule
    harm: Harm
    change: Change
    publishers: tuple[str, ...]
    subscribers: tuple[str, ...]
    domains: frozenset[str]

    @property
    def key(self) -> tuple[str, str, Span, str]:
        """What makes it the same break when it is found against two older versions."""
        return self.rule.code, self.change.subject, self.change.span, self.change.text
