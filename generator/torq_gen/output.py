"""The only writer: compares what should be on disk with what is, and makes the difference good.

``plan`` reads and decides, ``apply`` writes. What a target makes is ``{path: bytes}``, paths being
relative to the project's root with forward slashes. ``generated/.torq-manifest`` remembers the
digest of every file that was written, so that a file which an older spec made (stale) differs from
one that somebody changed (edited), and a file that no target makes any more (orphaned) from one
that was never ours (foreign). Why so: docs/decisions/0002.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from hashlib import sha256
from pathlib import Path
from typing import TypeAlias

from torq_gen import disk

GENERATED = "generated"
MANIFEST = f"{GENERATED}/.torq-manifest"
_MARKER = b"enerated by torq-gen"  # so the files of a lost manifest are known
_MARKER_WITHIN = 512
_MANIFEST_HEAD = (
    "# Digests of the files that torq-gen wrote, which `sha256sum -c` reads. `torq-gen generate`\n"
    "# rewrites this file: after a merge, keep the lines of both sides and run it.\n"
)

Digests: TypeAlias = Collection[tuple[str, str]]  # (path, sha256 in hex)


class State(Enum):
    """How a file on disk compares with what it should be."""

    UNCHANGED = "unchanged"
    MISSING = "missing"
    STALE = "stale"
    EDITED = "edited"
    ORPHANED = "orphaned"
    FOREIGN = "foreign"


@dataclass(frozen=True, slots=True)
class Entry:
    """One file: ``wanted`` is None when no target makes it, ``found`` when no file is there.

    ``edited`` says that what is there was never generated; an orphan can be edited too.
    """

    path: str
    state: State
    wanted: bytes | None
    found: bytes | None
    edited: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be done below ``folders`` of ``root``. ``digests`` is what the manifest says."""

    root: Path
    folders: tuple[str, ...]
    entries: tuple[Entry, ...]
    manifest: Entry
    digests: Digests

    def of(self, *states: State) -> tuple[Entry, ...]:
        """The entries in one of the states, by path."""
        return tuple(e for e in self.entries if e.state in states)

    @property
    def clean(self) -> bool:
        """Whether there is nothing to write or remove; foreign files are not ours to mend."""
        still = (State.UNCHANGED, State.FOREIGN)
        return all(e.state in still for e in (*self.entries, self.manifest))


def plan(root: Path, files: Mapping[str, bytes], folders: Sequence[str] = (GENERATED,)) -> Plan:
    """Compare ``files`` with what stands below ``folders``; reads only.

    Files elsewhere keep their lines in the manifest, so one target can be planned by itself.

    Raises:
        OutsideRootError: a path is absolute, climbs, or leads out through a link.
        NotAFileError: a folder or device stands where a file belongs.
    """
    digests = _read_manifest(root)
    entries = [_compare(root, path, wanted, digests) for path, wanted in files.items()]
    entries += [
        _unwanted(root, path, digests)
        for path in _walk(root, folders)
        if path not in files and path != MANIFEST
    ]
    elsewhere = (d for d in digests if not d[0].startswith(tuple(f"{f}/" for f in folders)))
    manifest = _manifest_entry(root, {*elsewhere, *_digests_of(files)})
    in_order = tuple(sorted(entries, key=lambda e: e.path))
    return Plan(root, tuple(folders), in_order, manifest, digests)


def apply(plan: Plan) -> None:
    """Write what is missing, stale or edited, and remove orphans; foreign files stay.

    Raises:
        OutputError: as ``plan``.
        OSError: the disk refused.
    """
    if plan.clean:
        return
    changed = plan.of(State.MISSING, State.STALE, State.EDITED)
    files = {e.path: e.wanted for e in changed if e.wanted is not None}
    with disk.exclusive(plan.root):
        disk.sweep(_folders_of(plan.root, files) | _all_folders(plan.root, plan.folders))
        if files:
            # A run that dies from here on leaves files of both specs; the manifest knows them all.
            both = {*plan.digests, *_digests_of(files)}
            disk.replace_all(plan.root, {MANIFEST: _render_manifest(both)})
            disk.replace_all(plan.root, files)
        for entry in plan.of(State.ORPHANED):
            disk.remove(plan.root, entry.path)
        disk.replace_all(plan.root, {MANIFEST: plan.manifest.wanted or b""})


