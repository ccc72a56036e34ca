"""Older versions of a project's spec: from a git ref, a folder or an archive."""

from __future__ import annotations

import tarfile
import zipfile
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from torq_gen import collector
from torq_gen.cli._shared.failures import UnusableSpecError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from torq_gen.cli._shared.repository import Repository
    from torq_gen.diagnostics import Diagnostic
    from torq_gen.model import System

SPEC = "system.yaml"
ARCHIVES = (".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz", ".zip")
_MOST = 32 * 1024 * 1024  # bytes of one file: more than a spec may have
_WILD = "*?["


class Spec(NamedTuple):
    """A loaded spec: the system, None after an error; findings; its files, the lock left out."""

    system: System | None
    findings: tuple[Diagnostic, ...]
    contents: Mapping[str, bytes]


def from_folder(root: Path) -> Spec:
    """The spec of a folder, as it stands on disk.

    What was released is left out of account: what a release keeps, `check` says; here the two
    versions are compared, and a change of something released is a finding among others.
    """
    from torq_gen.spec.build import build
    from torq_gen.spec.inputs import input_files, read_contents
    from torq_gen.spec.lock_file import LOCK_FILE

    names = tuple(f.relative_to(root).as_posix() for f in input_files(root))
    found = dict(read_contents(root, names))
    lock = found.get(LOCK_FILE)
    if isinstance(lock, bytes):
        found[LOCK_FILE] = _ids_alone(lock)
    with collector.paused():
        built = build(root, found, assign_ids=True)
    texts = {n: d for n, d in found.items() if isinstance(d, bytes) and n != LOCK_FILE}
    return Spec(built.system, tuple(built.findings), texts)


def from_directory(folder: Path, name: str) -> Spec:
    """The spec of another project folder, in which nothing is written, not even a cache.

    Raises:
        UsageError: there is no spec in it.
    """
    from torq_gen.spec.inputs import expand, read_contents, schema_patterns
    from torq_gen.spec.lock_file import LOCK_FILE

    if not (folder / SPEC).is_file():
        raise UsageError(f"{folder}: expected a folder with a {SPEC}, found none in it")
    with TemporaryDirectory(prefix="torq-") as place:
        root = Path(place) / (name or "project")
        heads = [file for file in (SPEC, LOCK_FILE) if (folder / file).is_file()]
        _write(root, _bytes(read_contents(folder, heads)))
        schemas = expand(folder, schema_patterns(root))
        names = [path.relative_to(folder).as_posix() for path in schemas]
        _write(root, _bytes(read_contents(folder, names)))
        return from_folder(root)


def _bytes(contents: Mapping[str, bytes | OSError]) -> dict[str, bytes]:
    return {name: data for name, data in contents.items() if isinstance(data, bytes)}


Known: TypeAlias = "dict[tuple[str, ...], Spec]"
"""Specs that were loaded, by the objects of their files: most releases do not change the spec."""


def from_commit(repository: Repository, commit: str, name: str, known: Known) -> Spec | None:
    """The spec of the project at a commit; None where there was none yet."""
    files = repository.files(commit)
    if SPEC not in files:
        return None

    def read(names: Iterable[str]) -> dict[str, bytes]:
        wanted = tuple(names)
        found = repository.contents(files[n] for n in wanted)
        return {n: found[files[n]] for n in wanted}

    return _laid_out(name, files, read, known)


def from_archive(file: Path, prefix: str, name: str) -> Spec:
    """The spec in an archive: of the folder ``prefix`` in it, else of the topmost that has one.

    Raises:
        UsageError: the archive cannot be read, or has no spec.
    """
    try:
        members = _members(file)
    except (OSError, tarfile.TarError, zipfile.BadZipFile, EOFError, RuntimeError) as error:
        raise UsageError(f"{file}: expected an archive, found something else ({error})") from error
    specs = [PurePosixPath(m) for m in members if PurePosixPath(m).name == SPEC]
    if not specs:
        raise UsageError(f"{file}: expected an archive with a {SPEC}, found none in it")
    wanted = PurePosixPath(prefix, SPEC)
    spec = min(specs, key=lambda p: (p.parts[-len(wanted.parts) :] != wanted.parts, len(p.parts)))
    base = spec.parent
    inside = {
        PurePosixPath(m).relative_to(base).as_posix(): m
        for m in members
        if PurePosixPath(m).is_relative_to(base)
    }
    return _laid_out(name, inside, lambda names: {n: members[inside[n]] for n in names}, {})


