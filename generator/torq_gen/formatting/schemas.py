"""Schemas in their short forms."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from torq_gen.formatting.tree import Mapping, Scalar, comments_of, entries_of

if TYPE_CHECKING:
    from torq_gen.formatting.tree import Entry, Node

_SPACE = re.compile(r"\s+")
_DEFAULT_BASE = re.compile(r"\bfixed<(\d+), i64>")


def shorten(root: Mapping) -> None:
    """Write each type in one way, and a definition that gives nothing but its type as that."""
    for definition in entries_of(root.get("types")):
        if isinstance(definition.value, Mapping):
            for member in entries_of(definition.value.get("struct")):
                _fields(member)
            _doc(definition.value)
        _definition(definition)
    for message in entries_of(root.get("messages")):
        if isinstance(message.value, Mapping):
            _doc(message.value)
            for member in entries_of(message.value.get("fields")):
                _fields(member)


def type_text(text: str) -> str:
    """A type as it is written: ``fixed<8,i64>`` is ``fixed<8>``."""
    found = _SPACE.sub("", text).replace(",", ", ")
    return _DEFAULT_BASE.sub(r"fixed<\1>", found)


def strip_text(node: Node | None) -> None:
    """Drop the spaces and line ends around a text, which nobody sees."""
    if isinstance(node, Scalar) and node.is_text:
        node.value = node.value.strip()


def _fields(item: Entry) -> None:
    for field in entries_of(item.value):
        _definition(field)
        if isinstance(field.value, Mapping):
            _doc(field.value)


def _doc(definition: Mapping) -> None:
    strip_text(definition.get("doc"))


def _definition(entry: Entry) -> None:
    value = entry.value
    if isinstance(value, Scalar):
        value.value = type_text(value.value)
    elif isinstance(value, Mapping) and isinstance(written := value.get("type"), Scalar):
        written.value = type_text(written.value)
        if len(value.entries) == 1 and not value.anchor and not value.foot:
            entry.above += comments_of(value.entries[0])
            entry.value = written
