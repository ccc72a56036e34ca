"""Mends torq.lock.yaml and the golden files after a merge of two branches."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from torq_gen import disk
from torq_gen.cli._shared.drift import LOCK
from torq_gen.cli._shared.failures import CommandError
from torq_gen.spec import lock_merge
from torq_gen.spec.lock import parse, render
from torq_gen.spec.lock_merge import Merged, Sides
from torq_gen.targets import golden

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from torq_gen.cli._shared.repository import Repository
    from torq_gen.model import Lock, System

_MARK = b"<<<<<<<"
_OURS, _THEIRS = 2, 3  # the stages in which git's index keeps the sides of a conflict


class Mending(NamedTuple):
    """What is to be written, by path, and what was decided; nothing with ``conflicts``.

    ``unread`` says why golden files could not be mended yet: the spec has to load first.
    """

    files: Mapping[str, bytes]
    notes: tuple[str, ...]
    conflicts: tuple[str, ...]
    unread: bool = False


def mend(root: Path, prefer: str) -> Mending:
    """The lock that keeps what both sides remember, and golden files that agree with it.

    Raises:
        CommandError: a side cannot be read.
    """
    from torq_gen.cli._shared.repository import Repository

    repository = Repository.of(root)
    path = root / LOCK
    text = path.read_text("utf-8") if path.is_file() else ""
    merged = _merged(text, repository, prefer)
    if merged.conflicts:
        return Mending({}, merged.notes, merged.conflicts)
    files = {LOCK: render(merged.lock).encode()}
    if files[LOCK] == text.encode():
        files = {}
    vectors = _golden_files(root, repository)
    if not any(_MARK in content for content in vectors.values()):
        return Mending(files, merged.notes, ())
    system = _loaded(root, merged.lock)
    if system is None:
        return Mending(files, merged.notes, (), unread=True)
    kept, _ = golden.keep(system, vectors)
    files |= golden.render(system, kept)
    return Mending(files, merged.notes, ())


def _merged(text: str, repository: Repository | None, prefer: str) -> Merged:
    found = lock_merge.sides(text) if _MARK.decode() in text else _last_merge(text, repository)
    if found is None and _MARK.decode() in text:
        raise CommandError(
            f"{LOCK}: its conflict marks do not belong together",
            f"begin the merge of this file anew: git checkout --merge -- {LOCK}",
        )
    if found is None:
        return Merged(_parsed(text, LOCK), (), ())
    ours, theirs = (_side(found, i, repository) for i in (0, 1))
    return lock_merge.merge(ours, theirs, (found.ours_name, found.theirs_name), prefer)


def _side(found: Sides, number: int, repository: Repository | None) -> Lock:
    """One side: from the marked text, which may have been mended in part, else as git keeps it."""
    lock, wrong = parse(found[number])
    if not wrong:
        return lock
    kept = repository.staged((_OURS, _THEIRS)[number], LOCK) if repository is not None else None
    return _parsed((kept or found[number].encode()).decode(), found[2 + number])


def _parsed(text: str, name: str) -> Lock:
    lock, wrong = parse(text)
    if wrong:
        first = wrong[0]
        raise CommandError(f"{name}: {first.span}: {first.message}", first.help or "")
    return lock


def _last_merge(text: str, repository: Repository | None) -> Sides | None:
    """The sides of a merge that git took for clean, and that gave one id to two services."""
    lock = _parsed(text, LOCK)
    numbers = [*lock.services.values(), *lock.retired.values()]
    if repository is None or len(set(numbers)) == len(numbers):
        return None
    for ours, theirs in (("HEAD", "MERGE_HEAD"), ("HEAD^1", "HEAD^2")):
        texts = [repository.file(name, LOCK) for name in (ours, theirs)]
        if texts[0] is not None and texts[1] is not None:
            return Sides(texts[0].decode(), texts[1].decode(), ours, theirs)
    return None


def _golden_files(root: Path, repository: Repository | None) -> dict[str, bytes]:
    """The golden files as they are, and each side of those with marks under a name of its own."""
    found: dict[str, bytes] = {}
    for path in sorted((root / golden.FOLDER).glob("*.json")):
        name = f"{golden.FOLDER}/{path.name}"
        found[name] = path.read_bytes()
        if _MARK in found[name]:
            for number, content in enumerate(_sides_of(found[name], name, repository)):
                found[f"{name}#{number}"] = content
    return found


def _sides_of(content: bytes, name: str, repository: Repository | None) -> Iterator[bytes]:
    found = lock_merge.sides(content.decode("utf-8", "replace"))
    if found is not None:
        yield found.ours.encode()
        yield found.theirs.encode()
    if repository is None:
        return
    for stage in (_OURS, _THEIRS):
        if (kept := repository.staged(stage, name)) is not None:
            yield kept


def _loaded(root: Path, lock: Lock) -> System | None:
    """The system with the mended lock; None while its other files are not mended yet."""
    from torq_gen.spec.build import build
    from torq_gen.spec.inputs import input_files, read_contents

    names = tuple(f.relative_to(root).as_posix() for f in input_files(root))
    contents = {**read_contents(root, names), LOCK: render(lock).encode()}
    return build(root, contents, assign_ids=True).system


def write(root: Path, files: Mapping[str, bytes]) -> None:
    """Write the mended files, all or none."""
    with disk.exclusive(root):
        disk.replace_all(root, files)
