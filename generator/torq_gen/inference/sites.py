"""What a service does at the places in its code, ready to be drafted."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from torq_gen.diagnostics import Span
from torq_gen.lint.facts.text import Text


class Sure(Enum):
    """How sure a place is."""

    PROVED = "proved"
    SETTING = "named by a setting"
    PATTERN = "in part only known at run time"


@dataclass(frozen=True, slots=True)
class Flow:
    """A publish or a subscription. ``message`` is one of the system, or empty.

    ``topic`` is the broker's, ``payload`` the qualified name of the class that is sent, as far as
    either is known.
    """

    publishes: bool
    span: Span
    sure: Sure
    message: str = ""
    topic: Text | None = None
    payload: str = ""
    library: str = ""


@dataclass(frozen=True, slots=True)
class Use:
    """An access to a part of a store; ``part`` is the pattern or table as a spec has it."""

    span: Span
    kind: str
    table: bool
    part: str
    reads: bool
    writes: bool
    sure: Sure


@dataclass(frozen=True, slots=True)
class Call:
    """A connection to something outside."""

    span: Span
    url: str
    sure: Sure


@dataclass(frozen=True, slots=True)
class Unresolved:
    """A place of which nobody can tell what it does, or for which a spec has no word."""

    span: Span
    what: str


@dataclass(frozen=True, slots=True)
class Sites:
    """All that a service's code does; ``libraries`` are packages, ``files`` what was read."""

    service: str
    flows: tuple[Flow, ...] = ()
    uses: tuple[Use, ...] = ()
    calls: tuple[Call, ...] = ()
    unresolved: tuple[Unresolved, ...] = ()
    libraries: tuple[str, ...] = ()
    files: tuple[str, ...] = field(default=(), compare=False)

    @property
    def empty(self) -> bool:
        """Whether nothing of what a spec declares, or could declare, was found."""
        return not (self.flows or self.uses or self.calls or self.unresolved)
