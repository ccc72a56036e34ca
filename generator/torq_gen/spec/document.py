"""A YAML document as plain dicts and lists, with the place of every key and value beside them."""

from __future__ import annotations

from typing import Any, TypeAlias

from torq_gen.diagnostics import Span

# What the reader makes of YAML; the structure check narrows it before anybody looks inside.
Raw: TypeAlias = Any
Mark: TypeAlias = Any  # an event of the YAML parser: it has start_mark and end_mark


class Document:
    """One file's content; places are kept by the identity of the container they stand in.

    ``keys`` and ``values`` map a container's ``id()`` to the parser's events of its keys and values
    (by key, or by index in a list); ``ends`` to the event that closes it. ``alive`` holds every
    container, because an identity is only unique while its owner lives.
    """

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self.text = text
        self.root: Raw = None
        self.root_mark: Mark = None
        self.keys: dict[int, dict[str, Mark]] = {}
        self.values: dict[int, dict[str, Mark] | list[Mark]] = {}
        self.ends: dict[int, Mark] = {}
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
        mark = self.values[id(container)][key]  # type: ignore[index]
        value = container[key]  # type: ignore[index]
        if isinstance(value, (dict, list)) and not hasattr(mark, "value"):
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
        mark = self.values[id(container)][key]  # type: ignore[index]
        return self.text[mark.start_mark.index : mark.end_mark.index].strip("\"'")

    def block(self, container: dict[str, Raw] | list[Raw], key: str | int) -> bool:
        """Whether the value is a collection that is written over several lines."""
        mark = self.values[id(container)][key]  # type: ignore[index]
        return getattr(mark, "flow_style", None) is False

    def scalar(self, mark: Mark) -> Span:
        """Where a scalar, an alias or the start of a collection stands."""
        start, end = mark.start_mark, mark.end_mark
        if getattr(mark, "style", None) in ("|", ">"):
            return Span(
                self.file, start.line + 1, start.column + 1, start.line + 1, start.column + 2
            )
        return Span(self.file, start.line + 1, start.column + 1, end.line + 1, end.column + 1)

    def _collection(self, value: Raw, mark: Mark) -> Span:
        start = mark.start_mark
        end = self.ends.get(id(value))
        if getattr(mark, "flow_style", True) and end is not None:
            stop = end.end_mark if hasattr(mark, "flow_style") else mark.end_mark
            return Span(self.file, start.line + 1, start.column + 1, stop.line + 1, stop.column + 1)
        if isinstance(value, dict) and value:
            first = next(iter(value))
            return self.scalar(self.keys[id(value)][first])
        return Span(self.file, start.line + 1, start.column + 1, start.line + 1, start.column + 2)
