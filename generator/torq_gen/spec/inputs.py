"""Which files a spec consists of, found without reading YAML while system.yaml is unchanged."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torq_gen import kept
from torq_gen.spec.inside import outside
from torq_gen.spec.lock_file import LOCK_FILE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    Contents = Mapping[str, bytes | OSError]

SYSTEM_FILE = "system.yaml"
DEFAULT_SCHEMAS = ("schemas/*.yaml",)
MAX_FILE_SIZE = 32 * 1024 * 1024


def input_files(root: Path) -> tuple[Path, ...]:
    """system.yaml, the schema files in order of their paths, torq.lock.yaml if it is there."""
    lock = root / LOCK_FILE
    schemas = expand(root, schema_patterns(root))
    return (root / SYSTEM_FILE, *schemas, *((lock,) if lock.exists() else ()))


def read_contents(root: Path, files: Iterable[str]) -> Contents:
    """Each file's bytes, or why there are none; of a file that is too large, the beginning.

    A spec is read only here, so that one that is saved meanwhile is not half old and half new.
    """
    return {file: _content(root / file) for file in files}


def _content(path: Path) -> bytes | OSError:
    try:
        with path.open("rb") as file:
            return file.read(MAX_FILE_SIZE + 1)
    except OSError as error:
        return error


def schema_patterns(root: Path) -> tuple[str, ...]:
    """The patterns of schema files; those of an unreadable system.yaml are the default ones."""
    try:
        data = (root / SYSTEM_FILE).read_bytes()
    except OSError:
        return DEFAULT_SCHEMAS
    stamp = digest(data)
    try:
        lines = (root / kept.FOLDER / "schemas").read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        lines = []
    if lines and lines[0] == stamp:
        return tuple(lines[1:])
    patterns = _read_patterns(data)
    kept.write(root, "schemas", "\n".join((stamp, *patterns)).encode())
    return patterns


def expand(root: Path, patterns: Iterable[str]) -> tuple[Path, ...]:
    """The files that the patterns match, each once, in order of their relative paths."""
    found: dict[str, Path] = {}
    for pattern in patterns:
        if pattern and not outside(pattern):
            for path in matches(root, pattern):
                found[path.relative_to(root).as_posix()] = path
    found.pop(SYSTEM_FILE, None)
    found.pop(LOCK_FILE, None)
    return tuple(found[name] for name in sorted(found))


def matches(root: Path, pattern: str) -> list[Path]:
    """The files that one pattern matches; none where the pattern itself is not a valid one."""
    try:
        return [p for p in root.glob(pattern) if p.is_file()]
    except (ValueError, OSError, NotImplementedError, IndexError):
        return []


def digest(data: bytes) -> str:
    """A content hash."""
    from hashlib import blake2b

    return blake2b(data, digest_size=16).hexdigest()


def _read_patterns(data: bytes) -> tuple[str, ...]:
    from torq_gen.spec.files import decode
    from torq_gen.spec.findings import Findings
    from torq_gen.spec.reader import read

    findings = Findings()
    text = decode(SYSTEM_FILE, data, findings)
    document = read(SYSTEM_FILE, text, findings) if text is not None else None
    root = document.root if document is not None else None
    section = root.get("system") if isinstance(root, dict) else None
    patterns = section.get("schemas") if isinstance(section, dict) else None
    if not isinstance(patterns, list) or not patterns:
        return DEFAULT_SCHEMAS
    return tuple(p for p in patterns if isinstance(p, str) and "\n" not in p)
