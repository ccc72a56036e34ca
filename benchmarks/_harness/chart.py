"""Bar charts as SVG, readable on light and dark pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from itertools import groupby
from pathlib import Path

_ROW, _BAR, _LEFT, _WIDTH, _HEAD = 18, 12, 210, 420, 34
_COLOURS = ("#2f7ed8", "#8bbc21")
_STYLE = "text{font:11px sans-serif;fill:#777}.t{font-weight:bold;font-size:13px}"


@dataclass(frozen=True, slots=True)
class Bar:
    """One row of a chart: the group it stands in, its name, and a value for each series."""

    group: str
    name: str
    values: tuple[float, ...]


def write_chart(path: Path, title: str, series: Sequence[str], bars: Sequence[Bar]) -> None:
    """Write a chart; longer is more, and each group has a scale of its own."""
    parts: list[str] = []
    y = _HEAD + 10
    for number, name in enumerate(series):
        parts.append(_rect(_LEFT + 150 * number, 26, _BAR, _BAR - 4, _COLOURS[number]))
        parts.append(f'<text x="{_LEFT + 150 * number + 18}" y="34">{escape(name)}</text>')
    for group, found in groupby(bars, key=lambda bar: bar.group):
        rows = list(found)
        largest = max(value for bar in rows for value in bar.values)
        y += 22
        parts.append(f'<text class="t" x="10" y="{y}">{escape(group)}</text>')
        for bar in rows:
            y += _ROW
            parts.append(f'<text x="10" y="{y + _BAR - 2}">{escape(bar.name)}</text>')
            height = _BAR / len(bar.values)
            for number, value in enumerate(bar.values):
                length = _WIDTH * value / largest
                parts.append(_rect(_LEFT, y + height * number, length, height, _COLOURS[number]))
                if number == 0 or len(bar.values) == 1:
                    parts.append(
                        f'<text x="{_LEFT + _WIDTH + 12}" y="{y + _BAR - 2}">'
                        f"{' / '.join(f'{v:.2f} M' for v in bar.values)}</text>"
                    )
    body = "\n".join(parts)
    size = f'width="{_LEFT + _WIDTH + 150}" height="{y + 40}"'
    path.write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" {size}><style>{_STYLE}</style>\n'
        f'<text class="t" x="10" y="18">{escape(title)}</text>\n{body}\n</svg>\n',
        encoding="utf-8",
    )


def _rect(x: float, y: float, width: float, height: float, colour: str) -> str:
    return (
        f'<rect x="{x:.0f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" fill="{colour}"/>'
    )
