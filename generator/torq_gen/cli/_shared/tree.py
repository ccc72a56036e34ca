"""Frames and what they hold, as an indented tree and as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from torq_gen.cli._shared.anatomy import Node
from torq_gen.cli._shared.frames import Part
from torq_gen.cli._shared.terminal import count, paint

_WIDTH = 66  # longer values are cut in text, never in JSON
_ITEMS = 16


def lines_of(part: Part, number: int, data: bytes, *, color: bool) -> Iterator[str]:
    """The part as indented lines, each with the range of its bytes and the first of them."""
    size = count(part.end - part.start, "byte")
    title = f"frame {number}" if part.is_frame else "no frame"
    yield paint(f"{title} at byte {part.start}: {size}", "bold", color)
    width = len(f"{part.end}..{part.end}")
    for node in part.nodes:
        yield from _tree(node, data, 1, width, color)
    if part.problem is not None:
        yield f"  {paint('broken', 'red', color)}: {part.problem}"
        if not part.is_frame:
            yield f"  bytes {part.start}..{part.end} skipped: {_hex(data, part.start, part.end)}"
    yield ""


def _tree(node: Node, data: bytes, depth: int, width: int, color: bool) -> Iterator[str]:
    place = f"{node.start}..{node.end}".ljust(width)
    name = f"{'  ' * (depth - 1)}{paint(node.name, 'cyan', color)}"
    type_ = paint(f" {node.type}", "dim", color) if node.type else ""
    value = f" = {_cut(node.value)}" if node.value else ""
    raw = "" if node.children else paint(f"  [{_hex(data, node.start, node.end)}]", "dim", color)
    problem = f"  {paint('<- broken', 'red', color)}" if node.problem else ""
    yield f"  {place}  {name}{type_}{value}{raw}{problem}"
    for child in node.children if depth == 1 else node.children[:_ITEMS]:
        yield from _tree(child, data, depth + 1, width, color)
    if depth > 1 and (more := len(node.children) - _ITEMS) > 0:
        yield f"  {'':{width}}  {'  ' * depth}… and {more:,} more"


def _cut(value: str) -> str:
    return value if len(value) <= _WIDTH else f"{value[:_WIDTH]}…"


def _hex(data: bytes, start: int, end: int) -> str:
    """The first bytes, spaced."""
    return data[start : min(end, start + 8)].hex(" ") + (" …" if end - start > 8 else "")


def as_json(part: Part) -> dict[str, Any]:
    """The part as JSON has it; values are not cut."""
    found: dict[str, Any] = {
        "kind": "frame" if part.is_frame else "skipped",
        "start": part.start,
        "end": part.end,
        "tree": [_node_as_json(node) for node in part.nodes],
    }
    if part.problem is not None:
        found["problem"] = {
            "kind": part.problem.problem,
            "offset": part.problem.offset,
            "expected": part.problem.expected,
            "found": part.problem.found,
        }
    return found


def _node_as_json(node: Node) -> dict[str, Any]:
    found: dict[str, Any] = {"start": node.start, "end": node.end, "name": node.name}
    found |= {"type": node.type} if node.type else {}
    found |= {"value": node.value} if node.value else {}
    if node.children:
        found["children"] = [_node_as_json(child) for child in node.children]
    return found
