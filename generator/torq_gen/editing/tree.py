"""A YAML document as nodes that know where they stand in the text."""

from __future__ import annotations

from typing import Any, TypeAlias

import yaml

Node: TypeAlias = "yaml.Node"
ALIAS = "alias"
_NULLS = ("", "~", "null", "Null", "NULL")


class EditError(Exception):
    """The text cannot be edited where it has to be."""


class Tree:
    """One document. Offsets count characters of ``text``."""

    def __init__(self, text: str) -> None:
        composer = _Composer(text)
        try:
            root = composer.get_single_node()
        except yaml.YAMLError as error:
            raise EditError("the file is not YAML that can be edited") from error
        finally:
            composer.dispose()
        if not isinstance(root, yaml.MappingNode):
            raise EditError("expected a mapping to add to")
        self.text = text
        self.root: yaml.MappingNode = root
        self.newline = "\r\n" if "\r\n" in text else "\n"
        self._shared = composer.shared

    def own(self, node: Node, what: str) -> None:
        """Refuse a node that stands for more than one place.

        Raises:
            EditError: it is an alias, or an alias elsewhere stands for it.
        """
        if node.tag == ALIAS:
            raise EditError(f"{what} is the alias *{node.value}: write its entries out first")
        if id(node) in self._shared:
            raise EditError(f"{what} is shared through an alias: write its entries out first")

    def line_end(self, at: int) -> int:
        """Where the line of an offset ends, before its line break."""
        end = self.text.find("\n", at)
        if end < 0:
            return len(self.text)
        return end - 1 if end > at and self.text[end - 1] == "\r" else end

    def column(self, at: int) -> int:
        """How many characters of its line stand before an offset."""
        return at - (self.text.rfind("\n", 0, at) + 1)

    def end_of(self, node: Node) -> int:
        """Where a node's last character stands, comments and blank lines after it left out."""
        if isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
            last = node.value[-1]
            return self.end_of(last[1] if isinstance(last, tuple) else last)
        end = int(node.end_mark.index)
        if isinstance(node, yaml.ScalarNode) and node.style in ("|", ">"):
            return self._before_break(end)  # blank lines at its end may belong to the text
        return end

    def _before_break(self, end: int) -> int:
        if not self.text[:end].endswith("\n"):
            return end
        return end - (2 if self.text[:end].endswith("\r\n") else 1)


def start_of(node: Node) -> int:
    """Where a node begins, its anchor included."""
    return int(node.start_mark.index)


def is_null(node: Node) -> bool:
    """Whether nothing is written, or a word for nothing."""
    return isinstance(node, yaml.ScalarNode) and not node.style and node.value in _NULLS


class _Composer(yaml.SafeLoader):
    """Keeps aliases as nodes of their own, and notes what they stand for."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.shared: set[int] = set()

    def compose_node(self, parent: Any, index: Any) -> Any:
        """The next node; for an alias one that only names it."""
        is_alias = self.check_event(yaml.AliasEvent)
        event: Any = self.peek_event()  # type: ignore[no-untyped-call]
        node = super().compose_node(parent, index)
        if not is_alias:
            return node
        self.shared.add(id(node))
        return yaml.ScalarNode(ALIAS, event.anchor, event.start_mark, event.end_mark)
