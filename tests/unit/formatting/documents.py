"""Random YAML texts of one value: every layout, quotes, comments and blank lines anywhere."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import strategies as st

COMMENTS = (
    *("# above", "#anywhere # twice", "# beside", "#beside: [it", "# 'quoted'"),
    *("# within", "# between", "# last", "# at the end"),
)
_SPACES = ("", "", "", " # beside", "  #beside: [it", " # 'quoted'")


class Writer:
    """Writes a value in a layout that Hypothesis chooses."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.draw = draw
        self.lines: list[str] = []
        self.anchors = 0 if draw(st.integers(0, 3)) else 1  # how many there are, if there are any

    def anchor(self) -> str:
        """An anchor that nothing refers to, now and then."""
        if not self.anchors or not self.chance(5):
            return ""
        self.anchors += 1
        return f"&a{self.anchors} "

    def chance(self, one_in: int) -> bool:
        return self.draw(st.integers(1, one_in)) == 1

    def above(self, indent: int) -> None:
        for _ in range(self.draw(st.integers(0, 2))):
            kind = self.draw(st.integers(0, 5))
            if kind == 0:
                self.lines.append("")
            elif kind == 1:
                self.lines.append(" " * indent + "# above")
            elif kind == 2:
                self.lines.append(" " * self.draw(st.integers(0, 8)) + "#anywhere # twice")

    def beside(self) -> str:
        return self.draw(st.sampled_from(_SPACES))

    def block(self, value: Any, indent: int) -> None:
        """The entries of a collection that is not empty, a line each or more."""
        margin = " " * indent
        for entry in value.items() if isinstance(value, dict) else value:
            self.above(indent)
            key, item = entry if isinstance(value, dict) else (None, entry)
            head = f"{margin}-" if key is None else f"{margin}{self.scalar(key, key=True)}:"
            if isinstance(item, (dict, list)) and item and not self.chance(3):
                self.lines.append(f"{head} {self.anchor()}".rstrip() + self.beside())
                self.block(item, indent + self.draw(st.integers(1, 4)))
            else:
                text = f"{self.anchor()}{self.flow(item, indent + 1)}"
                self.lines.append(f"{head} {text}{self.beside()}")
        if self.chance(6):
            self.lines.append(f"{margin}# at the end")

    def flow(self, value: Any, indent: int) -> str:
        if not isinstance(value, (dict, list)):
            return self.scalar(value)
        parts = []
        items = value.items() if isinstance(value, dict) else value
        for item in items:
            if isinstance(value, dict):
                parts.append(f"{self.scalar(item[0], key=True)}: {self.flow(item[1], indent + 1)}")
            else:
                parts.append(self.flow(item, indent + 1))
        opening, closing = "{}" if isinstance(value, dict) else "[]"
        if not self.chance(4):
            return opening + ", ".join(parts) + closing
        margin = "\n" + " " * (indent + 2)
        gap = self.draw(st.sampled_from(["", " # within", f"{margin}# between"])) + margin
        last = self.draw(st.sampled_from(["", f" # last{margin}"]))
        return opening + gap + f",{gap}".join(parts) + last + closing

    def scalar(self, value: Any, *, key: bool = False) -> str:
        if not isinstance(value, str):
            return json.dumps(value)
        plain = value.replace("_", "a").isalnum() and value[0].isalpha()
        if plain and value not in ("true", "false", "null") and not self.chance(3):
            return value
        if "'" not in value and value.isprintable() and not self.chance(2):
            return f"'{value}'"
        return json.dumps(value)


@st.composite
def texts(draw: st.DrawFn, value: dict[str, Any]) -> str:
    """One of the texts that the mapping can be written as."""
    writer = Writer(draw)
    writer.block(value, 0)
    writer.above(0)
    return "\n".join(writer.lines) + draw(st.sampled_from(["", "\n", "\n\n"]))
