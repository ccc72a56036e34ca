"""Nodes as canonical YAML text.

The layout follows from what a document says, its comments and its blank lines alone: a collection
stands in one line where it fits and nothing speaks against it, so two files that say the same look
the same.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from torq_gen.formatting.scalars import inline, lines_of
from torq_gen.formatting.tree import Alias, Collection, Entry, Mapping, Scalar, Sequence

if TYPE_CHECKING:
    from torq_gen.formatting.positions import Position
    from torq_gen.formatting.tree import Document, Node

WIDTH = 100
STEP = 2


def render(document: Document, position: Position) -> str:
    """The text of a document."""
    body = _entries(document.root, position, 0)
    lines = [*document.head, *body, *document.root.foot]
    return "".join(f"{line}{document.newline}" for line in lines)


def render_value(key: str, value: Node, position: Position) -> list[str]:
    """The lines of one key and its value, as they stand without indentation."""
    return _pair(Entry(value, Scalar(key)), position, 0)


def render_flat(node: Node) -> str:
    """A value that was made by `node_of` in one line of any length."""
    if isinstance(node, Scalar):
        return inline(node.value, flow=True) if node.is_text else node.value
    if isinstance(node, Mapping):
        pairs = (f"{_key(e.key, flow=True)}: {render_flat(e.value)}" for e in node.entries if e.key)
        return f"{{{', '.join(pairs)}}}"
    assert isinstance(node, Sequence)
    return f"[{', '.join(render_flat(e.value) for e in node.entries)}]"


def _entries(node: Collection, position: Position, indent: int) -> list[str]:
    """The lines of a collection's entries, without its foot."""
    lines: list[str] = []
    last = 0
    for number, entry in enumerate(node.entries):
        below = position.below(entry.name)
        write = _pair if isinstance(node, Mapping) else _item
        own = write(entry, below, indent)
        size = len(own) - (not own[0])
        apart = position.spaced and number and own[0] and (size > 1 or last > 1)
        lines += ["", *own] if apart else own
        last = size
    return lines


def _pair(entry: Entry, position: Position, indent: int) -> list[str]:
    assert entry.key is not None
    return _valued(entry, position, indent, f"{_key(entry.key, flow=False)}:")


def _valued(entry: Entry, position: Position, indent: int, head: str) -> list[str]:
    """An entry's lines: comments, then ``head`` and the value."""
    value, margin = entry.value, " " * indent
    above = [f"{margin}{line}" if line else "" for line in entry.above]
    if isinstance(value, Alias):
        return [*above, _with(f"{margin}{head} *{value.name}", entry.beside)]
    start = f"{margin}{head} {_anchor(value)}".rstrip()
    if isinstance(value, Scalar):
        return [*above, *_scalar(entry, value, position, start, indent)]
    room = WIDTH - len(start) - 1
    flat = None if position.block and value.entries else _flat(value, position, room)
    if flat is not None:
        return [*above, _with(f"{start} {flat}", entry.beside)]
    inner = indent + STEP
    body = _entries(value, position, inner)
    foot = [f"{' ' * inner}{line}" if line else "" for line in value.foot]
    return [*above, _with(start, entry.beside), *body, *foot]


def _scalar(entry: Entry, value: Scalar, position: Position, start: str, indent: int) -> list[str]:
    beside = [comment for comment in (value.header, entry.beside) if comment]
    margin = " " * indent
    extra = [f"{margin}{comment}" for comment in beside[:-1]]
    comment = beside[-1] if beside else ""
    if not value.is_text:
        return [*extra, _with(f"{start} {value.value}", comment)]
    one = inline(value.value, flow=False)
    if "\n" in value.value or len(start) + 1 + len(one) > WIDTH:
        found = lines_of(value.value, WIDTH - indent - STEP, prose=position.prose)
        if found is not None:
            mark, lines = found
            body = [f"{margin}{' ' * STEP}{line}" if line else "" for line in lines]
            return [*extra, _with(f"{start} {mark}", comment), *body]
    return [*extra, _with(f"{start} {one}", comment)]


def _item(entry: Entry, position: Position, indent: int) -> list[str]:
    value = entry.value
    laid_out = (
        isinstance(value, Collection)
        and not value.anchor
        and value.entries
        and (_opens(value) or _flat(value, position, WIDTH - indent - 2) is None)
    )
    if not laid_out:
        return _valued(entry, position, indent, "-")
    assert isinstance(value, Collection)
    return _opened(entry, value, position, indent)


def _opens(value: Collection) -> bool:
    """Whether an item is a pair that stands without braces."""
    return isinstance(value, Mapping) and len(value.entries) == 1


def _opened(entry: Entry, value: Collection, position: Position, indent: int) -> list[str]:
    """An item whose first entry stands in the line of the dash."""
    margin = " " * indent
    first = value.entries[0]
    above = [*entry.above]
    beside = ""
    if entry.beside and (first.beside or len(value.entries) > 1):
        above.append(entry.beside)
    else:
        beside = entry.beside
    above += [line for line in first.above if line]
    bare = replace(first, above=[], beside=first.beside or beside)
    shown = replace(value, entries=[bare, *value.entries[1:]])
    lines = _entries(shown, position, indent + STEP)
    lines[0] = f"{margin}- {lines[0][indent + STEP :]}"
    foot = [f"{margin}{' ' * STEP}{line}" if line else "" for line in value.foot]
    return [*(f"{margin}{line}" if line else "" for line in above), *lines, *foot]


def _flat(node: Node, position: Position, room: int) -> str | None:
    """The node in one line, or None where it takes more than ``room`` or needs lines."""
    text = _flow(node, position)
    return text if text is not None and len(text) <= room else None


def _flow(node: Node, position: Position) -> str | None:
    if isinstance(node, Alias):
        return f"*{node.name}"
    if isinstance(node, Scalar):
        if node.header or ("\n" in node.value and node.is_text):
            return None
        return inline(node.value, flow=True) if node.is_text else node.value
    if node.foot or (position.block and node.entries):
        return None
    is_list = isinstance(node, Sequence)
    parts = []
    for entry in node.entries:
        if entry.above or entry.beside or (is_list and _holds_pairs(entry.value)):
            return None
        part = _flow(entry.value, position.below(entry.name))
        if part is None:
            return None
        if not isinstance(entry.value, Alias):
            part = _anchor(entry.value) + part
        parts.append(f"{_key(entry.key, flow=True)}: {part}" if entry.key is not None else part)
    opening, closing = "[]" if is_list else "{}"
    return f"{opening}{', '.join(parts)}{closing}"


def _key(key: Scalar, *, flow: bool) -> str:
    return _anchor(key) + (inline(key.value, flow=flow) if key.is_text else key.value)


def _anchor(node: Scalar | Collection) -> str:
    return f"&{node.anchor} " if node.anchor else ""


def _holds_pairs(node: Node) -> bool:
    return isinstance(node, Mapping) and bool(node.entries)


def _with(line: str, comment: str) -> str:
    return f"{line} {comment}" if comment else line
