"""Aliases written out, so that each place can be changed by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torq_gen.formatting.tree import Alias, Collection, Entry, Mapping, Scalar, Sequence

if TYPE_CHECKING:
    from torq_gen.formatting.tree import Node


def expand(root: Mapping) -> None:
    """Put what each alias stands for in its place, without comments, and drop all anchors."""
    anchors: dict[str, Node] = {}
    _expand(root, anchors)


def _expand(node: Node, anchors: dict[str, Node]) -> Node:
    """The node, or a copy of what an alias names; an anchor is known from where it stands on."""
    if isinstance(node, Alias):
        return _copy(anchors[node.name])
    if isinstance(node, Collection):
        for entry in node.entries:
            if entry.key is not None:
                _forget(entry.key, anchors)
            entry.value = _expand(entry.value, anchors)
    _forget(node, anchors)
    return node


def _forget(node: Node, anchors: dict[str, Node]) -> None:
    if not isinstance(node, Alias) and node.anchor:
        anchors[node.anchor] = node
        node.anchor = ""


def _copy(node: Node) -> Node:
    match node:
        case Scalar():
            return Scalar(node.value, node.is_text)
        case Mapping():
            return Mapping([Entry(_copy(e.value), _key(e)) for e in node.entries])
        case Sequence():
            return Sequence([Entry(_copy(e.value)) for e in node.entries])
    raise AssertionError(node)


def _key(entry: Entry) -> Scalar:
    assert entry.key is not None
    return Scalar(entry.key.value, entry.key.is_text)
