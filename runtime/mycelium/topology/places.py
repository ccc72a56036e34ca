"""Where the keys of a TOML file stand, which tomllib does not tell."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from typing import Final, NamedTuple, TypeAlias

Keys: TypeAlias = tuple[str, ...]

_STRING: Final = r'"""(?:\\.|[^\\])*?"{3,5}' r"|'''.*?'{3,5}" r'|"(?:\\.|[^"\\\n])*"' r"|'[^'\n]*'"
_PART: Final = re.compile(rf"{_STRING}|[A-Za-z0-9_-]+", re.DOTALL)
_BLANK: Final = re.compile(r"(?:\s|#[^\n]*)*")
_HEADER: Final = re.compile(r"\[\[?[ \t]*")
_CLOSED: Final = re.compile(r"[ \t]*\]\]?")
_DOT: Final = re.compile(r"[ \t]*\.[ \t]*")
_TOKEN: Final = re.compile(rf"{_STRING}|#[^\n]*|[\[\]{{}}\n]|[^\[\]{{}}\n#\"']+", re.DOTALL)


class Place(NamedTuple):
    """A half-open range of text; lines and columns count from 1, columns in code points."""

    line: int
    column: int
    end_line: int
    end_column: int


START: Final = Place(1, 1, 1, 1)


class _Spot(NamedTuple):
    """Offsets of a key (or a table's header), and of its value."""

    start: int
    end: int
    value_end: int


class Places:
    """The places of the keys of a text that tomllib has read.

    Keys inside of inline tables have the place of what holds them.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._spots = _spots(text)

    def of(self, keys: Keys, element: str | None = None) -> Place | None:
        """The place of a key, or of the nearest that holds it; None when nothing does.

        ``element`` asks for a string in the key's value.
        """
        for length in range(len(keys), 0, -1):
            spot = self._spots.get(keys[:length])
            if spot is not None:
                return self._place(self._narrow(spot, element) if element else spot)
        return None

    def knows(self, keys: Keys) -> bool:
        """Whether the key itself has a place."""
        return keys in self._spots

    def _narrow(self, spot: _Spot, element: str) -> _Spot:
        for quoted in (f'"{element}"', f"'{element}'"):
            at = self._text.find(quoted, spot.end, spot.value_end)
            if at >= 0:
                return _Spot(at, at + len(quoted), spot.value_end)
        return spot

    def _place(self, spot: _Spot) -> Place:
        return Place(*_line_column(self._text, spot.start), *_line_column(self._text, spot.end))


def _line_column(text: str, offset: int) -> tuple[int, int]:
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


def _spots(text: str) -> Mapping[Keys, _Spot]:
    found: dict[Keys, _Spot] = {}
    table: Keys = ()
    at = _skip(text, 0)
    while at < len(text):
        header = _HEADER.match(text, at)
        start = header.end() if header is not None else at
        parts = _parts(text, start)
        if not parts:
            return found  # not what tomllib reads; better no place than a wrong one
        names, end = tuple(name for name, _ in parts), parts[-1][1]
        if header is not None:
            table, spot = (), _Spot(start, end, end)
            closed = _CLOSED.match(text, end)
            at = closed.end() if closed is not None else end
        else:
            at = _value_end(text, end)
            spot = _Spot(start, end, at)
        for length in range(1, len(names) + 1):
            found.setdefault((*table, *names[:length]), spot)
        table = names if header is not None else table
        at = _skip(text, at)
    return found


def _skip(text: str, at: int) -> int:
    blank = _BLANK.match(text, at)
    return blank.end() if blank is not None else at


def _parts(text: str, at: int) -> list[tuple[str, int]]:
    """The parts of a dotted key, each with its end."""
    found: list[tuple[str, int]] = []
    while (part := _PART.match(text, at)) is not None:
        found.append((_unquoted(part[0]), part.end()))
        dot = _DOT.match(text, part.end())
        if dot is None:
            break
        at = dot.end()
    return found


def _unquoted(part: str) -> str:
    return str(tomllib.loads(f"key = {part}")["key"]) if part[0] in "\"'" else part


def _value_end(text: str, at: int) -> int:
    """Where the value after a key ends: the end of its line, outside of brackets and strings."""
    depth = 0
    for token in _TOKEN.finditer(text, at):
        if token[0] in "[{":
            depth += 1
        elif token[0] in "]}":
            depth -= 1
        elif token[0] == "\n" and depth <= 0:
            return token.start()
    return len(text)
