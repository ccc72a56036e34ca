"""Infers a draft from a project's folder: finds the services, reads each, puts them together."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from torq_gen.inference.places import Place, Places, find, named
from torq_gen.lint.facts.files import FilesOnDisk

if TYPE_CHECKING:
    from pathlib import Path

    from torq_gen.drafting.model import Draft
    from torq_gen.inference.classes import Classes
    from torq_gen.inference.known import Ground
    from torq_gen.inference.sites import Sites
    from torq_gen.lint.facts.code import ModuleCode
    from torq_gen.lint.settings import LintSettings

_SPEC = ("system.yaml", "torq.lock.yaml")
_IGNORED = frozenset({"tests", "test", "venv", "node_modules", "__pycache__"})


class NothingFoundError(Exception):
    """No code that could be a service."""


@dataclass(frozen=True, slots=True)
class Inferred:
    """A draft, what it was made of, and the folders that were not looked at.

    ``roots`` are folders of services in which modules had to be sought, as far as the settings of
    the project do not say so.
    """

    draft: Draft
    places: Mapping[str, Place]
    sites: tuple[Sites, ...]
    passed: tuple[str, ...]
    roots: tuple[str, ...]


def infer(
    root: Path,
    name: str,
    wanted: Mapping[str, str],
    settings: LintSettings,
    working: Callable[[str], AbstractContextManager[None]],
) -> Inferred:
    """The draft for a project's folder.

    ``wanted`` are services that a person names, by name, with their folders; all that can be found
    without any. ``working`` is entered with a word on what takes a while.

    Raises:
        NothingFoundError: there is no code that speaks to a broker or to a generated base class.
    """
    from torq_gen.inference.assembling import assemble
    from torq_gen.inference.classes import Classes
    from torq_gen.inference.known import ground

    files = FilesOnDisk(root)
    places = named(files, wanted) if wanted else _find(root, files)
    if not places.found:
        raise NothingFoundError
    texts = (files.read(file) or b"" for p in places.found for file in _code(files, p))
    known = ground(root, _spec(root), name, places, texts)
    roots = _roots(root, settings)
    own = {p.path for p in places.found if not p.entry and _is_root(root, files, p, roots)}
    parsed: dict[str, ModuleCode] = {}
    sites = []
    for place in places.found:
        with working(f"reading {place.entry or place.path}"):
            if place.path in own:  # a module's name means another file in another service
                inside = (*roots, place.path)
                sites.append(_read(root, place, places, known, settings, inside, {}))
            else:
                sites.append(_read(root, place, places, known, settings, roots, parsed))
    kept = [s for s in sites if not s.empty or wanted or len(sites) == 1]
    by_name = {place.name: place for place in places.found}
    classes = Classes(files.read, (*roots, *sorted(own)))
    kept = [_with_returns(s, classes) for s in kept]
    draft = assemble(known, by_name, kept, classes)
    gone = [by_name[s.service] for s in sites if s not in kept]
    empty = tuple(place.entry or place.path for place in gone)
    stated = {r.rstrip("/") for r in settings.source_roots}
    missing = tuple(r for r in (*roots, *sorted(own)) if r and r not in stated)
    return Inferred(draft, by_name, tuple(kept), (*places.passed, *empty), missing)


def _find(root: Path, files: FilesOnDisk) -> Places:
    """The services of a folder; code in ``src`` counts like code beside it."""
    bases = [root, *([root / "src"] if (root / "src").is_dir() else [])]
    folders = {
        child.relative_to(root).as_posix(): list(_subfolders(child))
        for base in bases
        for child in sorted(base.iterdir())
        if _is_searched(child) and child.name != "src"
    }
    loose = [
        p.name
        for p in sorted(root.glob("*.py"))
        if p.name not in ("setup.py", "conftest.py", "noxfile.py")
        and not p.name.startswith("test_")
    ]
    return find(files, folders, loose, _scripts(files))


def _scripts(files: FilesOnDisk) -> Iterator[str]:
    """The files that the console scripts of a pyproject.toml start."""
    import tomllib

    try:
        found = tomllib.loads((files.read("pyproject.toml") or b"").decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        return
    for keys in (("project", "scripts"), ("tool", "poetry", "scripts")):
        table: object = found
        for key in keys:
            table = table.get(key) if isinstance(table, dict) else None
        for target in table.values() if isinstance(table, dict) else ():
            stem = str(target).partition(":")[0].replace(".", "/")
            yield from (f"{stem}.py", f"src/{stem}.py")


def _subfolders(folder: Path) -> Iterator[str]:
    yield from (child.name for child in sorted(folder.iterdir()) if _is_searched(child))


def _is_searched(path: Path) -> bool:
    if path.is_symlink():  # the folder itself is somewhere, too
        return False
    return path.is_dir() and path.name[0] != "." and path.name not in _IGNORED


def _read(
    root: Path,
    place: Place,
    places: Places,
    known: Ground,
    settings: LintSettings,
    roots: tuple[str, ...],
    parsed: dict[str, ModuleCode],
) -> Sites:
    from torq_gen.inference.reading import read
    from torq_gen.lint.checking import facts_of
    from torq_gen.lint.view import ServiceView

    files = FilesOnDisk(root)
    service = known.system.services[place.name]
    if place.entry:
        files = _OneFile(root, place.entry)
        service = replace(service, path=place.entry)
    settings = replace(settings, source_roots=tuple(r or "." for r in roots))
    facts = facts_of(service, known.system, files, settings, parsed)
    view = ServiceView(known.system, service, facts)
    others = [p for p in places.found if p is not place]

    def own(file: str) -> bool:
        return place.holds(file) or not any(other.holds(file) for other in others)

    home = {known.system.package, "mycelium", "torq_gen"}
    home |= {p.path.partition("/")[0] for p in places.found}
    return read(view, own, frozenset(home))


def _with_returns(sites: Sites, classes: Classes) -> Sites:
    """A decorator that publishes sends what its function gives."""
    flows = tuple(
        replace(f, payload=classes.returned(f.span.file, f.span.line))
        if f.publishes and not f.payload and f.library.startswith("faststream")
        else f
        for f in sites.flows
    )
    return replace(sites, flows=flows)


class _OneFile(FilesOnDisk):
    """A project of which one file at the root is a service's own."""

    def __init__(self, root: Path, file: str) -> None:
        super().__init__(root)
        self._file = file

    def code(self, folder: str) -> Iterator[str]:
        """That file."""
        yield self._file

    def links(self, folder: str) -> Iterator[str]:
        """Nothing: it is no folder."""
        return iter(())


