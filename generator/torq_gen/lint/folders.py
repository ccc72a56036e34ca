"""TQ611: a folder beside the services that no service of the spec owns."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from torq_gen.diagnostics import Diagnostic, Span
from torq_gen.lint.facts.files import FilesOnDisk
from torq_gen.rule import Rule, Sample

_SYSTEM = """\
system: {name: shop, package: shop_contracts, schemas: [schemas/*.yaml]}
services:
  feed: {id: 1, publishes: [Quote], subscribes: []}
  desk: {id: 2, publishes: [], subscribes: [Quote]}
"""
_CODE = "COUNT = 0\n"

RULE = Rule(
    "TQ611",
    "undeclared-service-folder",
    "A folder beside the services holds code, and no service of the spec owns it.",
    why="""\
Code in services/ that no entry of system.yaml names is checked by nobody: it may publish and
subscribe anything. Mostly the entry was renamed or removed, and the folder was forgotten.""",
    fix="""\
Declare the service in system.yaml (`path:` says where its code stands); or delete the folder. What
several services share stands elsewhere.""",
    bad=(
        Sample(
            _SYSTEM,
            "system.yaml",
            "a service that was taken out of the spec",
            {"services/audit/service.py": _CODE},
            elsewhere=("services/audit",),
        ),
        Sample(
            _SYSTEM,
            "system.yaml",
            "its code lies deeper",
            {"services/audit/core/rules.py": _CODE},
            elsewhere=("services/audit",),
        ),
    ),
    good=(
        Sample(
            _SYSTEM,
            "system.yaml",
            "the folder of a service",
            {"services/feed/tools.py": _CODE},
        ),
        Sample(
            _SYSTEM
            + "  wall: {id: 3, path: services/shown/wall, publishes: [], subscribes: [Quote]}\n",
            "system.yaml",
            "a folder around a service's",
            {"services/shown/wall/service.py": _CODE},
        ),
        Sample(_SYSTEM, "system.yaml", "a folder without code", {"services/notes/a.txt": "a\n"}),
        Sample(_SYSTEM, "system.yaml", "code elsewhere", {"shop/tools.py": _CODE}),
    ),
)


def beside(paths: Collection[str], root: Path) -> Iterator[str]:
    """The Python files in folders that stand beside those of services and hold none of these.

    ``paths`` are the folders of services.
    """
    owned, above = _owned(paths)
    files = FilesOnDisk(root)
    for parent in parents(paths):
        for folder in _folders(root / parent):
            path = f"{parent}/{folder}"
            if path not in above and owned.isdisjoint(_with_parents(path)):
                yield from files.code(path)


def _folders(place: Path) -> list[str]:
    try:
        with os.scandir(place) as entries:
            return sorted(e.name for e in entries if e.is_dir() and e.name.isidentifier())
    except OSError:
        return []


def findings(paths: Collection[str], code: Iterable[str]) -> Iterator[Diagnostic]:
    """The folders of some Python files that stand beside services and are no service's.

    ``code`` are the files below `parents`, relative to the root.
    """
    owned, above = _owned(paths)
    folders = {folder for file in code for folder in _folder(file, parents(paths))}
    for folder in sorted(folders):
        if folder not in above and owned.isdisjoint(_with_parents(folder)):
            yield RULE.at(
                Span.of_file(folder),
                f"{folder}/ holds code, and no service in system.yaml owns it",
                help=f"declare a service there (path: {folder}), or delete it; what services "
                "share stands elsewhere",
                subject=folder,
            )


def parents(paths: Iterable[str]) -> tuple[str, ...]:
    """The folders in which the folders of services stand."""
    found = (path.rpartition("/")[0] for path in paths)
    return tuple(dict.fromkeys(path for path in found if path))


def _folder(file: str, above: Iterable[str]) -> Iterator[str]:
    """The folder that stands directly in one of the given and holds the file."""
    for parent in above:
        inside = file.removeprefix(f"{parent}/")
        if inside != file and "/" in inside:
            yield f"{parent}/{inside.partition('/')[0]}"


def _owned(paths: Iterable[str]) -> tuple[frozenset[str], frozenset[str]]:
    """The folders of services, and these with all folders around them."""
    owned = frozenset(paths)
    return owned, frozenset(folder for path in owned for folder in _with_parents(path))


def _with_parents(path: str) -> Iterator[str]:
    """A folder and those around it."""
    while path:
        yield path
        path = path.rpartition("/")[0]
