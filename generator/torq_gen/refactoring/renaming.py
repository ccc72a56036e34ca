"""A message, a service or a field under another name in the spec's files."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias, TypeVar

import yaml

from torq_gen.editing.tree import ALIAS, Node, Tree
from torq_gen.edits import Edit, apply
from torq_gen.model import Lock

if TYPE_CHECKING:
    from torq_gen.model import Message, System

_T = TypeVar("_T")

_FLOWS = ("publishes", "produces", "subscribes", "consumes")
_FORMS = ("precedes", "within", "never_after", "one_of")
_OPTIONS = ("sequential_per", "by", "at_most_once_per")


@dataclass(frozen=True, slots=True)
class MessageRename:
    """A message gets another name; its type id, and so its bytes, stay."""

    old: str
    new: str


@dataclass(frozen=True, slots=True)
class ServiceRename:
    """A service gets another name; its id stays."""

    old: str
    new: str


@dataclass(frozen=True, slots=True)
class FieldRename:
    """A field of a message gets another name; its place in the message stays."""

    message: str
    old: str
    new: str


Rename: TypeAlias = MessageRename | ServiceRename | FieldRename


class LostPromiseError(Exception):
    """A promise stated in words would not be understood any more."""


def released_with(message: Message, field: str, lock: Lock) -> int | None:
    """The first released version of the message that has the field, if there is one."""
    released = lock.messages.get(message.name)
    since = next(f.since for f in message.fields if f.name == field)
    versions = sorted(released.versions) if released is not None else ()
    return next((version for version in versions if version >= since), None)


def rename_in_system(text: str, rename: Rename) -> str:
    """system.yaml with the new name; everything else stays to the byte.

    Raises:
        EditError: the text is no YAML mapping.
    """
    tree = Tree(text)
    return apply(text, _unique(_System(tree, rename).edits()))


def rename_in_schema(text: str, rename: Rename) -> str:
    """A schema with the new name; everything else stays to the byte.

    Raises:
        EditError: the text is no YAML mapping.
    """
    tree = Tree(text)
    return apply(text, _unique(_schema(tree, rename)))


def rename_in_lock(lock: Lock, rename: Rename) -> Lock:
    """The lock under the new name: ids and releases stay with what they were given to."""
    match rename:
        case MessageRename(old=old, new=new):
            return replace(lock, messages=_renamed(lock.messages, old, new))
        case ServiceRename(old=old, new=new):
            return replace(lock, services=_renamed(lock.services, old, new))
    return lock


def check_promises(before: System, after: System) -> None:
    """Every promise has to be understood under the new name as it was under the old one.

    Raises:
        LostPromiseError: one is not.
    """
    for one, other in zip(before.services.values(), after.services.values(), strict=True):
        kinds = [[type(o) for o in p.orderings] for p in one.publishes]
        if kinds != [[type(o) for o in p.orderings] for p in other.publishes]:
            raise LostPromiseError(f"an ordering of {one.name}")
        for invariant, now in zip(one.invariants, other.invariants, strict=True):
            if type(invariant.check) is not type(now.check):
                raise LostPromiseError(f"the invariant {invariant.id} of {one.name}")


def _renamed(entries: Mapping[str, _T], old: str, new: str) -> dict[str, _T]:
    return {new if name == old else name: value for name, value in entries.items()}


def _unique(edits: Iterator[Edit]) -> list[Edit]:
    """Each edit once: what an anchor names is met again where it is used."""
    return list(dict.fromkeys(edits))


class _System:
    def __init__(self, tree: Tree, rename: Rename) -> None:
        self.tree = tree
        self.rename = rename

    def edits(self) -> Iterator[Edit]:
        for key, service in _pairs(_get(self.tree.root, "services")):
            if isinstance(self.rename, ServiceRename):
                yield from self._exact(key, self.rename.old, self.rename.new)
                continue
            for flow in _FLOWS:
                for entry in _items(_get(service, flow)):
                    yield from self._entry(entry, self.rename)
            for invariant in _items(_get(service, "invariants")):
                yield from self._invariant(invariant, self.rename)

    def _entry(self, entry: Node, rename: MessageRename | FieldRename) -> Iterator[Edit]:
        name: Node | None = entry
        options: Node | None = None
        if isinstance(entry, yaml.MappingNode) and entry.value:
            name = _get(entry, "type")
            options = entry
            if name is None:
                name, options = entry.value[0]
        if name is None:
            return
        if isinstance(rename, MessageRename):
            yield from self._exact(name, rename.old, rename.new)
        elif isinstance(name, yaml.ScalarNode) and name.value == rename.message:
            for option in _OPTIONS:
                if (value := _get(options, option)) is not None:
                    yield from self._exact(value, rename.old, rename.new)

    def _invariant(self, node: Node, rename: MessageRename | FieldRename) -> Iterator[Edit]:
        if isinstance(rename, MessageRename):
            text = node if isinstance(node, yaml.ScalarNode) else _get(node, "text")
            yield from self._words(text, rename.old, rename.new)
        for form in _FORMS:
            for _, value in _pairs(_get(node, form)):
                for reference in [value, *_items(value)]:
                    yield from self._reference(reference, rename)

    def _reference(self, node: Node, rename: MessageRename | FieldRename) -> Iterator[Edit]:
        """``Message.field``, or that as the key of conditions."""
        pairs = list(_pairs(node))
        for key in [node, *(key for key, _ in pairs)]:
            if not isinstance(key, yaml.ScalarNode):
                continue
            message, _, field = key.value.partition(".")
            if isinstance(rename, MessageRename):
                new = f"{rename.new}.{field}"
                yield from self._exact(key, f"{rename.old}.{field}", new)
            elif message == rename.message:
                yield from self._exact(key, f"{message}.{rename.old}", f"{message}.{rename.new}")
        if isinstance(rename, FieldRename):
            for key, conditions in pairs:
                if key.value.partition(".")[0] == rename.message:
                    for name, _ in _pairs(conditions):
                        yield from self._exact(name, rename.old, rename.new)

    def _exact(self, node: Node, old: str, new: str) -> Iterator[Edit]:
        yield from _exact(self.tree, node, old, new)

    def _words(self, node: Node | None, old: str, new: str) -> Iterator[Edit]:
        """Every mention in a text."""
        if node is None or node.tag == ALIAS:
            return
        start, end = node.start_mark.index, node.end_mark.index
        for found in re.finditer(rf"\b{re.escape(old)}\b", self.tree.text[start:end]):
            yield Edit(start + found.start(), start + found.end(), new)


def _schema(tree: Tree, rename: Rename) -> Iterator[Edit]:
    if isinstance(rename, ServiceRename):
        return
    for key, message in _pairs(_get(tree.root, "messages")):
        if isinstance(rename, MessageRename):
            yield from _exact(tree, key, rename.old, rename.new)
        elif key.value == rename.message:
            items = (*_items(_get(message, "fields")), *_items(_get(message, "examples")))
            named: list[Node] = [name for item in items for name, _ in _pairs(item)]
            if (counted := _get(message, "key")) is not None:
                named.append(counted)
            for name in named:
                yield from _exact(tree, name, rename.old, rename.new)


def _exact(tree: Tree, node: Node, old: str, new: str) -> Iterator[Edit]:
    """The node's text replaced when it is the old one; its quotes and its anchor stay."""
    if not isinstance(node, yaml.ScalarNode) or node.tag == ALIAS or node.value != old:
        return
    start, end = int(node.start_mark.index), int(node.end_mark.index)
    at = tree.text.rfind(old, start, end)
    if at >= 0:
        yield Edit(at, at + len(old), new)


def _get(node: Node | None, key: str) -> Node | None:
    return next((value for name, value in _pairs(node) if name.value == key), None)


def _pairs(node: Node | None) -> list[tuple[yaml.ScalarNode, Node]]:
    return list(node.value) if isinstance(node, yaml.MappingNode) else []


def _items(node: Node | None) -> list[Node]:
    return list(node.value) if isinstance(node, yaml.SequenceNode) else []
