"""Where source text comes from: a folder on disk, or files in memory."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Protocol

SKIPPED_FOLDERS = frozenset({"__pycache__", "node_modules", "venv"})
_OF_ANY_FOLDER = frozenset({"", ".", ".."})
TEST_FOLDERS = frozenset({"tests", "test"})


class Files(Protocol):
    """Files by path relative to the project's root, with forward slashes."""

    def read(self, path: str) -> bytes | None:
        """The content; None when there is no such file."""

    def exists(self, path: str) -> bool:
        """Whether there is a file."""

    def is_folder(self, path: str) -> bool:
        """Whether there is a folder."""

    def code(self, folder: str) -> Iterator[str]:
        """Every Python file below a folder in a fixed order, tests left out."""

    def links(self, folder: str) -> Iterator[str]:
        """Every linked folder with code below a folder, unless it shows what is there anyway."""


class FilesOnDisk:
    """The files below a root."""

    def __init__(self, root: Path) -> None:
        self._root = str(root)
        self._listed: dict[str, frozenset[str] | None] = {}
        self._closed: dict[str, OSError] = {}

    def _at(self, path: str) -> str:
        return f"{self._root}/{path}"

    def read(self, path: str) -> bytes | None:
        """The content; None when there is no such file.

        Raises:
            OSError: it is there and cannot be read
        """
        if path in self._closed:
            raise self._closed[path]
        try:
            return content(self._at(path))
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            return None

    def exists(self, path: str) -> bool:
        """Whether there is a file; folders are listed once, for most that is sought is nowhere."""
        return self._is_listed(path) and os.path.isfile(self._at(path))  # noqa: PTH113 - as above

    def _is_listed(self, path: str) -> bool:
        """Whether the folder of a path has its name."""
        folder, _, name = path.rpartition("/")
        names = self._names(folder)
        return names is None or name in names or name in _OF_ANY_FOLDER

    def _names(self, folder: str) -> frozenset[str] | None:
        """What is in a folder; None when nobody may list it."""
        if folder in self._listed:
            return self._listed[folder]
        known: frozenset[str] | None = frozenset()
        if not folder or self._is_listed(folder):
            try:
                known = frozenset(os.listdir(self._at(folder)))  # noqa: PTH208 - as above
            except (FileNotFoundError, NotADirectoryError):
                pass
            except OSError:
                known = None
        self._listed[folder] = known
        return known

    def is_folder(self, path: str) -> bool:
        """Whether there is a folder."""
        return self._is_listed(path) and os.path.isdir(self._at(path))  # noqa: PTH112 - as above

    def code(self, folder: str) -> Iterator[str]:
        """Every Python file below a folder in a fixed order, tests left out.

        Links to folders are not followed, as they may lead in a loop: `links` tells them. A folder
        that cannot be listed stands for the code in it, which cannot be read either.
        """
        for at, names in self._walk(folder):
            for name in sorted(names):
                if _is_code(name):
                    yield f"{at}/{name}"
        yield from sorted(path for path in self._closed if f"{path}/".startswith(f"{folder}/"))

    def folders(self, folder: str) -> Iterator[str]:
        """Every folder in which code is sought: the folder and those below it."""
        for at, _ in self._walk(folder):
            yield at

    def links(self, folder: str) -> Iterator[str]:
        """Every linked folder with code below a folder, unless it shows what is there anyway."""
        start = len(self._root) + 1
        whole = os.path.realpath(self._at(folder))
        for at, subfolders, _ in self._search(folder):
            for path in (f"{at}/{name}" for name in subfolders):
                if not os.path.islink(path):  # noqa: PTH114 - as above
                    continue
                shown = os.path.realpath(path)
                known = shown == whole or shown.startswith(f"{whole}/")
                if not known and any(True for _ in self.code(path[start:])):
                    yield path[start:]

    def _walk(self, folder: str) -> Iterator[tuple[str, list[str]]]:
        start = len(self._root) + 1
        for at, _, names in self._search(folder):
            yield at[start:], names

    def _search(self, folder: str) -> Iterator[tuple[str, list[str], list[str]]]:
        for at, subfolders, names in os.walk(self._at(folder), onerror=self._note_closed):
            subfolders[:] = sorted(name for name in subfolders if _is_searched(name))
            yield at, subfolders, names

    def _note_closed(self, error: OSError) -> None:
        if not isinstance(error, FileNotFoundError | NotADirectoryError):
            self._closed[str(error.filename)[len(self._root) + 1 :]] = error


def content(path: str) -> bytes:
    """What a file holds.

    Raises:
        OSError: it cannot be read, or is a pipe, a device or a socket
    """
    with open(path, "rb", opener=_opened) as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise OSError(errno.EINVAL, "it is a pipe or device, expected a file", path)
        return file.read()


def _opened(path: str, flags: int) -> int:
    """Opens a file without waiting for somebody who writes to it, should it be a pipe."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


class FilesInMemory:
    """Files given as text."""

    def __init__(self, texts: Mapping[str, str | bytes]) -> None:
        self._contents = {
            path: text.encode() if isinstance(text, str) else text for path, text in texts.items()
        }

    def read(self, path: str) -> bytes | None:
        """The content; None when there is no such file."""
        return self._contents.get(path)

    def exists(self, path: str) -> bool:
        """Whether there is a file."""
        return path in self._contents

    def is_folder(self, path: str) -> bool:
        """Whether there is a folder."""
        return any(known.startswith(f"{path}/") for known in self._contents)

    def code(self, folder: str) -> Iterator[str]:
        """Every Python file below a folder in a fixed order, tests left out."""
        for path in sorted(self._contents):
            *folders, name = path.removeprefix(f"{folder}/").split("/")
            if path.startswith(f"{folder}/") and _is_code(name) and all(map(_is_searched, folders)):
                yield path

    def links(self, folder: str) -> Iterator[str]:
        """Nothing: there are no links in memory."""
        return iter(())


def _is_searched(folder: str) -> bool:
    return folder[0] != "." and folder not in SKIPPED_FOLDERS and folder not in TEST_FOLDERS


def _is_code(name: str) -> bool:
    return (
        name.endswith(".py")
        and not name.startswith("test_")
        and not name.endswith("_test.py")
        and name != "conftest.py"
    )
