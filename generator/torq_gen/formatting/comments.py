"""Where the comments of a YAML text stand, and to which entry each belongs."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from torq_gen.formatting.tree import Collection

if TYPE_CHECKING:
    from torq_gen.formatting.tree import Document, Entry, Node


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment; ``alone`` when nothing but indicators precedes it on its line."""

    at: int
    column: int
    text: str
    alone: bool
    spaced: bool  # whether a blank line stands above it


@dataclass(slots=True)
class Placed:
    """A node and its place; of a collection also its entries, each with its start and value."""

    node: Node
    start: int
    end: int
    flow: bool = True
    column: int = 0
    children: list[tuple[int, Entry, Placed]] = field(default_factory=list)

    @property
    def is_block(self) -> bool:
        """Whether it is a collection of entries on lines of their own."""
        return bool(self.children) and not self.flow


def find(text: str, tokens: Sequence[tuple[int, int]]) -> Iterator[Comment]:
    """The comments outside of the tokens, in order."""
    at = 0
    for start, end in (*tokens, (len(text), len(text))):
        while (mark := text.find("#", at, max(start, at))) >= 0:
            line_start = text.rfind("\n", 0, mark) + 1
            if text.startswith("%", line_start):  # a directive
                at = _line_end(text, mark)
                continue
            stop = _line_end(text, mark)
            before = text[line_start:mark]
            yield Comment(
                mark,
                mark - line_start,
                text[mark:stop].rstrip(),
                not before.strip(" \t-"),
                _is_spaced(text, line_start),
            )
            at = stop
        at = max(end, at)


def attach(document: Document, root: Placed, comments: Sequence[Comment], text: str) -> None:
    """Give every comment and blank line of the text to what it belongs to."""
    spaced: set[int] = set()
    _space(root, text, spaced)
    above: dict[int, list[Comment]] = {}
    for comment in comments:
        place = _Place(root, comment.at)
        if not comment.alone and (entry := place.last_entry()) is not None:
            if entry.beside:
                entry.above.append(entry.beside)
            entry.beside = comment.text
        elif (entry := place.next_entry(comment.column)) is not None:
            above.setdefault(id(entry), []).append(comment)
        else:
            place.foot(comment.column).extend(_lines(comment, flow=False))
    _settle(root, above, spaced)
    _take_head(document, comments)


class _Place:
    """An offset outside of all tokens, with the collections around it."""

    def __init__(self, root: Placed, at: int) -> None:
        self.at = at
        self.collection = root
        self.index = 0  # of the next entry
        self.within: Placed | None = None  # a value that has begun, or is still to come
        self.last: Entry | None = None  # the innermost entry that began before
        here: Placed | None = root
        while here is not None and here.children and not (here.flow and at < here.start):
            self.collection = here
            self.index = bisect_left(here.children, at, key=lambda child: child[0])
            before = None
            if self.index:
                _, self.last, before = here.children[self.index - 1]
            here = before if before is not None and at < before.end else None
        self.within = here

    def next_entry(self, column: int) -> Entry | None:
        """The entry that a comment of that column stands above."""
        children = self.collection.children
        if self.within is not None and self.index:
            return children[self.index - 1][1]  # between a key and its value
        if self.index == len(children):
            return None
        if self.index and not self.collection.flow and column > self.collection.column:
            before = children[self.index - 1][2]
            if before.is_block and before.column <= column:
                return None  # it is the foot of what ends here
        return children[self.index][1]

    def last_entry(self) -> Entry | None:
        """The innermost entry that began before the offset and is not closed by a bracket."""
        here, index, found = self.collection, self.index, self.last
        while index:
            _, found, value = here.children[index - 1]
            if not value.is_block:
                break
            here = value
            index = bisect_left(here.children, self.at, key=lambda child: child[0])
        return found

    def foot(self, column: int) -> list[str]:
        """The foot of the innermost collection that a comment of that column belongs to."""
        here, index = self.collection, self.index
        while index and not here.flow:
            value = here.children[index - 1][2]
            if not (value.is_block and here.column < column and value.column <= column):
                break
            here, index = value, len(value.children)
        return _collection(here).foot


def _collection(placed: Placed) -> Collection:
    assert isinstance(placed.node, Collection)
    return placed.node


def _lines(comment: Comment, *, flow: bool) -> list[str]:
    return ["", comment.text] if comment.spaced and not flow else [comment.text]


def _space(placed: Placed, text: str, spaced: set[int]) -> None:
    """Note the entries above which a blank line stands."""
    for start, entry, value in placed.children:
        if not placed.flow and _is_spaced(text, text.rfind("\n", 0, start) + 1):
            spaced.add(id(entry))
        _space(value, text, spaced)


def _settle(placed: Placed, above: dict[int, list[Comment]], spaced: set[int]) -> None:
    """Put comments and blank lines above their entries; no blank line at a collection's start."""
    for number, (_, entry, value) in enumerate(placed.children):
        lines: list[str] = []
        for comment in above.get(id(entry), ()):
            lines += _lines(comment, flow=placed.flow)
        if id(entry) in spaced:
            lines.append("")
        if number == 0 and lines[:1] == [""]:
            del lines[0]
        entry.above[:] = [*lines, *entry.above]
        _settle(value, above, spaced)


def _take_head(document: Document, comments: Sequence[Comment]) -> None:
    """What stands at the very top is about the file, up to the first blank line, if there is one.

    Without a blank line all of it is.
    """
    if not document.root.entries or not comments:
        return
    above = document.root.entries[0].above
    if not above or above[0] != comments[0].text:
        return
    cut = len(above) - above[::-1].index("") if "" in above else len(above)
    document.head = above[:cut]
    del above[:cut]


def _is_spaced(text: str, line_start: int) -> bool:
    """Whether the line above is blank."""
    if line_start == 0:
        return False
    before = text.rfind("\n", 0, line_start - 1) + 1
    return not text[before : line_start - 1].strip()


def _line_end(text: str, at: int) -> int:
    ends = [i for i in (text.find("\n", at), text.find("\r", at)) if i >= 0]
    return min(ends, default=len(text))
