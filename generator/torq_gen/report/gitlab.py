"""Diagnostics as a GitLab code quality report."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from torq_gen.diagnostics import Severity
from torq_gen.report.fingerprints import digests
from torq_gen.report.places import path_from, with_help

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torq_gen.diagnostics import Diagnostic
    from torq_gen.rule import Rule

_SEVERITIES = {Severity.ERROR: "major", Severity.WARNING: "minor"}


def render(diagnostics: Sequence[Diagnostic], *, rules: Sequence[Rule] = (), base: str = "") -> str:
    """The list of findings, each with a fingerprint of its own, by which GitLab compares runs."""
    marks = digests(diagnostics)
    found = [
        {
            "description": f"{d.code} {d.rule}: {with_help(d)}",
            "check_name": d.rule,
            "fingerprint": mark,
            "severity": _SEVERITIES[d.severity],
            "location": {
                "path": path_from(base, d.span.file),
                "lines": {"begin": d.span.line, "end": d.span.end_line},
            },
        }
        for d, mark in zip(diagnostics, marks, strict=True)
    ]
    return json.dumps(found, indent=2, ensure_ascii=False) + "\n"
