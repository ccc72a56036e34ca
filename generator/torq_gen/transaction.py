"""Several files changed as one: a run that dies in the middle is completed by the next one.

What is to be written is first noted in a journal, whole or not at all. Who finds a journal has come
after a run that died, and makes what is noted true: a file that is as that run found it gets its
new content, a file that somebody changed since is left alone and named.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from torq_gen import disk

if TYPE_CHECKING:
    from pathlib import Path

JOURNAL = f"{disk.CACHE}/journal"

Changes: TypeAlias = Mapping[str, bytes | None]  # by path from the root; None removes the file
Modes: TypeAlias = Mapping[str, int]  # permissions by path


class Recovered(NamedTuple):
    """What was completed after a run that died, and the files that were left alone."""

    completed: tuple[str, ...]
    kept: tuple[str, ...]


@contextmanager
def exclusive(root: Path) -> Iterator[None]:
    """Nobody else changes the project meanwhile; an interrupted change is completed first.

    Raises:
        OutputError: a noted file cannot stand where it belongs.
        OSError: the disk refused.
    """
    with disk.exclusive(root):
        _recover(root)
        yield


def commit(root: Path, changes: Changes, modes: Modes | None = None) -> None:
    """Make all changes; only for a holder of ``exclusive``. New content goes through links.

    ``modes`` are the permissions of files that are new.

    Raises:
        OutputError: a file cannot stand where it belongs; nothing was changed.
        OSError: the disk refused; nothing was changed, or the next run completes it.
    """
    changes = {
        path if content is None else disk.behind_link(root, path): content
        for path, content in changes.items()
    }
    before = {path: disk.read(root, path) for path in changes}
    disk.replace_all(root, {JOURNAL: _note(before, changes, modes or {})})
    try:
        _apply(root, changes, modes or {})
    except OSError:
        if all(disk.read(root, path) == found for path, found in before.items()):
            disk.remove(root, JOURNAL)
        raise
    disk.remove(root, JOURNAL)


def recover(root: Path) -> Recovered | None:
    """Complete the change of a run that died; None when there was none.

    Costs one look at the disk when there is nothing to do.

    Raises:
        OutputError, OSError: as ``exclusive``.
    """
    if not (root / JOURNAL).exists():
        return None
    with disk.exclusive(root):
        return _recover(root)


def _recover(root: Path) -> Recovered | None:
    found = disk.read(root, JOURNAL)
    if found is None:
        return None
    open_: dict[str, bytes | None] = {}
    kept: list[str] = []
    modes: dict[str, int] = {}
    for path, (before, after, mode) in _read(found).items():
        content = disk.read(root, path)
        if content == after:
            continue
        if _digest(content) == before:
            open_[path] = after
            modes |= {} if mode is None else {path: mode}
        else:
            kept.append(path)
    disk.sweep({disk.inside(root, path).parent for path in open_})
    _apply(root, open_, modes)
    disk.remove(root, JOURNAL)
    return Recovered(tuple(open_), tuple(kept))


def _apply(root: Path, changes: Changes, modes: Modes) -> None:
    written = {p: content for p, content in changes.items() if content is not None}
    disk.replace_all(root, written, modes)
    for path, content in changes.items():
        if content is None:
            disk.remove(root, path)


def _note(before: Changes, after: Changes, modes: Modes) -> bytes:
    import json
    from base64 import b64encode

    entries = {
        path: [
            _digest(before[path]),
            None if content is None else b64encode(content).decode(),
            modes.get(path),
        ]
        for path, content in after.items()
    }
    return json.dumps(entries).encode()


def _read(journal: bytes) -> dict[str, tuple[str, bytes | None, int | None]]:
    import json
    from base64 import b64decode

    return {
        path: (before, None if after is None else b64decode(after), mode)
        for path, (before, after, mode) in json.loads(journal).items()
    }


def _digest(content: bytes | None) -> str:
    from hashlib import sha256

    return "" if content is None else sha256(content).hexdigest()
