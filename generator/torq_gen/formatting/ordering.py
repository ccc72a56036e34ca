"""Keys in the order that their position gives them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torq_gen.formatting.tree import Alias, Collection, Mapping

if TYPE_CHECKING:
    from torq_gen.formatting.positions import Position
    from torq_gen.formatting.tree import Entry, Node


def sort_keys(node: Node, position: Position) -> None:
    """Order the known keys of the node and of all below it.

    Where anchors are used nothing moves: an anchor has to precede its aliases.
    """
    if not uses_anchors(node):
        _sort(node, position)


def close_up(node: Node) -> None:
    """Drop blank lines at the start of collections, where moving entries may have left some."""
    if not isinstance(node, Collection):
        return
    if node.entries and node.entries[0].above[:1] == [""]:
        del node.entries[0].above[0]
    for entry in node.entries:
        close_up(entry.value)


def uses_anchors(node: Node) -> bool:
    """Whether there is an alias in the node, or anything that one could name."""
    if isinstance(node, Alias) or node.anchor:
        return True
    if not isinstance(node, Collection):
        return False
    return any(
        uses_anchors(e.value) or (e.key is not None and bool(e.key.anchor)) for e in node.entries
    )


def _sort(node: Node, position: Position) -> None:
    if isinstance(node, Mapping) and position.keys:
        node.entries[:] = _in_order(node, position)
    if isinstance(node, Collection):
        for entry in node.entries:
            _sort(entry.value, position.below(entry.name))


def _in_order(mapping: Mapping, position: Position) -> list[Entry]:
    """The entries in order; one with an unknown key stays behind the one that it follows."""
    known = {key: number for number, key in enumerate(position.keys)}
    ranked: list[tuple[int, Entry]] = []
    rank = -1
    for entry in mapping.entries:
        rank = known.get(entry.name, rank)
        ranked.append((rank, entry))
    return [entry for _, entry in sorted(ranked, key=lambda pair: pair[0])]
