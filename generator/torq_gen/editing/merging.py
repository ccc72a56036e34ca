"""Adds to a YAML document what it does not say yet, in the layout that it has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

import yaml

from torq_gen.editing.rendering import EachOf, Laid, Value, block, flow, item_of, pair
from torq_gen.editing.tree import EditError, Node, Tree, is_null, start_of
from torq_gen.edits import Edit, apply

_WIDTH = 100


def merge(text: str, additions: Mapping[str, Value], order: Sequence[str] = ()) -> str:
    """The text with the additions: keys that are missing, items that a list lacks.

    Mappings are gone through key by key, lists are appended to, a scalar replaces what stands
    there, an ``EachOf`` goes to every mapping of a list. A new key comes after those that precede
    it in ``order``, or else last. Every character that is not part of an addition stays where it
    is.

    Raises:
        EditError: the text is no YAML mapping, something else than the additions presume stands
            at a key, or a place is shared through an alias.
    """
    bare = text.removeprefix("\ufeff")
    merger = _Merger(Tree(bare), tuple(order))
    return text[: len(text) - len(bare)] + apply(bare, merger.mapping(merger.tree.root, additions))


class _Merger:
    def __init__(self, tree: Tree, order: tuple[str, ...]) -> None:
        self.tree = tree
        self.order = order

    def mapping(
        self, node: yaml.MappingNode, additions: Mapping[str, Value], path: str = ""
    ) -> Iterator[Edit]:
        found = {key.value: value for key, value in node.value}
        missing: dict[str, Value] = {}
        for key, value in additions.items():
            if key not in found:
                missing[key] = value
                continue
            yield from self._existing(found[key], value, f"{path}.{key}" if path else key)
        yield from self._keys(node, missing)

    def _existing(self, node: Node, value: Value, path: str) -> Iterator[Edit]:
        self.tree.own(node, path)
        if is_null(node):
            gap = " " if node.start_mark.index == node.end_mark.index else ""
            yield Edit(node.start_mark.index, node.end_mark.index, gap + flow(value))
        elif isinstance(value, (str, int)) and isinstance(node, yaml.ScalarNode):
            if node.value != str(value):
                yield Edit(node.start_mark.index, node.end_mark.index, flow(value))
        elif isinstance(value, Mapping) and isinstance(node, yaml.MappingNode):
            yield from self.mapping(node, value, path)
        elif isinstance(value, EachOf) and isinstance(node, yaml.SequenceNode):
            yield from self._each(node, value, path)
        elif isinstance(node, yaml.SequenceNode) and not isinstance(
            value, (str, int, Laid, EachOf, Mapping)
        ):
            yield from self._items(node, value)
        else:
            raise EditError(f"{path} holds something else than can be added to")

    def _each(self, node: yaml.SequenceNode, value: EachOf, path: str) -> Iterator[Edit]:
        for number, item in enumerate(node.value):
            self.tree.own(item, f"{path}[{number}]")
            if not isinstance(item, yaml.MappingNode):
                raise EditError(f"{path}[{number}] is no mapping")
            yield from self.mapping(item, value.entries, f"{path}[{number}]")

    def _items(self, node: yaml.SequenceNode, items: Sequence[Value]) -> Iterator[Edit]:
        known = {n.value for n in node.value if isinstance(n, yaml.ScalarNode)}
        new = [item for item in items if not isinstance(item, str) or item not in known]
        quote = _quote(node.value)
        if node.flow_style:
            yield from self._in_flow(node, node.value, [flow(item, quote) for item in new])
            return
        indent = " " * self.tree.column(start_of(node))
        at = self.tree.line_end(self.tree.end_of(node))
        for item in new:
            lines = item.lines if isinstance(item, Laid) else (item_of(item, quote),)
            text = f"{self.tree.newline}{indent}  ".join(lines)
            yield Edit(at, at, f"{self.tree.newline}{indent}- {text}")

    def _keys(self, node: yaml.MappingNode, missing: Mapping[str, Value]) -> Iterator[Edit]:
        quote = _quote([value for _, value in node.value])
        keys = [key.value for key, _ in node.value]
        places: dict[int, list[str]] = {}
        for key in sorted(missing, key=self._rank):
            places.setdefault(self._place(keys, key), []).append(key)
        for after, new in places.items():
            if node.flow_style:
                parts = [value for _, value in node.value[: after + 1]]
                yield from self._in_flow(node, parts, [pair(k, missing[k], quote) for k in new])
                continue
            at = self.tree.line_end(self.tree.end_of(node.value[after][1]))
            head = self.tree.newline + " " * self.tree.column(start_of(node.value[0][0]))
            gap = self.tree.newline if self._spaced(node) else ""
            for key in new:
                lines = block(key, missing[key], step=self._step(), lists=_lists(node), quote=quote)
                yield Edit(at, at, gap + "".join(head + line for line in lines))

    def _rank(self, key: str) -> int:
        return self.order.index(key) if key in self.order else len(self.order)

    def _place(self, keys: Sequence[str], key: str) -> int:
        """The index of the key after which a new one comes."""
        before = [i for i, k in enumerate(keys) if self._rank(k) < self._rank(key)]
        return before[-1] if before and key in self.order else len(keys) - 1

    def _in_flow(
        self, node: yaml.CollectionNode, parts: Sequence[Node], new: Sequence[str]
    ) -> Iterator[Edit]:
        """New parts after those given, the last of which may be followed by others."""
        text = self.tree.text
        if not new:
            return
        if not parts:
            opening = text.index("{" if isinstance(node, yaml.MappingNode) else "[", start_of(node))
            yield Edit(opening + 1, opening + 1, ", ".join(new))
            return
        end = self.tree.end_of(parts[-1])
        line_end = self.tree.line_end(end)
        first = node.value[0][0] if isinstance(node, yaml.MappingNode) else node.value[0]
        column = self.tree.column(start_of(first))
        wrapped = f",{self.tree.newline}{' ' * column}"
        if "\n" not in text[start_of(node) : start_of(parts[-1])]:
            joined = ", ".join(new)
            fits = self.tree.column(line_end) + 2 + len(joined) <= _WIDTH
            yield Edit(end, end, f", {joined}" if fits else wrapped + joined)
            return
        rest = text[end:line_end]
        comma = rest.lstrip().startswith(",")
        if rest.lstrip(" ,").startswith("#") or not rest.strip(" ,"):
            # What follows on the line is a comment about the part before, or nothing.
            if not comma:
                yield Edit(end, end, ",")
            yield Edit(line_end, line_end, wrapped[1:] + wrapped.join(new) + "," * comma)
        else:
            yield Edit(end, end, "".join(wrapped + part for part in new))

    def _step(self) -> int:
        """By how much nested mappings of the file are indented."""
        for _, value in self.tree.root.value:
            if isinstance(value, yaml.MappingNode) and not value.flow_style and value.value:
                return self.tree.column(start_of(value.value[0][0])) or 2
        return 2

    def _spaced(self, node: yaml.MappingNode) -> bool:
        """Whether the keys of the mapping stand apart, as sections of a file do."""
        text, pairs = self.tree.text, list(pairwise(node.value))
        between = [text[self.tree.end_of(a[1]) : start_of(b[0])] for a, b in pairs]
        return sum(gap.count("\n") > 1 + gap.count("#") for gap in between) * 2 > len(pairs)


def _quote(nodes: Sequence[Node]) -> str:
    """The quotes that the neighbours use."""
    styles = [n.style for n in nodes if isinstance(n, yaml.ScalarNode) and n.style in ("'", '"')]
    return "'" if styles and all(style == "'" for style in styles) else '"'


def _lists(node: yaml.MappingNode) -> bool:
    """Whether the neighbours' lists take a line for each item."""
    styles = [v.flow_style for _, v in node.value if isinstance(v, yaml.SequenceNode) and v.value]
    return bool(styles) and not any(styles)
