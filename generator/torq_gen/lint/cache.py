"""What checking each service gave, kept in ``.torq_cache``: an index, and beside it the facts.

An entry holds as long as every file that was read is what it was, no file was added that would be
read, and tool and settings are the same (`stamps`). If only system.yaml changed, the facts still
hold and the rules run again; the messages' part of the spec is a part of what the facts depend on.
"""

from __future__ import annotations

import marshal
import os
import sys
from collections.abc import Mapping
from hashlib import blake2b
from pathlib import Path
from typing import Any, NamedTuple

from torq_gen import kept, own_code

FILE = "lint"
FACTS = "lint-facts"
_MAGIC = b"torq-gen lint cache 4\n"
_HASH = 16
_MOST_WASTED = 1 << 20
"""Bytes of facts that no entry needs any more, above which they are left out: or half of them."""

Stamp = tuple[int, int, int, int]
"""A file's or folder's times of content and of inode in ns, its size, its inode's number."""
Seen = tuple[Stamp, bytes, bool]
"""A file's stamp, its content hash, and whether the word stands in it that was sought."""
Names = tuple[tuple[str, tuple[str, ...]], ...]
"""Folders, each with names that were sought in it and not there."""


class Place(NamedTuple):
    """Where facts stand in their file, and their hash."""

    offset: int
    length: int
    digest: bytes


class Entry(NamedTuple):
    """One service's results. ``spec`` and ``contracts`` are digests of what they depend on.

    ``files`` were read, ``own`` are the service's own, in ``folders``; ``absent`` is what was
    sought and not there, ``namespaces`` are folders without ``__init__.py`` that were sought, each
    with whether it held code. Findings and facts are packed, for most are never looked at.
    """

    spec: str
    contracts: str
    files: tuple[str, ...]
    own: tuple[str, ...]
    folders: tuple[str, ...]
    absent: Names
    namespaces: tuple[tuple[str, bool], ...]
    findings: bytes
    facts: bytes | Place


class Index(NamedTuple):
    """All entries by service, and the files and folders as runs saw them.

    ``contracts`` is the digest of the messages' part of the spec that has the digest ``spec``.
    """

    spec: str = ""
    contracts: str = ""
    entries: Mapping[str, Entry] = {}
    files: Mapping[str, Seen] = {}
    folders: Mapping[str, Stamp] = {}


def digest(content: bytes) -> str:
    """A content hash, in hex."""
    return blake2b(content, digest_size=_HASH).hexdigest()


def key_of(root: Path, settings: object, word: bytes) -> str:
    """A hash of the tool's own code, of Python's and sqlglot's versions, of settings and word."""
    code = own_code.digest(root, "", "lint", "model")
    given = f"{sys.version}\0{settings!r}\0{_parser_of_sql()}\0{code}\0"
    return digest(given.encode() + word)


def _parser_of_sql() -> str:
    """The version of sqlglot, without importing it: another one may read a statement otherwise."""
    from importlib.util import find_spec

    found = find_spec("sqlglot")
    if found is None or found.origin is None:
        return ""
    try:
        return (Path(found.origin).parent / "_version.py").read_text("utf-8")
    except OSError:
        stamp = os.stat(found.origin)  # noqa: PTH116 - no pathlib for three numbers
        return f"{found.origin}\0{stamp.st_mtime_ns}\0{stamp.st_size}"


def read(root: Path, key: str) -> Index:
    """What was kept; an empty index, when there is no file that can be trusted."""
    try:
        data = (root / kept.FOLDER / FILE).read_bytes()
    except OSError:
        return Index()
    head = _MAGIC + key.encode()
    payload = memoryview(data)[len(head) + _HASH :]
    if not data.startswith(head) or data[len(head) :][:_HASH] != hash_of(payload):
        return Index()
    try:
        spec, contracts, entries, files, folders = marshal.loads(payload)
        made = {name: _entry(stored) for name, stored in entries.items()}
    except (ValueError, TypeError, EOFError, AttributeError):
        return Index()
    return Index(spec, contracts, made, files, folders)


def write(root: Path, key: str, index: Index) -> None:
    """Keeps an index, whole or not at all; a folder that cannot be written is left alone."""
    try:
        kept.folder(root)
        entries = _stored(root, index.entries)
    except OSError:
        return
    parts: Any = (*index[:2], entries, index.files, index.folders)
    payload = marshal.dumps(parts)
    kept.write(root, FILE, b"".join((_MAGIC, key.encode(), hash_of(payload), payload)))


def facts_of(root: Path, entry: Entry) -> bytes | None:
    """An entry's packed facts; None when they cannot be read."""
    if isinstance(entry.facts, bytes):
        return entry.facts
    offset, length, expected = entry.facts
    try:
        with (root / kept.FOLDER / FACTS).open("rb") as file:
            file.seek(offset)
            found = file.read(length)
    except OSError:
        return None
    return found if hash_of(found) == expected else None


def _entry(stored: tuple[Any, ...]) -> Entry:
    entry: Entry = Entry._make((*stored[:-1], Place(*stored[-1])))
    return entry


def _stored(root: Path, entries: Mapping[str, Entry]) -> dict[str, Any]:
    """The entries with their facts in the file: at its end, or in a new one without what is old."""
    file = root / kept.FOLDER / FACTS
    size = file.stat().st_size if file.exists() else 0
    live = sum(e.facts.length for e in entries.values() if isinstance(e.facts, Place))
    if size - live > max(live, _MOST_WASTED):
        whole = ((name, entry, facts_of(root, entry)) for name, entry in entries.items())
        entries = {n: e._replace(facts=facts) for n, e, facts in whole if facts is not None}
        file.unlink()
        size = 0
    stored: dict[str, Any] = {}
    parts: list[bytes] = []
    for name, entry in entries.items():
        if isinstance(entry.facts, bytes):
            parts.append(entry.facts)
            place = Place(size, len(entry.facts), hash_of(entry.facts))
            size += place.length
        else:
            place = entry.facts
        stored[name] = (*entry[:-1], tuple(place))
    if parts:
        with file.open("ab") as opened:
            opened.write(b"".join(parts))
    return stored


def hash_of(content: bytes | memoryview) -> bytes:
    """A content hash."""
    return blake2b(content, digest_size=_HASH).digest()
