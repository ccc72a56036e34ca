"""What checking each service gave, kept in ``.torq_cache`` by content hash.

An entry holds as long as every file that was read is what it was, no file was added that would be
read, and tool and settings are the same. If only system.yaml changed, the facts still hold and the
rules run again; the messages' part of the spec is a part of what the facts depend on.
"""

from __future__ import annotations

import io
import marshal
import os
import pickle
import sys
from collections.abc import Iterable, Iterator, Mapping
from hashlib import blake2b
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from torq_gen.diagnostics import Diagnostic
    from torq_gen.lint.facts.model import ServiceFacts

FOLDER = ".torq_cache"
FILE = "lint"
_MAGIC = b"torq-gen lint cache 1\n"
_PACKAGE = Path(__file__).parents[1]
_CODE = ("lint", "model", "diagnostics.py", "rule.py")
_CLASSES = ("torq_gen.diagnostics", "torq_gen.lint.facts.model", "torq_gen.lint.facts.text")


class Entry(NamedTuple):
    """One service's results. ``spec`` and ``contracts`` are digests of what they depend on.

    ``digests`` are of the files that were read, ``own`` the service's own files, ``absent`` those
    that were sought and not there. Findings and facts are pickled, for most are never looked at.
    """

    spec: str
    contracts: str
    digests: dict[str, str]
    own: tuple[str, ...]
    absent: tuple[str, ...]
    findings: bytes
    facts: bytes


def digest(content: bytes) -> str:
    """A content hash."""
    return blake2b(content, digest_size=16).hexdigest()


def key_of(settings: object) -> str:
    """A hash of the tool's own code, of Python's version and of the settings."""
    parts = [sys.version.encode(), repr(settings).encode()]
    for name in _CODE:
        place = _PACKAGE / name
        for file in sorted(place.rglob("*.py")) if place.is_dir() else (place,):
            parts += [str(file).encode(), file.read_bytes()]
    return digest(b"\0".join(parts))


def read(root: Path, key: str) -> dict[str, Entry]:
    """The entries by service; none, when there is no file that can be trusted."""
    try:
        data = (root / FOLDER / FILE).read_bytes()
    except OSError:
        return {}
    head = _MAGIC + key.encode()
    payload = data[len(head) + 32 :]
    if not data.startswith(head) or data[len(head) :][:32] != digest(payload).encode():
        return {}
    try:
        return {name: Entry(*entry) for name, entry in marshal.loads(payload).items()}
    except (ValueError, TypeError, EOFError, AttributeError):
        return {}


def write(root: Path, key: str, entries: Mapping[str, Entry]) -> None:
    """Keeps the entries, whole or not at all; a folder that cannot be written is left alone."""
    payload = marshal.dumps({name: tuple(entry) for name, entry in entries.items()})
    folder = root / FOLDER
    temporary = folder / f"{FILE}.{os.getpid()}.tmp"
    try:
        if not folder.is_dir():
            folder.mkdir()
            (folder / ".gitignore").write_text("*\n", "utf-8")
        temporary.write_bytes(b"".join((_MAGIC, key.encode(), digest(payload).encode(), payload)))
        temporary.replace(folder / FILE)
    except OSError:
        return


def packed(value: object) -> bytes:
    """Findings or facts as bytes."""
    buffer = io.BytesIO()
    _Pickler(buffer, protocol=5).dump(value)
    return buffer.getvalue()


def findings(entry: Entry) -> tuple[Diagnostic, ...]:
    """An entry's findings."""
    if entry.findings == NOTHING:
        return ()
    found: tuple[Diagnostic, ...] = _Unpickler(io.BytesIO(entry.findings)).load()
    return found


def facts(entry: Entry) -> ServiceFacts:
    """An entry's facts."""
    found: ServiceFacts = _Unpickler(io.BytesIO(entry.facts)).load()
    return found


class _Pickler(pickle.Pickler):
    """Writes a dataclass as a call of its class, which is faster to read than the default."""

    def reducer_override(self, value: Any) -> Any:
        kind = value.__class__
        names = getattr(kind, "__dataclass_fields__", None)
        if names is None or kind is value:
            return NotImplemented
        return kind, tuple(getattr(value, name) for name in names)


class _Unpickler(pickle.Unpickler):
    """Makes nothing but findings and facts."""

    def find_class(self, module: str, name: str) -> Any:
        if module in _CLASSES and "." not in name:
            found = getattr(import_module(module), name)
            if isinstance(found, type) and found.__module__ == module:
                return found
        raise pickle.UnpicklingError(f"{module}.{name} does not belong in the cache")


NOTHING = packed(())


class Disk:
    """The project's files as they are now, each looked at once."""

    def __init__(self, root: Path) -> None:
        self._root = str(root)
        self._digests: dict[str, str] = {}
        self._absent: dict[str, bool] = {}

    def digest(self, path: str) -> str:
        """A file's content hash; empty when it cannot be read."""
        known = self._digests.get(path)
        if known is None:
            try:
                with open(f"{self._root}/{path}", "rb", 0) as file:  # noqa: PTH123 - 10,000 files
                    known = digest(file.read())
            except OSError:
                known = ""
            self._digests[path] = known
        return known

    def holds(self, entry: Entry, own: Iterable[str]) -> bool:
        """Whether the files are what they were; ``own`` are those in the service's folder now."""
        return (
            entry.own == tuple(own)
            and all(self.digest(path) == known for path, known in entry.digests.items())
            and all(self._is_absent(path) for path in entry.absent)
        )

    def _is_absent(self, path: str) -> bool:
        known = self._absent.get(path)
        if known is None:
            known = self._absent[path] = not os.path.exists(f"{self._root}/{path}")  # noqa: PTH110
        return known


def changed(
    entries: Mapping[str, Entry], own: Mapping[str, tuple[str, ...]], disk: Disk
) -> Iterator[str]:
    """The services whose entries hold no longer, or that have none."""
    for name, paths in own.items():
        entry = entries.get(name)
        if entry is None or not disk.holds(entry, paths):
            yield name
