"""Diagnostics as text: the place, the source line, carets below it, and how to mend it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from torq_gen.diagnostics import Severity
from torq_gen.report.columns import UNSAFE, columns, expand
from torq_gen.report.counting import counts

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from torq_gen.diagnostics import Diagnostic, Span

_LINE_END = re.compile(r"\r\n|\r|\n")
_MOST_COLUMNS = 200
_MOST_LINES = 6

_RESET, _BOLD, _RED, _YELLOW, _BLUE = "\x1b[0m", "\x1b[1m", "\x1b[1;31m", "\x1b[1;33m", "\x1b[1;34m"


class _Painter:
    def __init__(self, *, color: bool) -> None:
        self.color = color

    def __call__(self, style: str, text: str) -> str:
        return f"{style}{text}{_RESET}" if self.color and text else text


def render(
    diagnostics: Iterable[Diagnostic], sources: Mapping[str, str], *, color: bool = False
) -> str:
    """All findings, and a summary line."""
    found = tuple(diagnostics)
    return f"{blocks(found, sources, color=color)}{summary(found)}\n"


def blocks(
    diagnostics: Iterable[Diagnostic], sources: Mapping[str, str], *, color: bool = False
) -> str:
    """All findings, a blank line behind each.

    ``sources`` gives the text of files for the code frames; a file that it lacks has no frame.
    """
    paint = _Painter(color=color)
    lines_of: dict[str, list[str]] = {}
    shown = (_block(d, _lines(d.span.file, sources, lines_of), paint) for d in diagnostics)
    return "".join(f"{block}\n\n" for block in shown)


def summary(diagnostics: Collection[Diagnostic]) -> str:
    """How many errors and warnings there are, in one line."""
    found = counts(diagnostics)
    return f"Found {' and '.join(found)}." if found else "No findings."


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
    shown = _shown(span, lines)
    margin = " " * len(str(max([span.line, *shown])))
    out += _frame(span, lines, shown, style, paint)
    for related in diagnostic.related:
        word = "declared at" if related.span.file.endswith((".yaml", ".yml")) else "see"
        out.append(f"{margin} = {word} {related.span}: {_safe(related.message)}")
    if diagnostic.help:
        out.append(f"{margin} = help: {_safe(diagnostic.help)}")
    return "\n".join(out)


def _shown(span: Span, lines: list[str]) -> list[int]:
    """The numbers of the span's lines; of many the first ones and the last, 0 for those between."""
    if not 1 <= span.line <= len(lines) or not lines[span.line - 1].strip():
        return []
    last = span.end_line if span.end_column > 1 else span.end_line - 1
    numbers = list(range(span.line, max(min(last, len(lines)), span.line) + 1))
    if len(numbers) <= _MOST_LINES:
        return numbers
    return [*numbers[: _MOST_LINES - 2], 0, numbers[-1]]


def _frame(
    span: Span, lines: list[str], shown: list[int], style: str, paint: _Painter
) -> list[str]:
    """The lines of the span with carets below what is meant of each."""
    if not shown:
        return []
    size = len(str(max(shown)))
    bar = paint(_BLUE, f"{' ' * size} |")
    out = [bar]
    for number in shown:
        if not number:
            out.append(paint(_BLUE, "..."))
            continue
        text, before, carets = _marked(span, number, lines[number - 1])
        out.append(f"{paint(_BLUE, f'{number:{size}} |')} {text}".rstrip())
        if carets:
            out.append(f"{bar} {' ' * before}{paint(style, '^' * carets)}")
    return out


def _marked(span: Span, number: int, line: str) -> tuple[str, int, int]:
    """One line as it is shown, the columns before its carets, and how many of them it has."""
    line = UNSAFE.sub("\ufffd", line)
    start = span.column - 1 if number == span.line else len(line) - len(line.lstrip())
    stop = span.end_column - 1 if number == span.end_line else len(line.rstrip())
    least = 1 if number == span.line else 0
    start = min(start, len(line))
    stop = max(min(stop, len(line)), start + least)
    line, (start, stop) = expand(line.ljust(stop), [start, stop])
    line, start, stop = _cut(line, start, stop)
    carets = max(columns(line[start:stop]), least)
    return line.rstrip(), columns(line[:start]), carets


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


def _safe(text: str) -> str:
    """One line without control characters: a message may quote what stands in a file."""
    return UNSAFE.sub("\ufffd", text.replace("\n", " "))
