"""Code of a project under a new name: which files are concerned, and where they move."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from stat import S_IMODE
from typing import TYPE_CHECKING, NamedTuple

from torq_gen.cli._shared.failures import CommandError
from torq_gen.model.names import constant_case, handler_name, pascal_case
from torq_gen.refactoring.renaming import FieldRename, MessageRename, ServiceRename

if TYPE_CHECKING:
    from torq_gen.model import System
    from torq_gen.refactoring.names import Names
    from torq_gen.refactoring.renaming import Rename

_PASSED = frozenset(("generated", "node_modules", "venv", "build", "dist", "__pycache__"))
_LARGEST = 1 << 20  # bytes of a file that is looked through


class Carried(NamedTuple):
    """New contents by path, None for a file that moved away; and the places that were left.

    ``modes`` are the permissions of what has moved.
    """

    files: Mapping[str, bytes | None]
    left: tuple[str, ...]
    modes: Mapping[str, int]


def names_of(rename: Rename, before: System, after: System) -> Names:
    """What code calls the thing, and what it will call it."""
    from torq_gen.refactoring.names import Names
    from torq_gen.targets._shared.names import base_name, module_name
    from torq_gen.targets._shared.places import earlier_versions

    match rename:
        case MessageRename(old=old, new=new):
            earlier = [e.name for e in earlier_versions(before.messages[old])]
            exported = {name: f"{new}{name.removeprefix(old)}" for name in (old, *earlier)}
            handlers = {handler_name(old): handler_name(new)}
            return Names(before.package, exported=exported, handlers=handlers)
        case ServiceRename(old=old, new=new):
            one, other = before.services[old], after.services[new]
            exported = {
                base_name(one): base_name(other),
                constant_case(old): constant_case(new),
            }
            moved = (module_name(one), module_name(other))
            classes = {pascal_case(old): pascal_case(new)}
            module = moved if moved[0] != moved[1] else None
            return Names(before.package, exported=exported, classes=classes, module=module)
        case FieldRename(message=message, old=old, new=new):
            found = before.messages[message]
            field = next(f for f in found.fields if f.name == old)
            renamed = next(f for f in after.messages[message].fields if f.name == new)
            earlier = [e.name for e in earlier_versions(found)]
            if field.attribute == renamed.attribute:
                return Names(before.package)  # code calls it something else anyhow
            return Names(
                before.package,
                field=(field.attribute, renamed.attribute),
                messages=frozenset((message, *earlier)),
            )


def carry(root: Path, names: Names, moved: tuple[str, str] | None) -> Carried:
    """The Python files that change; ``moved`` is the service's folder, old and new.

    Raises:
        CommandError: libcst is not installed, or a symbolic link stands in the folder.
    """
    concerned, unread = _mentioning(root, names.words)
    files: dict[str, bytes | None] = {}
    left = [f"{_place(path, moved)}: is not text in UTF-8" for path in unread]
    if concerned:
        _need_libcst()
        from torq_gen.refactoring.code import rename
        from torq_gen.refactoring.definitions import methods_of_others
        from torq_gen.refactoring.names import UnparsedError

        foreign = frozenset(
            n for text in concerned.values() for n in methods_of_others(text, names)
        )
        for path, text in concerned.items():
            try:
                made = rename(text, _module(path), names, foreign)
            except UnparsedError:
                left.append(f"{path}: is not Python that can be read")
                continue
            left += [f"{_place(path, moved)}:{place.line}: {place.why}" for place in made.left]
            if made.text != text:
                files[path] = made.text.encode()
    modes: dict[str, int] = {}
    if moved is not None:
        files, modes = _move(root, files, *moved)
    return Carried(files, tuple(left), modes)


def mentions(
    root: Path, words: frozenset[str], changed: Mapping[str, bytes | None], *, code: bool
) -> Iterator[str]:
    """Where files say one of the words once they are ``changed``; Python only with ``code``."""
    if not words:
        return
    pattern = _pattern(words)
    for path in sorted({*_walk(root), *changed}):
        if path.endswith(".py") and not code:
            continue
        content = changed.get(path)
        text = content.decode("utf-8", "replace") if content is not None else None
        if path not in changed:
            text = _text(root / path)
        for number, line in enumerate((text or "").splitlines(), 1):
            if found := pattern.search(line):
                yield f"{path}:{number}: {found.group()}"


def _need_libcst() -> None:
    from importlib.util import find_spec

    if find_spec("libcst") is None:
        raise CommandError(
            "nothing was renamed: changing code needs libcst, which is not installed",
            "pip install 'torq-gen[rename]', or --no-code to rename in the spec alone",
        )


def _mentioning(root: Path, words: frozenset[str]) -> tuple[dict[str, str], list[str]]:
    """The Python files that say one of the words, and those that do and cannot be read."""
    found: dict[str, str] = {}
    unread: list[str] = []
    pattern = _pattern(words)
    for path in _walk(root) if words else ():
        if not path.endswith(".py") or (content := _content(root / path)) is None:
            continue
        try:
            text = content.decode()
        except UnicodeDecodeError:
            if pattern.search(content.decode("latin-1")):
                unread.append(path)
            continue
        if pattern.search(text):
            found[path] = text
    return found, unread


def _move(
    root: Path, changed: dict[str, bytes | None], old: str, new: str
) -> tuple[dict[str, bytes | None], dict[str, int]]:
    """The changes with every file of the folder at its new place, and the permissions there."""
    files = {p: c for p, c in changed.items() if not p.startswith(f"{old}/")}
    modes = {}
    for path in _all_of(root, old):
        content = changed.get(path) or (root / path).read_bytes()
        place = _place(path, (old, new))
        files[place] = content
        files[path] = None
        modes[place] = S_IMODE((root / path).stat().st_mode)
    return files, modes


def _place(path: str, moved: tuple[str, str] | None) -> str:
    if moved is None or not path.startswith(f"{moved[0]}/"):
        return path
    return f"{moved[1]}/{path.removeprefix(f'{moved[0]}/')}"


def _walk(root: Path, folder: str = "") -> Iterator[str]:
    """Files below a folder, those of other projects, hidden and generated ones left out."""
    for at, folders, names in os.walk(root / folder):
        here = Path(at)
        if here != root and (here / "system.yaml").is_file():
            folders.clear()
            continue
        folders[:] = sorted(n for n in folders if n[0] != "." and not _is_passed(here / n))
        inner = here.relative_to(root)
        yield from ((inner / n).as_posix() for n in sorted(names) if n[0] != ".")


def _is_passed(folder: Path) -> bool:
    """Whether a tool made it; a service may have such a name."""
    return folder.name in _PASSED and not (folder / "__init__.py").is_file()


def _all_of(root: Path, folder: str) -> Iterator[str]:
    """Every file of a folder but what tools keep there for themselves.

    Raises:
        CommandError: a symbolic link is among them.
    """
    for at, folders, names in os.walk(root / folder):
        folders[:] = sorted(n for n in folders if not n.endswith("_cache") and n != "__pycache__")
        inner = Path(at).relative_to(root)
        for name in (*folders, *names):
            if (Path(at) / name).is_symlink():
                raise CommandError(
                    f"nothing was renamed: {(inner / name).as_posix()} is a symbolic link, which "
                    "may mean something else in another folder",
                    "take it out, rename, and make it anew",
                )
        yield from ((inner / n).as_posix() for n in sorted(names))


def _text(path: Path) -> str | None:
    content = _content(path)
    return None if content is None else content.decode("utf-8", "replace")


def _content(path: Path) -> bytes | None:
    """What a file holds; None of what is no text, too large, or cannot be read."""
    try:
        if path.stat().st_size > _LARGEST:
            return None
        content = path.read_bytes()
    except OSError:
        return None
    return None if b"\0" in content else content


def _pattern(words: frozenset[str]) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, sorted(words)))})\b")


def _module(path: str) -> str:
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
