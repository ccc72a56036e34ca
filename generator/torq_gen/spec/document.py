"""A YAML document as plain dicts and lists, with the place of every key and value beside them."""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cached_property
from typing import Any, TypeAlias

from torq_gen.diagnostics import Span
from torq_gen.spec.marks import BLOCK, BLOCK_SCALAR, FLOW, SCALAR, Mark, form, offsets

# What the reader makes of YAML; the structure check narrows it before anybody looks inside.
Raw: TypeAlias = Any

_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")


class Document:
    """One file's content; places are kept by the identity of the container they stand in.

    ``keys`` and ``values`` map a container's ``id()`` to the marks of its keys and values (by key,
    or by index in a list); ``ends`` to the offset at which it ends. ``alive`` holds every
    container, because an identity is only unique while its owner lives.
    """

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self.text = text
        self.root: Raw = None
        self.root_mark: Mark | None = None
        self.keys: dict[int, dict[str, Mark]] = {}
        self.values: dict[int, dict[str, Mark] | list[Mark]] = {}
        self.ends: dict[int, int] = {}
        self.alive: list[Raw] = []
        self.has_floats = False

    def whole(self) -> Span:
        """The first place of the document."""
        if self.root_mark is None:
            return Span.of_file(self.file)
        if not isinstance(self.root, (dict, list)):
            return self.scalar(self.root_mark)
        return self._collection(self.root, self.root_mark)

    def key(self, container: dict[str, Raw], key: str) -> Span:
        """Where the key stands."""
        return self.scalar(self.keys[id(container)][key])

    def value(self, container: dict[str, Raw] | list[Raw], key: str | int) -> Span:
        """Where the value stands: a block collection is represented by its first line's start."""
        mark = self._mark(container, key)
        value = container[key]  # type: ignore[index]
        if isinstance(value, (dict, list)) and form(mark) not in (SCALAR, BLOCK_SCALAR):
            return self._collection(value, mark)
        return self.scalar(mark)

    def part(self, container: dict[str, Raw] | list[Raw], key: str | int, at: int, to: int) -> Span:
        """Where the characters ``at`` to ``to`` of a text stand, or the text when it is escaped."""
        span = self.value(container, key)
        text = container[key]  # type: ignore[index]
        quotes = span.end_column - span.column - len(text)
        if span.line != span.end_line or quotes not in (0, 2):
            return span
        start = span.column + quotes // 2
        return Span(self.file, span.line, start + at, span.line, start + max(to, at + 1))

    def source(self, container: dict[str, Raw] | list[Raw], key: str | int) -> str:
        """A scalar as it is written, without quotes."""
        start, end = offsets(self._mark(container, key))
        return self.text[start:end].strip("\"'")

    def block(self, container: dict[str, Raw] | list[Raw], key: str | int) -> bool:
        """Whether the value is a collection that is written over several lines."""
        return form(self._mark(container, key)) == BLOCK

    def scalar(self, mark: Mark) -> Span:
        """Where a scalar, an alias or the start of a collection stands."""
        start, end = offsets(mark)
        return self._first(start) if form(mark) == BLOCK_SCALAR else self._span(start, end)

    def _mark(self, container: dict[str, Raw] | list[Raw], key: str | int) -> Mark:
        return self.values[id(container)][key]  # type: ignore[index]

    def _collection(self, value: Raw, mark: Mark) -> Span:
        start, end = offsets(mark)
        closed = self.ends.get(id(value))
        if form(mark) != BLOCK and closed is not None:
            return self._span(start, closed if form(mark) == FLOW else end)
        if isinstance(value, dict) and value:
            first = next(iter(value))
            return self.scalar(self.keys[id(value)][first])
        return self._first(start)

    def _first(self, at: int) -> Span:
        """One character."""
        span = self._span(at, at)
        return Span(self.file, span.line, span.column, span.line, span.column + 1)

    def _span(self, start: int, end: int) -> Span:
        lines = self._lines
        line = last = bisect_right(lines, start)
        if end >= lines[line]:
            last = bisect_right(lines, end)
        return Span(self.file, line, start - lines[line - 1] + 1, last, end - lines[last - 1] + 1)

    @cached_property
    def _lines(self) -> list[int]:
        """The offsets at which lines start, and one behind all of them."""
        text = self.text
        return [0, *map(re.Match.end, _BREAK.finditer(text)), len(text) + 1]
