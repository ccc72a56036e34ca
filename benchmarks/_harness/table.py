"""Tables that read well in a terminal and are Markdown."""

from __future__ import annotations

from collections.abc import Sequence


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """The rows below their head; the first column is left-aligned, the others right-aligned."""
    cells = [list(head), *map(list, rows)]
    widths = [max(len(row[i]) for row in cells) for i in range(len(head))]
    rule = [
        "-" * width if i == 0 else "-" * (width - 1) + ":"
        for i, width in enumerate(max(w, 3) for w in widths)
    ]
    return "\n".join(_line(row, widths) for row in (cells[0], rule, *cells[1:]))


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    first, *rest = (max(w, 3) for w in widths)
    cells = [row[0].ljust(first), *(c.rjust(w) for c, w in zip(row[1:], rest, strict=True))]
    return f"| {' | '.join(cells)} |"
