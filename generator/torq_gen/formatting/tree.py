"""A YAML document as nodes that carry their comments and blank lines, made to be changed.

Comments are lines of text that begin with ``#``; an empty text is a blank line. What stands above
an entry belongs to it, what stands beside it on its first line too, and what is left at the end of
a collection is its foot.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeAlias


@dataclass(slots=True)
class Scalar:
    """A value: a text, or what ``value`` says without quotes (a number, ``true``, ``null``)."""

    value: str
    is_text: bool = True
    anchor: str = ""
    header: str = ""  # the comment after the mark of a block scalar


@dataclass(slots=True)
class Alias:
    """``*name``."""

    name: str


@dataclass(slots=True)
class Entry:
    """A pair of a mapping, or an item of a sequence, which has no key."""

    value: Node
    key: Scalar | None = None
    above: list[str] = field(default_factory=list)
    beside: str = ""

    @property
    def name(self) -> str:
        """The key; empty for an item."""
        return self.key.value if self.key is not None else ""


@dataclass(slots=True)
class Collection:
    """What mappings and sequences have in common."""

    entries: list[Entry] = field(default_factory=list)
    anchor: str = ""
    foot: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Mapping(Collection):
    """Entries with keys."""

    def get(self, key: str) -> Node | None:
        """The value of a key, or None."""
        entry = self.entry(key)
        return entry.value if entry is not None else None

    def entry(self, key: str) -> Entry | None:
        """The entry of a key, or None."""
        return next((e for e in self.entries if e.name == key), None)

    def set(self, key: str, value: Node) -> Entry:
        """Give a key a value; its comments stay."""
        entry = self.entry(key)
        if entry is None:
            entry = Entry(value, Scalar(key))
            self.entries.append(entry)
        entry.value = value
        return entry


@dataclass(slots=True)
class Sequence(Collection):
    """Entries without keys."""


Node: TypeAlias = Scalar | Alias | Mapping | Sequence


@dataclass(slots=True)
class Document:
    """A file: what stands at its head whatever comes first, its root, and its line ends.

    ``comments`` are all that it had when it was read.
    """

    root: Mapping
    head: list[str] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)
    newline: str = "\n"


Plain: TypeAlias = "str | int | float | bool | list[Plain] | dict[str, Plain] | None"


def node_of(value: Plain) -> Node:
    """A value as nodes."""
    match value:
        case str():
            return Scalar(value)
        case dict():
            return Mapping([Entry(node_of(v), Scalar(k)) for k, v in value.items()])
        case list():
            return Sequence([Entry(node_of(v)) for v in value])
        case None:
            return Scalar("null", is_text=False)
        case bool():
            return Scalar("true" if value else "false", is_text=False)
    return Scalar(str(value), is_text=False)


def text_of(node: Node | None) -> str:
    """The text of a scalar; empty for everything else."""
    return node.value if isinstance(node, Scalar) else ""


def entries_of(node: Node | None) -> list[Entry]:
    """The entries of a collection; none of everything else."""
    return node.entries if isinstance(node, Collection) else []


def comments_in(node: Node) -> Iterator[str]:
    """Every comment in the node, in order."""
    if isinstance(node, Scalar):
        if node.header:
            yield node.header
    elif isinstance(node, Collection):
        for entry in node.entries:
            yield from comments_of(entry)
        yield from filter(None, node.foot)


def comments_of(entry: Entry) -> Iterator[str]:
    """Every comment of an entry and in its value, in order."""
    yield from filter(None, entry.above)
    if entry.beside:
        yield entry.beside
    yield from comments_in(entry.value)


def hand_over(gone: Iterable[Entry], heir: Entry) -> None:
    """Put the comments of entries that are dropped above another one."""
    kept = [comment for entry in gone for comment in comments_of(entry)]
    heir.above[:] = [*kept, *heir.above]
