"""Where in SQL of several lines a table is named."""

from __future__ import annotations

import re

from torq_gen.diagnostics import Span

_BEFORE = (
    r"\b(?:from|join|into|update|table|only|using|copy|truncate)\s+"
    r"(?:if\s+(?:not\s+)?exists\s+)?"
)


def place_of(table: str, code: str, whole: Span) -> Span:
    """The table's name in the code of a whole argument; the whole, where it is not found.

    It is sought where a table stands, behind ``FROM`` and the like, and then as a word anywhere.
    """
    names = (re.escape(part) for part in table.split("."))
    parts = (rf'(?:"{n}"|`{n}`|\[{n}\]|{n})' for n in names)
    name = rf"(?P<name>(?<![\w.])(?:\w+\.)?{'[.]'.join(parts)}(?![\w.]))"
    found = re.search(_BEFORE + name, code, re.IGNORECASE) or re.search(name, code, re.IGNORECASE)
    if found is None:
        return whole
    line, column = _moved(whole, code[: found.start("name")])
    return Span(whole.file, line, column, line, column + len(found["name"]))


def _moved(whole: Span, before: str) -> tuple[int, int]:
    lines = before.split("\n")
    if len(lines) == 1:
        return whole.line, whole.column + len(before)
    return whole.line + len(lines) - 1, len(lines[-1]) + 1
