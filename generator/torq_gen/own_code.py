"""Digests of the tool's own code: what another version of it worked out is not trusted.

The code is read when its files' times say that it may have changed; else what was kept of it holds.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from functools import cache
from hashlib import blake2b
from pathlib import Path

from torq_gen import kept

PACKAGE = Path(__file__).parent
_FILE = "tool"
_TICK = 2_000_000_000
"""Nanoseconds: a file that was changed so shortly before it was read may have changed again."""


def digest(root: Path, *parts: str) -> str:
    """A digest of the whole package, or of those of its folders that are named.

    The modules that stand beside the folders have the name ``""``. What is known of the code is
    kept in the cache of the project at ``root``.
    """
    known = _digests(root, PACKAGE)
    return _hash("".join(f"{part}\0{known[part]}\0" for part in sorted(parts or known)))


@cache
def _digests(root: Path, package: Path) -> dict[str, str]:
    """The digest of each part, asked once: a process goes on with the code that it began with."""
    now = time.time_ns()
    files = list(_files(str(package)))
    stamps, newest = _stamps(files)
    known = _read(root, stamps)
    if known is None:
        known = _made(files, len(str(package)) + 1)
        if newest < now - _TICK:
            text = "\n".join(f"{digest} {part}" for part, digest in known.items())
            kept.write(root, _FILE, f"{_hash(stamps + text)}\n{text}".encode())
    return known


def _files(folder: str) -> Iterator[os.DirEntry[str]]:
    """Every file below a folder in a fixed order, but compiled Python and what is hidden."""
    with os.scandir(folder) as found:
        entries = sorted(found, key=lambda entry: entry.name)
    for entry in entries:
        if entry.name[0] == "." or entry.name == "__pycache__":
            continue
        if entry.is_dir():
            yield from _files(entry.path)
        else:
            yield entry


def _stamps(files: list[os.DirEntry[str]]) -> tuple[str, int]:
    """A digest of what the file system says of files, and when the last one changed, in ns.

    The time of an inode is among it, which nobody can set back.
    """
    lines, newest = [], 0
    for file in files:
        found = file.stat()
        changed, touched = found.st_mtime_ns, found.st_ctime_ns
        newest = max(newest, changed, touched)
        lines.append(f"{file.path}\0{changed}\0{touched}\0{found.st_size}\0{found.st_ino}")
    return _hash("\n".join(lines)), newest


def _read(root: Path, stamps: str) -> dict[str, str] | None:
    """What was kept of code whose files are the same; None, when there is nothing of it."""
    try:
        first, _, text = (root / kept.FOLDER / _FILE).read_text("utf-8").partition("\n")
    except (OSError, ValueError):
        return None
    if first != _hash(stamps + text):
        return None
    return {part: digest for digest, _, part in (li.partition(" ") for li in text.splitlines())}


def _made(files: list[os.DirEntry[str]], start: int) -> dict[str, str]:
    """The digests of what the parts' files hold, whose names count from the package."""
    states: dict[str, list[str]] = {}
    for file in files:
        name = file.path[start:].replace(os.sep, "/")
        content = blake2b(Path(file.path).read_bytes(), digest_size=16).hexdigest()
        part = name.partition("/")[0] if "/" in name else ""
        states.setdefault(part, []).append(f"{name}\0{content}")
    return {part: _hash("\n".join(lines)) for part, lines in states.items()}


def _hash(text: str) -> str:
    return blake2b(text.encode("utf-8", "surrogateescape"), digest_size=16).hexdigest()
