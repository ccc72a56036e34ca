"""The unit that every check is written in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from torq_gen.diagnostics import Diagnostic, Related, Severity, Span


@dataclass(frozen=True, slots=True)
class Sample:
    """A few lines that show an offence, or its absence.

    ``text`` is the file at ``path``; in a bad sample each expected finding's span stands between
    ``«`` and ``»``, which are taken out before the sample is checked. ``files`` are further files
    of the sample's project by path; they replace those of the project that all samples of a rule
    family share. Tests, `torq-gen rule` and the rule's page are made from it.
    """

    text: str
    path: str = "services/trader/service.py"
    title: str = ""
    files: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rule:
    """A check's identity: a stable code, a name after the offence, and what it protects.

    ``why`` says what goes wrong when it is broken, ``fix`` how to mend it; both are Markdown.
    """

    code: str
    name: str
    summary: str
    severity: Severity = Severity.ERROR
    why: str = ""
    fix: str = ""
    bad: tuple[Sample, ...] = ()
    good: tuple[Sample, ...] = ()

    @property
    def family(self) -> str:
        """What the code's hundreds stand for."""
        return FAMILIES[self.code[:3]]

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


FAMILIES: Mapping[str, str] = {
    "TQ1": "spec",
    "TQ2": "flow",
    "TQ3": "store",
    "TQ4": "boundary",
    "TQ5": "precision",
    "TQ6": "drift",
    "TQ7": "evolution",
    "TQ9": "suppression",
}
"""The rules' families by the first three characters of their codes."""
