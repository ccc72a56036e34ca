"""YAML text to a tree of nodes with their comments."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, TypeAlias

from torq_gen.formatting.comments import Placed, attach, find
from torq_gen.formatting.tree import (
    Alias,
    Document,
    Entry,
    Mapping,
    Node,
    Scalar,
    Sequence,
)
from torq_gen.spec.scalars import resolve

Event: TypeAlias = Any  # of the YAML parser

_GAP = re.compile(r"(?:\s+(?:#[^\n]*)?)*")


class UnreadableError(Exception):
    """The text is no YAML mapping that the loader would accept."""


def parse(text: str) -> Document:
    """The document, every comment at its place.

    Raises:
        UnreadableError: the text is not YAML, or its root is no mapping.
    """
    import yaml

    reader = _Reader(text)
    try:
        root = reader.read(_events(text))
    except yaml.YAMLError as error:
        raise UnreadableError(f"not YAML: {error}") from error
    if root is None or not isinstance(root.node, Mapping):
        raise UnreadableError("expected a mapping")
    newline = "\r\n" if "\r\n" in text else "\n"
    document = Document(root.node, newline=newline)
    comments = list(find(text, reader.tokens))
    attach(document, root, comments, text)
    document.comments = [*(comment.text for comment in comments), *reader.headers]
    return document


def comments_of_text(text: str) -> list[str]:
    """Every comment of a YAML text; those of block scalars' first lines come last."""
    import yaml

    reader = _Reader(text)
    for event in _events(text):
        if isinstance(event, yaml.ScalarEvent):
            reader.scalar(event)
        elif isinstance(event, yaml.NodeEvent) and event.anchor:
            reader.token(event)
    return [*(comment.text for comment in find(text, reader.tokens)), *reader.headers]


def _events(text: str) -> Iterator[Event]:
    import yaml

    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return iter(yaml.parse(text, loader))


class _Reader:
    """Builds the tree; ``tokens`` are the ranges of the text in which no comment can stand."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens: list[tuple[int, int]] = []
        self.headers: list[str] = []  # comments inside of tokens

    def read(self, events: Iterator[Event]) -> Placed | None:
        import yaml

        for event in events:
            if not isinstance(
                event, (yaml.StreamStartEvent, yaml.DocumentStartEvent, yaml.StreamEndEvent)
            ):
                found = self._node(event, events)
                for _ in events:  # a second document is refused by the loader
                    pass
                return found
        return None

    def _node(self, event: Event, events: Iterator[Event]) -> Placed:
        import yaml

        if isinstance(event, yaml.AliasEvent):
            self.token(event)
            return _placed(event, Alias(str(event.anchor)))
        if isinstance(event, yaml.ScalarEvent):
            return _placed(event, self.scalar(event))
        node: Mapping | Sequence
        node = Mapping() if isinstance(event, yaml.MappingStartEvent) else Sequence()
        node.anchor = event.anchor or ""
        placed = _placed(event, node)
        if event.anchor:
            self.token(event)
        placed.flow = bool(event.flow_style)
        while True:
            first = next(events)
            if isinstance(first, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
                break
            self._entry(node, placed, first, events)
        placed.end = self._end(placed, first)
        if placed.is_block:
            # A block sequence begins with its first dash, a block mapping with its first key.
            is_list = isinstance(node, Sequence)
            at = self._value_start(event) if is_list else placed.children[0][0]
            placed.column = at - (self.text.rfind("\n", 0, at) + 1)
        return placed

    def _entry(
        self, node: Mapping | Sequence, placed: Placed, first: Event, events: Iterator[Event]
    ) -> None:
        start = int(first.start_mark.index)
        key = None
        if isinstance(node, Mapping):
            key = self.scalar(first)
            first = next(events)
        value = self._node(first, events)
        entry = Entry(value.node, key)
        node.entries.append(entry)
        placed.children.append((start, entry, value))

    def scalar(self, event: Event) -> Scalar:
        """The scalar of an event, noted as a token."""
        self.token(event)
        anchor = event.anchor or ""
        header = self._header(event) if event.style in ("|", ">") else ""
        if not event.style and event.implicit[0]:
            value = resolve(event.value)
            if value is None:
                return Scalar("null", is_text=False, anchor=anchor)
            if not isinstance(value, str):
                return Scalar(event.value, is_text=False, anchor=anchor)
        return Scalar(event.value, anchor=anchor, header=header)

    def _header(self, event: Event) -> str:
        """The comment after the mark of a block scalar."""
        start = self._value_start(event)
        end = self.text.find("\n", start)
        line = self.text[start:end].rstrip() if end >= 0 else ""
        at = line.find(" #")
        if at < 0:
            return ""
        self.headers.append(line[at + 1 :])
        return self.headers[-1]

    def token(self, event: Event) -> None:
        """Note the parts of the text in which no comment can stand: an anchor, and a scalar."""
        start, end = int(event.start_mark.index), int(event.end_mark.index)
        is_alias = not hasattr(event, "implicit")
        if event.anchor and not is_alias:
            self.tokens.append((start, start + 1 + len(event.anchor)))
            start = self._value_start(event)
        if is_alias or hasattr(event, "value"):
            self.tokens.append((start, end))

    def _value_start(self, event: Event) -> int:
        """Where a value begins, after its anchor and what may stand between the two."""
        start = int(event.start_mark.index)
        if not event.anchor:
            return start
        found = _GAP.match(self.text, start + 1 + len(event.anchor))
        return min(found.end() if found else start, int(event.end_mark.index))

    def _end(self, placed: Placed, event: Event) -> int:
        if placed.flow or not placed.children:
            return int(event.end_mark.index)
        return placed.children[-1][2].end


def _placed(event: Event, node: Node) -> Placed:
    return Placed(node, int(event.start_mark.index), int(event.end_mark.index))
