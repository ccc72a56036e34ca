"""Diagnostics as text: the place, the source line, carets below it, and how to mend it."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from torq_gen.diagnostics import Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from torq_gen.diagnostics import Diagnostic, Span

_LINE_END = re.compile(r"\r\n|\r|\n")
_UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_MOST_COLUMNS = 200

_RESET, _BOLD, _RED, _YELLOW, _BLUE = "\x1b[0m", "\x1b[1m", "\x1b[1;31m", "\x1b[1;33m", "\x1b[1;34m"


class _Painter:
    def __init__(self, *, color: bool) -> None:
        self.color = color

    def __call__(self, style: str, text: str) -> str:
        return f"{style}{text}{_RESET}" if self.color and text else text


def render(
    diagnostics: Iterable[Diagnostic], sources: Mapping[str, str], *, color: bool = False
) -> str:
    """All findings, a blank line between them, and a summary line.

    ``sources`` gives the text of files for the code frames; a file that it lacks has no frame.
    """
    paint = _Painter(color=color)
    found = list(diagnostics)
    lines_of: dict[str, list[str]] = {}
    blocks = [_block(d, _lines(d.span.file, sources, lines_of), paint) for d in found]
    return "\n\n".join([*blocks, summary(found)]) + "\n"


def summary(diagnostics: Iterable[Diagnostic]) -> str:
    """How many errors and warnings there are, in one line."""
    found = list(diagnostics)
    errors = sum(d.severity is Severity.ERROR for d in found)
    warnings = len(found) - errors
    counts = [_count(n, word) for n, word in ((errors, "error"), (warnings, "warning")) if n]
    return f"Found {' and '.join(counts)}." if counts else "No findings."


def _count(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def _lines(file: str, sources: Mapping[str, str], known: dict[str, list[str]]) -> list[str]:
    if file not in known:
        text = sources.get(file)
        known[file] = _LINE_END.split(text) if text is not None else []
    return known[file]


def _block(diagnostic: Diagnostic, lines: list[str], paint: _Painter) -> str:
    span = diagnostic.span
    style = _RED if diagnostic.severity is Severity.ERROR else _YELLOW
    severity = "" if diagnostic.severity is Severity.ERROR else "warning: "
    name = paint(style, f"{severity}{diagnostic.code} {diagnostic.rule}")
    out = [f"{paint(_BOLD, str(span))}: {name}: {_safe(diagnostic.message)}"]
    margin = " " * len(str(span.line))
    if frame := _frame(span, lines, style, paint):
        out += frame
    for related in diagnostic.related:
        out.append(f"{margin} = declared at {related.span}: {_safe(related.message)}")
    if diagnostic.help:
        out.append(f"{margin} = help: {_safe(diagnostic.help)}")
    return "\n".join(out)


def _frame(span: Span, lines: list[str], style: str, paint: _Painter) -> list[str]:
    """The first line of the span with carets below what is meant of it."""
    if not 1 <= span.line <= len(lines) or not lines[span.line - 1].strip():
        return []
    line = _UNSAFE.sub("\ufffd", lines[span.line - 1])
    start = min(span.column - 1, len(line))
    stop = len(line.rstrip()) if span.end_line > span.line else span.end_column - 1
    stop = max(min(stop, len(line)), start + 1)
    line, start, stop = _cut(line, start, stop)
    before = "".join(c if c == "\t" else " " * _width(c) for c in line[:start])
    carets = "^" * max(sum(_width(c) for c in line[start:stop]), 1)
    number = str(span.line)
    bar = paint(_BLUE, f"{' ' * len(number)} |")
    return [
        bar,
        f"{paint(_BLUE, f'{number} |')} {line.rstrip()}",
        f"{bar} {before}{paint(style, carets)}",
    ]


def _cut(line: str, start: int, stop: int) -> tuple[str, int, int]:
    """A line that is too long to read is cut around what is meant of it."""
    if len(line) <= _MOST_COLUMNS:
        return line, start, stop
    begin = max(0, start - _MOST_COLUMNS // 4)
    end = min(len(line), begin + _MOST_COLUMNS)
    head = "…" if begin else ""
    tail = "…" if end < len(line) else ""
    at = start - begin + len(head)
    width = min(stop, end) - start
    return f"{head}{line[begin:end]}{tail}", at, at + max(width, 1)


def _width(character: str) -> int:
    """Terminal columns of a character: Unicode Standard Annex 11, wide and full-width ones two."""
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _safe(text: str) -> str:
    """One line without control characters: a message may quote what stands in a file."""
    return _UNSAFE.sub("\ufffd", text.replace("\n", " "))
