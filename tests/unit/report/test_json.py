"""Findings as one JSON object, exactly as the command line documents it."""

from __future__ import annotations

import json

from torq_gen.diagnostics import Diagnostic, Related, Severity, Span
from torq_gen.report.json import render

PLAIN = Diagnostic("TQ146", "unheard", Severity.WARNING, "für", Span("b.yaml", 1, 2, 1, 3))
FULL = Diagnostic(
    "TQ201",
    "undeclared-publish",
    Severity.ERROR,
    "m",
    Span("a.py", 41, 28, 41, 51),
    "h",
    (Related(Span("system.yaml", 58, 5, 58, 9), "ArbitrageSignal"),),
)


def test_the_object() -> None:
    assert json.loads(render([FULL, PLAIN], files=37)) == {
        "diagnostics": [
            {
                "code": "TQ201",
                "rule": "undeclared-publish",
                "severity": "error",
                "file": "a.py",
                "line": 41,
                "column": 28,
                "end_line": 41,
                "end_column": 51,
                "message": "m",
                "help": "h",
                "related": [{"file": "system.yaml", "line": 58, "message": "ArbitrageSignal"}],
            },
            {
                "code": "TQ146",
                "rule": "unheard",
                "severity": "warning",
                "file": "b.yaml",
                "line": 1,
                "column": 2,
                "end_line": 1,
                "end_column": 3,
                "message": "für",
                "help": None,
                "related": [],
            },
        ],
        "summary": {"error": 1, "warning": 1, "files": 37},
    }


def test_the_text_ends_with_a_line_end_and_keeps_letters() -> None:
    text = render([PLAIN], files=1)
    assert text.endswith("}\n")
    assert "für" in text
