"""Diagnostics as one JSON object."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from torq_gen.diagnostics import Severity

if TYPE_CHECKING:
    from collections.abc import Iterable

    from torq_gen.diagnostics import Diagnostic, Related


def render(diagnostics: Iterable[Diagnostic], *, files: int) -> str:
    """The object ``{"diagnostics": [...], "summary": {"error", "warning", "files"}}`` as text.

    ``files`` is how many files were checked. Lines and columns count from 1, ends are exclusive.
    """
    found = list(diagnostics)
    errors = sum(d.severity is Severity.ERROR for d in found)
    value = {
        "diagnostics": [_object(d) for d in found],
        "summary": {"error": errors, "warning": len(found) - errors, "files": files},
    }
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def _object(diagnostic: Diagnostic) -> dict[str, Any]:
    span = diagnostic.span
    return {
        "code": diagnostic.code,
        "rule": diagnostic.rule,
        "severity": diagnostic.severity.value,
        "file": span.file,
        "line": span.line,
        "column": span.column,
        "end_line": span.end_line,
        "end_column": span.end_column,
        "message": diagnostic.message,
        "help": diagnostic.help,
        "related": [_related(r) for r in diagnostic.related],
    }


def _related(related: Related) -> dict[str, Any]:
    return {"file": related.span.file, "line": related.span.line, "message": related.message}