def _code(files: FilesOnDisk, place: Place) -> Iterator[str]:
    return iter((place.entry,)) if place.entry else files.code(place.path)


def _is_root(root: Path, files: FilesOnDisk, place: Place, roots: tuple[str, ...]) -> bool:
    """Whether a service's code imports its own modules as if its folder were on the path."""
    folder = root / place.path
    if (folder / "__init__.py").exists() or place.path in roots:
        return False
    inside = {p.stem for p in folder.iterdir() if p.suffix == ".py" or _is_searched(p)}
    inside -= {p.stem for r in roots for p in (root / r).iterdir()}
    inside -= sys.stdlib_module_names
    if not inside:
        return False
    names = "|".join(map(re.escape, sorted(inside)))
    pattern = re.compile(rf"^\s*(?:from|import) +(?:{names})\b".encode(), re.MULTILINE)
    return any(pattern.search(files.read(f) or b"") for f in files.code(place.path))


def _roots(root: Path, settings: LintSettings) -> tuple[str, ...]:
    """Where modules are sought: as the settings say, and in ``src`` if there is one."""
    found = tuple("" if r == "." else r.rstrip("/") for r in settings.source_roots)
    with_src = "src" not in found and any(True for _ in FilesOnDisk(root).code("src"))
    return (*found, "src") if with_src else found


def _spec(root: Path) -> dict[str, bytes]:
    """What is there of a spec."""
    paths = [root / name for name in _SPEC]
    paths += sorted((root / "schemas").glob("*.yaml"))
    return {p.relative_to(root).as_posix(): p.read_bytes() for p in paths if p.is_file()}
