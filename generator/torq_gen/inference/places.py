"""Which folders and entry points of a project are services."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Protocol

from torq_gen.drafting.names import service_name
from torq_gen.model.names import snake_case

CONTAINERS = ("services", "apps", "workers", "microservices", "consumers")
"""Folders each of whose subfolders is a service."""
_NOT_CODE = frozenset({"docs", "doc", "examples", "generated", "build", "dist", "site", "scripts"})
_ENTRY = re.compile(rb"^if __name__ == |^\w+(: *\w+)? *= *(FastStream|Celery|FastAPI)\(", re.M)
_BROKERS = (
    b"faststream|nats|aiokafka|kafka|confluent_kafka|redis|aioredis|aio_pika|pika|kombu|celery|"
    b"paho|aiomqtt|asyncio_mqtt|mycelium"
)
_SPEAKS = re.compile(rb"^\s*(?:from|import) +(?:" + _BROKERS + rb")\b", re.M)
_BASE = re.compile(rb"^class +\w+\((?:[\w.]+, *)*?(?:\w+\.)*(\w+)Base\b", re.M)
_BASES_FROM = re.compile(rb"^from +(\w+)\.services +import\b", re.M)


class Tree(Protocol):
    """The part of the linter's files that finding services needs."""

    def code(self, folder: str) -> Iterator[str]:
        """Every Python file below a folder."""

    def read(self, path: str) -> bytes | None:
        """A file's content."""


@dataclass(frozen=True, slots=True)
class Place:
    """A service: its folder, or the one file at the root that starts it.

    ``why`` says what makes it one, as the end of a sentence.
    """

    name: str
    path: str
    why: str
    entry: str = ""

    def holds(self, file: str) -> bool:
        """Whether a file is the service's own."""
        return file == self.entry if self.entry else file.startswith(f"{self.path}/")


@dataclass(frozen=True, slots=True)
class Places:
    """What was found; ``package`` is the generated package that base classes come from.

    ``passed`` are folders that speak to a broker and are no service by any rule.
    """

    found: tuple[Place, ...]
    package: str = ""
    passed: tuple[str, ...] = ()


def find(
    tree: Tree,
    folders: Mapping[str, Iterable[str]],
    loose: Iterable[str],
    scripts: Iterable[str] = (),
) -> Places:
    """The services of a project.

    ``folders`` are the root's folders with their subfolders, ``loose`` the Python files at the
    root, ``scripts`` the files that the project's console scripts start. Folders named like
    ``services`` hold a service each; without any, each folder of code that speaks to a broker is
    one, or each of its subfolders that has an entry point of its own, if there are several. A file
    at the root that speaks to a broker is one, too.
    """
    search = _Search(tree, frozenset(scripts))
    contained = [
        (f"{folder}/{sub}", f"it stands in {folder}/")
        for folder in folders
        if PurePosixPath(folder).name in CONTAINERS
        for sub in folders[folder]
    ]
    inside = tuple(p for f, why in contained if (p := search.place(f, why)) is not None)
    others = [f for f in folders if PurePosixPath(f).name not in (*CONTAINERS, *_NOT_CODE)]
    speaking = [f for f in others if search.speaks(f)]
    if not inside:
        split = {f: search.parts(f, folders[f]) for f in speaking}
        inside = tuple(
            place
            for f, parts in split.items()
            for part in parts or (f,)
            if (place := search.place(part, "it speaks to a broker")) is not None
        )
        speaking = [f for f, parts in split.items() if parts and search.rest_speaks(f, parts)]
    files = tuple(search.entry(file) for file in loose if search.starts(file))
    return Places((*inside, *files), search.package, tuple(speaking))


def named(tree: Tree, wanted: Mapping[str, str]) -> Places:
    """The services that a person names, by name, with their folders."""
    search = _Search(tree)
    found = []
    for name, path in wanted.items():
        search.place(path, "")
        found.append(Place(name, path, "it was named"))
    return Places(tuple(found), search.package)


class _Search:
    def __init__(self, tree: Tree, scripts: frozenset[str] = frozenset()) -> None:
        self.tree = tree
        self.scripts = scripts
        self.package = ""
        self.taken: set[str] = set()

    def speaks(self, folder: str) -> bool:
        """Whether code below a folder imports a broker's library or a service's base class."""
        return any(
            _SPEAKS.search(text) or _BASES_FROM.search(text)
            for text in map(self._text, self.tree.code(folder))
        )

    def parts(self, folder: str, subfolders: Iterable[str]) -> tuple[str, ...]:
        """The subfolders that are processes of their own; none unless there are several."""
        found = tuple(
            f"{folder}/{sub}"
            for sub in subfolders
            if self.speaks(f"{folder}/{sub}") and any(map(self._enters, self._code(folder, sub)))
        )
        own = (file for file in self.tree.code(folder) if file.count("/") == folder.count("/") + 1)
        return found if len(found) > 1 and not any(map(self._enters, own)) else ()

    def rest_speaks(self, folder: str, parts: tuple[str, ...]) -> bool:
        """Whether code of a folder beside some of its parts speaks to a broker."""
        inside = tuple(f"{part}/" for part in parts)
        rest = (file for file in self.tree.code(folder) if not file.startswith(inside))
        return any(_SPEAKS.search(self._text(file)) for file in rest)

    def starts(self, file: str) -> bool:
        """Whether a file at the root is a process that speaks to a broker."""
        text = self._text(file)
        return _SPEAKS.search(text) is not None

    def place(self, folder: str, why: str) -> Place | None:
        """A folder as a service, named after its base class if it has one; None without code."""
        name, any_code, starts = "", False, False
        for file in self.tree.code(folder):
            any_code = True
            text = self._text(file)
            starts = starts or self._enters(file)
            package = _BASES_FROM.search(text)
            if package is None:
                continue
            self.package = self.package or package[1].decode()
            if (base := _BASE.search(text)) is not None and not name:
                name = snake_case(base[1].decode())
        if not any_code:
            return None
        if name:
            self.taken.add(name)
            return Place(name, folder, "its class has a generated base class")
        made = service_name(PurePosixPath(folder).name, self.taken)
        return Place(made, folder, f"{why} and has an entry point" if starts else why)

    def entry(self, file: str) -> Place:
        """A file at the root as a service."""
        name = service_name(PurePosixPath(file).stem, self.taken)
        return Place(name, f"services/{name}", "a file at the root that speaks to a broker", file)

    def _code(self, folder: str, sub: str) -> Iterator[str]:
        return self.tree.code(f"{folder}/{sub}")

    def _enters(self, file: str) -> bool:
        """Whether a process begins in a file."""
        return file in self.scripts or _ENTRY.search(self._text(file)) is not None

    def _text(self, file: str) -> bytes:
        return self.tree.read(file) or b""