def usable(spec: Spec, name: str) -> System:
    """The system of an older version.

    Raises:
        UnusableSpecError: it has errors; the first is named.
    """
    if spec.system is None:
        errors = [d for d in spec.findings if d.severity.value == "error"]
        first = errors[0]
        raise UnusableSpecError(
            f"{name}: the spec of that version cannot be used: {first.span}: {first.code} "
            f"{first.rule}: {first.message}"
            + (f" (and {len(errors) - 1} more)" if errors[1:] else ""),
            "name a version that this torq-gen can read",
        )
    return spec.system


def _laid_out(
    name: str,
    files: Mapping[str, str],
    read: Callable[[Iterable[str]], dict[str, bytes]],
    known: Known,
) -> Spec:
    """Load the spec's files from a folder of their own, which has the project's name.

    ``files`` says by path what to know a content by.
    """
    from torq_gen.spec.inputs import schema_patterns
    from torq_gen.spec.lock_file import LOCK_FILE

    with TemporaryDirectory(prefix="torq-") as folder:
        root = Path(folder) / (name or "project")
        heads = [file for file in (SPEC, LOCK_FILE) if file in files]
        _write(root, read(heads))
        patterns = schema_patterns(root)
        schemas = [p for p in files if p not in heads and _may_match(p, patterns)]
        key = tuple(part for p in (*heads, *schemas) for part in (p, files[p]))
        if key not in known:
            _write(root, read(schemas))
            known[key] = from_folder(root)
        return known[key]


def _write(root: Path, files: Mapping[str, bytes]) -> None:
    for path, content in files.items():
        place = root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)


def _may_match(path: str, patterns: Iterable[str]) -> bool:
    """Whether a pattern of schema files could mean the path; the loader decides."""
    return any(path.startswith(_stem(p)) and path.endswith(_ending(p)) for p in patterns)


def _stem(pattern: str) -> str:
    return pattern[: min((pattern.find(c) for c in _WILD if c in pattern), default=len(pattern))]


def _ending(pattern: str) -> str:
    suffix = PurePosixPath(pattern).suffix
    return "" if any(c in suffix for c in _WILD) else suffix


def _ids_alone(lock: bytes) -> bytes:
    """The lock with the ids of services and nothing of releases; as it is where it is damaged."""
    from torq_gen.model import Lock
    from torq_gen.spec.lock import parse, render

    try:
        found, wrong = parse(lock.decode())
    except UnicodeDecodeError:
        return lock
    return lock if wrong else render(Lock(found.services, found.retired)).encode()


def _members(file: Path) -> dict[str, bytes]:
    """The regular files of an archive that may belong to a spec, by their paths inside."""
    if file.suffix == ".zip":
        with zipfile.ZipFile(file) as archive:
            entries = [e for e in archive.infolist() if not e.is_dir() and e.file_size <= _MOST]
            return {e.filename: archive.read(e) for e in entries if _is_plain(e.filename)}
    found = {}
    with tarfile.open(file) as tar:
        for member in tar:
            if member.isfile() and member.size <= _MOST and _is_plain(member.name):
                opened = tar.extractfile(member)
                found[PurePosixPath(member.name).as_posix()] = opened.read() if opened else b""
    return found


def _is_plain(name: str) -> bool:
    """Whether a path stays where it belongs, and could be a file of a spec."""
    path = PurePosixPath(name)
    return not path.is_absolute() and ".." not in path.parts and path.suffix not in (".py", ".pyc")
