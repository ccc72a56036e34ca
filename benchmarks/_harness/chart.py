"""Bar charts as SVG, readable on light and dark pages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from itertools import groupby
from pathlib import Path

_ROW, _BAR, _LEFT, _WIDTH, _RIGHT, _HEAD = 18, 12, 240, 420, 150, 34
_COLOURS = ("#2f7ed8", "#8bbc21")
_STYLE = (
    "text{font:11px sans-serif;fill:#777}"
    ".t{font-weight:bold;font-size:13px}.o{font-weight:bold;fill:#2f7ed8}"
)


@dataclass(frozen=True, slots=True)
class Bar:
    """One row of a chart: the group it stands in, its name, and a value for each series.

    ``ours`` is what the chart is about.
    """

    group: str
    name: str
    values: tuple[float, ...]
    ours: bool = False


def write_chart(path: Path, title: str, series: Sequence[str], bars: Sequence[Bar]) -> None:
    """Write a chart; longer is more, and each group has a scale of its own."""
    parts = [f"<title>{escape(title)}</title>", _text("t", 10, 18, title)]
    for number, name in enumerate(series):
        parts.append(_rect(_LEFT + 150 * number, 26, _BAR, _BAR - 4, _COLOURS[number]))
        parts.append(_text("", _LEFT + 150 * number + 18, 34, name))
    y = _HEAD
    for group, found in groupby(bars, key=lambda bar: bar.group):
        rows = list(found)
        largest = max(value for bar in rows for value in bar.values)
        y += 2 * _ROW
        parts.append(_text("t", 10, y, group))
        for bar in rows:
            y += _ROW
            parts += _row(bar, y - _BAR + 8, largest)
    width, height = _LEFT + _WIDTH + _RIGHT, y + 2 * _ROW
    body = "\n".join(parts)
    path.write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}"'
        f' viewBox="0 0 {width} {height}" role="img"><style>{_STYLE}</style>\n{body}\n</svg>\n',
        encoding="utf-8",
    )


def _row(bar: Bar, y: int, largest: float) -> Iterator[str]:
    kind = "o" if bar.ours else ""
    height = _BAR / len(bar.values)
    yield _text(kind, 10, y + _BAR - 2, bar.name)
    for number, value in enumerate(bar.values):
        length = _WIDTH * value / largest
        yield _rect(_LEFT, y + height * number, length, height, _COLOURS[number])
    values = " / ".join(f"{value:.2f} M" for value in bar.values)
    yield _text(kind, _LEFT + _WIDTH + 12, y + _BAR - 2, values)


def _text(kind: str, x: int, y: int, text: str) -> str:
    kind = f' class="{kind}"' if kind else ""
    return f'<text{kind} x="{x}" y="{y}">{escape(text)}</text>'


def _rect(x: float, y: float, width: float, height: float, colour: str) -> str:
    return (
        f'<rect x="{x:.0f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" fill="{colour}"/>'
    )