def write(root: Path, files: Mapping[str, bytes]) -> None:
    """Replace a few files that are not below ``generated/``, such as ``torq.lock.yaml``.

    Raises:
        OutputError: as ``plan``.
        OSError: the disk refused.
    """
    with disk.exclusive(root):
        disk.sweep(_folders_of(root, files))
        disk.replace_all(root, files)


def absent(root: Path, paths: Iterable[str]) -> tuple[str, ...]:
    """The paths at which nothing stands, not even an empty folder or a dead link."""
    return tuple(path for path in paths if not os.path.lexists(disk.inside(root, path)))


def create_folders(root: Path, folders: Mapping[str, Mapping[str, bytes]]) -> tuple[str, ...]:
    """Make each folder, whole or not at all, where nothing stands; the paths that were made.

    Raises:
        OutputError: as ``plan``.
        OSError: the disk refused.
    """
    if not absent(root, folders):
        return ()
    with disk.exclusive(root):
        disk.sweep(_folders_of(root, folders))
        made = absent(root, folders)
        disk.create_folders(root, {path: folders[path] for path in made})
    return made


def _compare(root: Path, path: str, wanted: bytes, digests: Digests) -> Entry:
    found = disk.read(root, path)
    if found == wanted:
        return Entry(path, State.UNCHANGED, wanted, found)
    if found is None:
        linked = (root / path).is_symlink()
        return Entry(path, State.EDITED if linked else State.MISSING, wanted, None, linked)
    if (path, _digest(found)) in digests:
        return Entry(path, State.STALE, wanted, found)
    return Entry(path, State.EDITED, wanted, found, edited=True)


def _unwanted(root: Path, path: str, digests: Digests) -> Entry:
    found = disk.read(root, path)
    if found is None:
        return Entry(path, State.FOREIGN, None, None)
    if (path, _digest(found)) in digests:
        return Entry(path, State.ORPHANED, None, found)
    ours = _MARKER in found[:_MARKER_WITHIN] or any(path == known for known, _ in digests)
    return Entry(path, State.ORPHANED if ours else State.FOREIGN, None, found, edited=True)


def _manifest_entry(root: Path, digests: Digests) -> Entry:
    """Never edited: however it differs, it is ours to mend."""
    wanted, found = _render_manifest(digests), disk.read(root, MANIFEST)
    if found == wanted:
        return Entry(MANIFEST, State.UNCHANGED, wanted, found)
    return Entry(MANIFEST, State.MISSING if found is None else State.STALE, wanted, found)


def _digest(content: bytes) -> str:
    return sha256(content).hexdigest()


def _digests_of(files: Mapping[str, bytes]) -> Digests:
    return {(path, _digest(content)) for path, content in files.items()}


def _render_manifest(digests: Digests) -> bytes:
    rows = ((digest, path.removeprefix(f"{GENERATED}/")) for path, digest in sorted(digests))
    return (_MANIFEST_HEAD + "".join(f"{d}  {p}\n" for d, p in rows)).encode()


def _read_manifest(root: Path) -> Digests:
    """Every digest given for a path, so a merge that kept the lines of both sides serves."""
    text = (disk.read(root, MANIFEST) or b"").decode("utf-8", "replace")
    rows = (line.split("  ", 1) for line in text.splitlines() if line[:1] != "#")
    return frozenset((f"{GENERATED}/{row[1]}", row[0]) for row in rows if len(row) == 2)


def _walk(root: Path, folders: Iterable[str]) -> Iterator[str]:
    """Every file below the folders but hidden ones and compiled Python."""
    for folder in folders:
        for at, subfolders, names in os.walk(disk.inside(root, folder)):
            subfolders[:] = sorted(n for n in subfolders if n[0] != "." and n != "__pycache__")
            links = [n for n in subfolders if Path(at, n).is_symlink()]
            inner = Path(at).relative_to(root).as_posix()
            yield from (f"{inner}/{n}" for n in sorted([*names, *links]) if n[0] != ".")


def _all_folders(root: Path, folders: Iterable[str]) -> set[Path]:
    return {Path(at) for folder in folders for at, _, _ in os.walk(disk.inside(root, folder))}


def _folders_of(root: Path, paths: Iterable[str]) -> set[Path]:
    return {disk.inside(root, path).parent for path in paths}
