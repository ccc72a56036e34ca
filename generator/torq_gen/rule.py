"""The unit that every check is written in."""

from __future__ import annotations

from dataclasses import dataclass

from torq_gen.diagnostics import Diagnostic, Related, Severity, Span


@dataclass(frozen=True, slots=True)
class Rule:
    """A check's identity: a stable code, a name after the offence, and what it protects."""

    code: str
    name: str
    summary: str
    severity: Severity = Severity.ERROR

    def at(
        self,
        span: Span,
        message: str,
        *,
        help: str | None = None,
        related: tuple[Related, ...] = (),
    ) -> Diagnostic:
        """A finding of this rule at ``span``."""
        return Diagnostic(self.code, self.name, self.severity, message, span, help, related)
