"""The suppressions in a file: ``# torq: ignore[TQ501] reason``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from torq_gen.diagnostics import Span
from torq_gen.report.comments import comments

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from torq_gen.report.comments import Comment

MARK = "torq:"
"""What a file holds that can hold a suppression."""

# A comment can hold several, and what other tools read: the next `# ` ends one.
_PART = re.compile(r"#\s*torq:((?:(?!\s#\s).)*)")
_IGNORE = re.compile(r"(\s*ignore\s*\[)([^\]]*)\](.*)")
_NAME = re.compile(r"[^\s,]+")
_WORD = re.compile(r"\w")
_LINES = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True, slots=True)
class Suppression:
    """One suppression: its place, what it names and where, and the lines that it speaks of.

    ``names`` is empty when it has not the form of one.
    """

    span: Span
    names: tuple[tuple[str, Span], ...]
    has_reason: bool
    first: int
    last: int


def suppressions(file: str, text: str) -> tuple[Suppression, ...]:
    """The suppressions in a file, in order."""
    if MARK not in text:
        return ()
    return tuple(s for comment in comments(file, text) for s in _in_comment(file, comment))


def without(file: str, text: str, unwanted: Callable[[Span], bool]) -> str:
    """The text without the suppressions, or single names of them, whose spans are unwanted."""
    lines = _LINES.split(text)
    ends = [*_LINES.findall(text), ""]
    shift = 1 if text.startswith("\ufeff") else 0
    gone: set[int] = set()
    for found in reversed(suppressions(file, text)):
        number = found.span.line - 1
        names = [name for name, span in found.names if not unwanted(span)]
        if not unwanted(found.span) and len(names) == len(found.names):
            continue
        new = None if unwanted(found.span) or not names else names
        lines[number] = _edited(lines[number], found, new, shift if number == 0 else 0)
        if not lines[number].strip("\ufeff \t"):
            gone.add(number)
    kept = (line + end for i, (line, end) in enumerate(zip(lines, ends, strict=True)))
    return "".join(line for i, line in enumerate(kept) if i not in gone)


def _edited(line: str, found: Suppression, names: list[str] | None, shift: int) -> str:
    if names is None:
        before = line[: found.span.column - 1 + shift]
        after = line[found.span.end_column - 1 + shift :].strip()
        return f"{before}{after}" if after else before.rstrip(" \t")
    start = found.names[0][1].column - 1 + shift
    end = found.names[-1][1].end_column - 1 + shift
    return f"{line[:start]}{', '.join(names)}{line[end:]}"


def _in_comment(file: str, comment: Comment) -> Iterator[Suppression]:
    for part in _PART.finditer(comment.text):
        at = comment.column + part.start()
        span = Span(file, comment.line, at, comment.line, at + len(part[0].rstrip()))
        names, reason = _read(file, comment, part)
        has_reason = _WORD.search(reason) is not None
        yield Suppression(span, names, has_reason, comment.first, comment.last)


def _read(
    file: str, comment: Comment, part: re.Match[str]
) -> tuple[tuple[tuple[str, Span], ...], str]:
    form = _IGNORE.fullmatch(part[1])
    if form is None:
        return (), ""
    base = comment.column + part.start(1) + form.start(2)
    line = comment.line
    names = tuple(
        (name[0], Span(file, line, base + name.start(), line, base + name.end()))
        for name in _NAME.finditer(form[2])
    )
    return names, form[3]
