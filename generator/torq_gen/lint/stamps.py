"""Whether files and folders are what they were, without reading what did not change.

A file is what it was when its times, its size and its inode are: as in git's index, where the time
of the inode too has to be the same, which nobody can set back. That says nothing of a file that
was changed shortly before it was looked at, for within one tick of the clock it may have changed
again: such a file, and each whose stamp is another one, is read and its content hash decides.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from torq_gen.lint.cache import Stamp, hash_of
from torq_gen.lint.facts.files import content

if TYPE_CHECKING:
    from torq_gen.lint.cache import Entry, Index, Names, Seen
    from torq_gen.lint.running import Files

_TICK = 2_000_000_000
"""Nanoseconds: the coarsest file systems count time in steps of 2 s."""

_NO_STAMP: Stamp = (0, 0, 0, 0)


def times_of(found: os.stat_result) -> tuple[int, int]:
    """When content and inode were last changed, in ns."""
    return found.st_mtime_ns, found.st_ctime_ns


class Disk:
    """The project's files and folders as they are now, each looked at once.

    ``files`` and ``folders`` are what this run saw of them, which began ``at`` (ns); ``before`` is
    what was seen until then. ``refreshed`` says whether anything differs.
    """

    def __init__(self, root: Path, files: Files, before: Index, at: int) -> None:
        self.files: dict[str, Seen] = {}
        self.folders: dict[str, Stamp] = {}
        self.refreshed = False
        self._root = str(root)
        self._code = files
        self._before = before
        self._settled = at - _TICK
        self._same: dict[str, bool] = {}
        self._same_folder: dict[str, bool] = {}
        self._names: dict[str, frozenset[str]] = {}
        self._there: dict[str, bool] = {}
        self._packages: dict[str, bool] = {}

    def still(self, entry: Entry, folder: str) -> Entry | None:
        """An entry whose files are what they were, else None; ``folder`` is the service's."""
        if not all(map(self._is_same_folder, entry.folders)):
            entry = entry._replace(folders=self.folders_of(folder))
            if (*self._code.code(folder), *self._code.links(folder)) != entry.own:
                return None
        if not all(map(self._is_same, entry.files)):
            return None
        is_absent = all(
            self._is_same_folder(place) or self._names_in(place).isdisjoint(names)
            for place, names in entry.absent
        )
        if not all(self._has_code(place) == held for place, held in entry.namespaces):
            return None
        return entry if is_absent else None

    def _has_code(self, folder: str) -> bool:
        known = self._packages.get(folder)
        if known is None:
            known = self._packages[folder] = self._code.has_code(folder)
        return known

    def folders_of(self, folder: str) -> tuple[str, ...]:
        """The folders in which code is sought for a service."""
        found = tuple(self._code.folders(folder))
        for path in found:
            self._see_folder(path)
        return found

    def _is_same(self, path: str) -> bool:
        known = self._same.get(path)
        if known is None:
            known = self._same[path] = self._look(path)
        return known

    def _look(self, path: str) -> bool:
        before = self._before.files.get(path)
        stamp = self._stamp(path)
        if before is None or stamp is None:
            return False
        if stamp == before[0]:
            self.files[path] = before
            return True
        self.refreshed = True
        try:
            found = content(f"{self._root}/{path}")
        except OSError:
            return False
        hashed = hash_of(found)
        self.files[path] = (self._kept(stamp), hashed, before[2])
        return hashed == before[1]

    def _kept(self, stamp: Stamp) -> Stamp:
        """What is kept of a stamp: nothing that is equal to any, where it does not say enough."""
        return stamp if max(stamp[:2]) < self._settled else _NO_STAMP

    def take(self, path: str, hashed: bytes, *, marked: bool) -> None:
        """Notes what was read of a file.

        When another service read something else of it, both have to be looked at again next time.
        """
        stamp = self._stamp(path)
        known = self.files.get(path)
        if stamp is not None:
            same = known is None or known[1] == hashed
            self.files[path] = (self._kept(stamp), hashed if same else b"", marked)

    def seen(self, paths: Iterable[str]) -> tuple[dict[str, Seen], dict[str, Stamp]]:
        """The files and folders as this run saw them, or else as the one before did."""
        files = {**self._before.files, **self.files}
        folders = {**self._before.folders, **self.folders}
        return {path: files[path] for path in paths if path in files}, folders

    def is_marked(self, path: str) -> bool:
        """Whether the word that was sought stands in a file."""
        seen = self.files.get(path)
        return seen is not None and seen[2]

    def _see_folder(self, path: str) -> None:
        stamp = self._stamp(path)
        if stamp is not None:
            self.folders[path] = self._kept(stamp)

    def _is_same_folder(self, path: str) -> bool:
        known = self._same_folder.get(path)
        if known is None:
            stamp = self._stamp(path)
            known = stamp is not None and stamp == self._before.folders.get(path)
            if stamp is not None and not known:
                self.folders[path] = self._kept(stamp)
            self._same_folder[path] = known
            self.refreshed |= not known
        return known

    def _names_in(self, folder: str) -> frozenset[str]:
        known = self._names.get(folder)
        if known is None:
            try:
                known = frozenset(os.listdir(f"{self._root}/{folder}"))  # noqa: PTH208
            except NotADirectoryError:
                known = frozenset(("",))  # a link to a file, which led nowhere before
            except OSError:
                known = frozenset()
            self._names[folder] = known
        return known

    def _stamp(self, path: str) -> Stamp | None:
        try:
            found = os.stat(f"{self._root}/{path}")  # noqa: PTH116 - 10,000 files
        except OSError:
            return None
        return *times_of(found), found.st_size, found.st_ino

    def absent(self, paths: tuple[str, ...]) -> Names:
        """Files that are not there, as names that are not in folders that are."""
        found: dict[str, dict[str, None]] = {}
        for path in paths:
            folder, name = self._missing(path)
            found.setdefault(folder, {})[name] = None
        for folder in found:
            self._see_folder(folder)
        return tuple((folder, tuple(names)) for folder, names in found.items())

    def _missing(self, path: str) -> tuple[str, str]:
        """The innermost folder of a path that is there, and the name that is not in it.

        Where a link leads nowhere, it and the name behind it, which is empty when it is the last.
        """
        folder, _, name = path.rpartition("/")
        behind = ""
        while folder and not self._is_folder(folder):
            behind = name
            folder, _, name = folder.rpartition("/")
        place = f"{folder}/{name}" if folder else name
        if name in self._names_in(folder) and os.path.islink(f"{self._root}/{place}"):  # noqa: PTH114
            return place, behind
        return folder, name

    def _is_folder(self, path: str) -> bool:
        known = self._there.get(path)
        if known is None:
            known = self._there[path] = os.path.isdir(f"{self._root}/{path}")  # noqa: PTH112
        return known
