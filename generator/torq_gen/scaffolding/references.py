"""Documents that refer to each other: ``$ref`` to another place, of this file or one beside it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from torq_gen.scaffolding.imported import ImportFailedError

_MOST_STEPS = 50


@dataclass(frozen=True, slots=True)
class Node:
    """A value and where it stands: its file and its path in it."""

    file: str
    path: tuple[str, ...]
    value: Any

    @property
    def place(self) -> str:
        """Where it stands, for a person: ``api.yaml: channels/orders``."""
        return f"{self.file}: {'/'.join(self.path)}" if self.path else self.file

    def child(self, *keys: object) -> Node:
        """What stands below; None where nothing does."""
        value = self.value
        for key in keys:
            if isinstance(value, Mapping):
                value = value.get(key)
            elif isinstance(value, list) and isinstance(key, int) and key < len(value):
                value = value[key]
            else:
                value = None
        return Node(self.file, (*self.path, *map(str, keys)), value)

    def mapping(self) -> Mapping[Any, Any]:
        """The value, which has to be a mapping; an empty one where nothing stands.

        Raises:
            ImportFailedError: it is something else.
        """
        if self.value is None:
            return {}
        if isinstance(self.value, Mapping):
            return self.value
        found = "a list" if isinstance(self.value, list) else repr(self.value)
        raise ImportFailedError(f"{self.place}: expected a mapping, found {found[:40]}")

    def replaced(self, value: Any) -> Node:
        """Another value at the same place."""
        return Node(self.file, self.path, value)


class References:
    """Follows ``$ref``; ``read`` gives the document of a file beside the first one."""

    def __init__(self, root: Node, read: Callable[[str], Any]) -> None:
        self._documents = {root.file: root}
        self._read = read

    def follow(self, node: Node) -> Node:
        """The node itself, or what it refers to in the end.

        Raises:
            ImportFailedError: there is nothing there, or the references go round in a circle.
        """
        for _ in range(_MOST_STEPS):
            target = node.value.get("$ref") if isinstance(node.value, Mapping) else None
            if not isinstance(target, str):
                return node
            node = self._at(node, target)
        raise ImportFailedError(f"{node.place}: the references go round in a circle")

    def name_of(self, node: Node) -> str:
        """The last word of what a node refers to, which is how people name it; else nothing."""
        name, steps = "", 0
        while isinstance(node.value, Mapping) and isinstance(node.value.get("$ref"), str):
            name = node.value["$ref"].rsplit("/", 1)[-1]
            node, steps = self._at(node, node.value["$ref"]), steps + 1
            if steps > _MOST_STEPS:
                break
        return name.rsplit(".", 1)[0] if "." in name else name

    def _at(self, node: Node, target: str) -> Node:
        file, _, pointer = target.partition("#")
        if "://" in file:
            raise ImportFailedError(
                f"{node.place}: expected a reference inside the project, found {target}",
                "download it, and refer to the file",
            )
        document = self._document(file, node) if file else self._documents[node.file]
        found = document
        for part in filter(None, pointer.split("/")):
            key = part.replace("~1", "/").replace("~0", "~").replace("%20", " ")
            step: object = int(key) if isinstance(found.value, list) and key.isdigit() else key
            found = found.child(step)
        if found.value is None:
            raise ImportFailedError(f"{node.place}: nothing stands at {target}")
        return found

    def _document(self, file: str, node: Node) -> Node:
        base = node.file.rpartition("/")[0]
        path = f"{base}/{file}" if base and not file.startswith("/") else file
        if path not in self._documents:
            self._documents[path] = Node(path, (), self._read(path))
        return self._documents[path]
