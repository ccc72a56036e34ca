"""What every check reports: a place, a severity, a message and how to mend it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from pathlib import PurePath

from torq_gen.immutable import immutable


class Severity(Enum):
    """How a finding counts: an error fails the run, a warning only with ``--strict``."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open range of source text; lines and columns count from 1.

    ``file`` is relative to the project's root, with forward slashes.
    """

    file: str
    line: int
    column: int
    end_line: int
    end_column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"

    @classmethod
    def of_file(cls, file: str | PurePath) -> Span:
        """The start of a file, for findings that concern the whole of it."""
        return cls(PurePath(file).as_posix(), 1, 1, 1, 1)


@immutable
class Related:
    """A second place that a finding refers to, and what stands there."""

    span: Span
    message: str


@immutable
class Diagnostic:
    """One finding. ``rule`` is the offence's name, ``code`` its stable number.

    ``service``, ``symbol`` (the enclosing ``Class.method``) and ``subject`` (the message, key or
    module that it is about; the message text when empty) make it known again when lines move.
    """

    code: str
    rule: str
    severity: Severity
    message: str
    span: Span
    help: str | None = None
    related: tuple[Related, ...] = ()
    service: str = ""
    symbol: str = ""
    subject: str = ""


def in_order(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """The diagnostics sorted by place, then code, each once."""
    unique = dict.fromkeys(diagnostics)
    return tuple(sorted(unique, key=lambda d: (d.span, d.code, d.message)))
