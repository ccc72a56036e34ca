"""Entries of ``publishes`` and ``subscribes`` in their canonical shape."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torq_gen.formatting.tree import (
    Entry,
    Mapping,
    Node,
    Scalar,
    comments_in,
    comments_of,
    entries_of,
    node_of,
    text_of,
)
from torq_gen.model import AtMostOncePer, SequentialPer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torq_gen.formatting.tree import Plain
    from torq_gen.model import Ordering, Service, System

_RESTATED = ("type", "tlv_type", "type_id", "domain", "topic")


def is_older_entry(node: Node) -> bool:
    """Whether an entry is of an older shape, or says its ordering in words."""
    if not isinstance(node, Mapping):
        return False
    if any(node.get(key) is not None for key in ("type", "tlv_type")):
        return True
    return any(
        entry.name == "ordering" for pair in node.entries for entry in entries_of(pair.value)
    )


def publications(node: Node | None, service: Service, system: System) -> None:
    """Rewrite the entries of ``publishes``."""
    orderings = {p.message: p.orderings for p in service.publishes}
    for item in entries_of(node):
        name = _name_of(item.value, system)
        _reshape(item, name)
        _state(item, orderings[name])


def subscriptions(node: Node | None, system: System) -> None:
    """Rewrite the entries of ``subscribes``; a name that no schema declares is an event."""
    for item in entries_of(node):
        if isinstance(item.value, Mapping) and _is_event(item.value):
            continue
        name = _name_of(item.value, system)
        if name in system.messages:
            _reshape(item, name)
        else:
            _keep_comments(item, comments_in(item.value))
            item.value = node_of({"events": [name]})


def _is_event(entry: Mapping) -> bool:
    return any(entry.get(key) is not None for key in ("source", "events"))


def _name_of(node: Node, system: System) -> str:
    if not isinstance(node, Mapping):
        return text_of(node)
    if number := text_of(node.get("tlv_type")):
        return next(m.name for m in system.messages.values() if m.type_id == int(number))
    return text_of(node.get("type")) or node.entries[0].name


def _reshape(item: Entry, name: str) -> None:
    """``Name`` or ``Name: {options}``; what only restates the schema is left out."""
    node = item.value
    if not isinstance(node, Mapping):
        return
    if node.get("type") is None and node.get("tlv_type") is None:
        if not entries_of(node.entries[0].value):
            _keep_comments(item, comments_in(node))
            item.value = Scalar(name)
        return
    options = Mapping([e for e in node.entries if e.name not in _RESTATED], foot=node.foot)
    gone = [e for e in node.entries if e.name in _RESTATED]
    if not options.entries:
        _keep_comments(item, [*_all_comments(gone), *filter(None, node.foot)])
        item.value = Scalar(name)
        return
    _keep_comments(item, _all_comments(gone))
    item.value = Mapping([Entry(options, Scalar(name))])


def _state(item: Entry, orderings: tuple[Ordering, ...]) -> None:
    """An ordering in words by the options that say the same."""
    options = item.value.entries[0].value if isinstance(item.value, Mapping) else None
    if not isinstance(options, Mapping) or (words := options.entry("ordering")) is None:
        return
    stated: dict[str, Plain] = {}
    for ordering in orderings:
        if isinstance(ordering, SequentialPer) and not stated:
            stated["sequential_per"] = ordering.key
            stated |= {"by": ordering.by} if ordering.by else {}
        elif isinstance(ordering, AtMostOncePer) and "at_most_once_per" not in stated:
            stated["at_most_once_per"] = ordering.key
        else:
            return  # there are no options for it: the words stay
    options.entries.remove(words)
    for key, value in stated.items():
        options.set(key, node_of(value))
    options.entry(next(iter(stated))).above[:0] = comments_of(words)  # type: ignore[union-attr]


def _keep_comments(item: Entry, comments: Iterator[str] | list[str]) -> None:
    """Give an item the comments of what it lost: one beside it, several above."""
    found = list(comments)
    if len(found) == 1 and not item.beside:
        item.beside = found[0]
    else:
        item.above += found


def _all_comments(entries: list[Entry]) -> list[str]:
    return [comment for entry in entries for comment in comments_of(entry)]
