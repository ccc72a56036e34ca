"""Where the loader's findings are gathered."""

from __future__ import annotations

from dataclasses import replace
from difflib import SequenceMatcher, get_close_matches
from itertools import takewhile
from typing import TYPE_CHECKING

from torq_gen.diagnostics import Diagnostic, Related, Severity, Span

if TYPE_CHECKING:
    from collections.abc import Iterable

    from torq_gen.rule import Rule


class Findings:
    """Collects diagnostics, so that all of them are reported and not only the first."""

    def __init__(self) -> None:
        self.all: list[Diagnostic] = []

    def add(
        self,
        rule: Rule,
        span: Span,
        message: str,
        *,
        help: str | None = None,
        related: tuple[Related, ...] = (),
    ) -> Diagnostic:
        """Notes one finding, and returns it."""
        found = rule.at(span, message, help=help, related=related)
        self.all.append(found)
        return found

    def advise(self, finding: Diagnostic, help: str) -> None:
        """Gives a noted finding the help that only a later check knows."""
        self.all = [replace(d, help=help) if d is finding else d for d in self.all]

    @property
    def failed(self) -> bool:
        """Whether one of the findings is an error."""
        return any(d.severity is Severity.ERROR for d in self.all)


def near(name: str, known: Iterable[str]) -> str | None:
    """``did you mean 'X'?`` for the known name that is closest, or None when none is close."""
    choices = list(known)
    by_lower = {c.lower(): c for c in choices}
    if match := by_lower.get(name.lower()):
        return f"did you mean '{match}'?"
    found = get_close_matches(name, choices, n=8, cutoff=0.6)
    best = max(found, key=lambda choice: _likeness(name, choice), default=None)
    return f"did you mean '{best}'?" if best is not None else None


def _likeness(name: str, choice: str) -> float:
    """How like two names are; a shared beginning counts more, for slips come later in a word."""
    pairs = zip(name, choice, strict=False)
    shared = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
    start = shared / max(len(name), len(choice))
    return SequenceMatcher(None, choice, name).ratio() + start / 2


def listed(names: Iterable[str], *, most: int = 12) -> str:
    """Names in one line, cut where they become too many to read."""
    all_names = list(names)
    more = f", … ({len(all_names) - most} more)" if len(all_names) > most else ""
    return ", ".join(all_names[:most]) + more


def nearest(name: str, known: Iterable[str], what: str) -> str:
    """The nearest known name, or else the list of known names."""
    choices = list(known)
    if hint := near(name, choices):
        return hint
    return f"{what}: {listed(choices)}" if choices else f"there are no {what}"
