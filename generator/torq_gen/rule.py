"""The unit that every check is written in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from torq_gen.diagnostics import Diagnostic, Related, Severity, Span
from torq_gen.immutable import immutable


@immutable
class Sample:
    """A few lines that show an offence, or its absence.

    ``text`` is the file at ``path``; in a bad sample each expected finding's span stands between
    ``«`` and ``»``, which are taken out before the sample is checked; spans of one file may nest.
    ``files`` are further files of the sample's project by path; they replace those of the project
    that all samples of a rule family share, None takes one away. ``elsewhere`` names files that
    are expected to have a finding about the whole of them. Tests, `torq-gen rule` and the rule's
    page are made from it.
    """

    text: str
    path: str = "services/trader/service.py"
    title: str = ""
    files: Mapping[str, str | None] = field(default_factory=dict, hash=False)
    elsewhere: tuple[str, ...] = ()

    @property
    def project(self) -> Mapping[str, str | None]:
        """The sample's own files by path, without the marks."""
        marked = {self.path: self.text, **self.files}
        return {p: None if t is None else _unmarked(p, t)[0] for p, t in marked.items()}

    @property
    def spans(self) -> tuple[Span, ...]:
        """Where findings are expected, in order."""
        marked = {self.path: self.text, **self.files}
        spans = [s for p, t in marked.items() if t is not None for s in _unmarked(p, t)[1]]
        return tuple(sorted([*spans, *map(Span.of_file, self.elsewhere)]))


@immutable
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
        service: str = "",
        symbol: str = "",
        subject: str = "",
    ) -> Diagnostic:
        """A finding of this rule at ``span``."""
        return Diagnostic(
            self.code,
            self.name,
            self.severity,
            message,
            span,
            help,
            related,
            service,
            symbol,
            subject,
        )


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


def _unmarked(path: str, marked: str) -> tuple[str, list[Span]]:
    """The text without its marks, and the spans that they marked.

    Raises:
        ValueError: a mark has no partner.
    """
    text: list[str] = []
    opened: list[tuple[int, int]] = []
    spans: list[Span] = []
    line = column = 1
    for character in marked:
        if character == "«":
            opened.append((line, column))
        elif character == "»":
            if not opened:
                raise ValueError(f"{path}:{line}:{column}: » without «")
            spans.append(Span(path, *opened.pop(), line, column))
        else:
            text.append(character)
            line, column = (line + 1, 1) if character == "\n" else (line, column + 1)
    if opened:
        raise ValueError(f"{path}:{opened[-1][0]}:{opened[-1][1]}: « without »")
    return "".join(text), spans
