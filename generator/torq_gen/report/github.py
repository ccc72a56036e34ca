"""Diagnostics as workflow commands, which GitHub Actions shows at their lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torq_gen.report.columns import UNSAFE
from torq_gen.report.places import path_from, with_help
from torq_gen.report.text import summary

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torq_gen.diagnostics import Diagnostic
    from torq_gen.rule import Rule


def render(diagnostics: Sequence[Diagnostic], *, rules: Sequence[Rule] = (), base: str = "") -> str:
    """A command a finding, and the summary for who reads the log."""
    lines = [_command(d, base) for d in diagnostics]
    return "\n".join([*lines, summary(diagnostics)]) + "\n"


def _command(diagnostic: Diagnostic, base: str) -> str:
    span = diagnostic.span
    properties = {
        "file": path_from(base, span.file),
        "line": span.line,
        "endLine": span.end_line,
    }
    if span.line == span.end_line:  # GitHub takes columns of one line alone
        properties |= {"col": span.column, "endColumn": span.end_column}
    properties["title"] = f"{diagnostic.code} {diagnostic.rule}"
    shown = ",".join(f"{key}={_property(str(value))}" for key, value in properties.items())
    return f"::{diagnostic.severity.value} {shown}::{_data(with_help(diagnostic))}"


def _data(text: str) -> str:
    escaped = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return UNSAFE.sub("\ufffd", escaped)


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
