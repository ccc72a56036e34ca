"""How a text is written: plain where every reader takes it for a text, otherwise quoted."""

from __future__ import annotations

import re

from torq_gen.editing.rendering import double_quoted
from torq_gen.spec.scalars import resolve

_NO_START = frozenset("-?:,[]{}#&*!|>'\"%@`=<")
_NUMBER_START = frozenset("+.0123456789")
_NO_FLOW = frozenset(",[]{}?:")
_BREAK = re.compile(r"(?<=[^ ]) (?=[^ ])")
_SHORTEST = 20  # a text is wrapped in a column of that width at least, however deep it stands


def inline(text: str, *, flow: bool) -> str:
    """The text in one line; ``flow`` says whether brackets or braces stand around it."""
    return text if _is_plain(text, flow) else _quoted(text)


def _is_plain(text: str, flow: bool) -> bool:
    if not text or text != text.strip() or text[0] in _NO_START or not text.isprintable():
        return False
    if not isinstance(resolve(text), str) or text.endswith(":") or text.startswith("..."):
        return False
    if ": " in text or " #" in text or (text[0] in _NUMBER_START and " " not in text):
        return False
    return not (flow and _NO_FLOW.intersection(text))


def _quoted(text: str) -> str:
    if text.isprintable() and ('"' in text or "\\" in text):
        doubled = text.count("'")
        if doubled < text.count('"') + text.count("\\"):
            return "'" + text.replace("'", "''") + "'"
    return double_quoted(text)


def lines_of(text: str, width: int, *, prose: bool) -> tuple[str, list[str]] | None:
    """The mark of a block scalar and its lines, or None where the text belongs on one line.

    ``width`` is how much of a line is left, the key counted; ``prose`` may be wrapped.
    """
    body = text.removesuffix("\n")
    paragraphs = body.split("\n")
    if not body or body[0] == "\n" or body[-1] == "\n" or not all(map(_is_line, paragraphs)):
        return None
    wide = max(map(len, paragraphs)) > max(width, _SHORTEST)
    end = "" if body != text else "-"
    if not wide or not prose:
        return (f"|{end}", paragraphs) if "\n" in text else None
    folded: list[str] = []
    for number, paragraph in enumerate(paragraphs):
        if number and folded[-1]:
            folded.append("")  # one line feed is an empty line between two folded ones
        folded += _wrapped(paragraph, max(width, _SHORTEST))
    return f">{end}", folded


def _is_line(line: str) -> bool:
    return line.isprintable() and line == line.strip()


def _wrapped(text: str, width: int) -> list[str]:
    lines, start, last = [], 0, -1
    for found in _BREAK.finditer(text):
        if found.start() - start > width and last >= 0:
            lines.append(text[start:last])
            start = last + 1
        last = found.start()
    if len(text) - start > width and last >= start:
        lines.append(text[start:last])
        start = last + 1
    return [*lines, text[start:]]
