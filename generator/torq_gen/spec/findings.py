"""Where the loader's findings are gathered."""

from __future__ import annotations

from difflib import get_close_matches
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
    ) -> None:
        """Notes one finding."""
        self.all.append(rule.at(span, message, help=help, related=related))

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
    found = get_close_matches(name, choices, n=1, cutoff=0.6)
    return f"did you mean '{found[0]}'?" if found else None


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
