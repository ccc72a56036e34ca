"""A new project on disk: complete with what is generated from it, whole or not at all."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from torq_gen.cli._shared.failures import CommandError, UnusableSpecError

if TYPE_CHECKING:
    from torq_gen.model import System

_SPEC = ("system.yaml", "torq.lock.yaml")
_SHOWN = 10


def complete(place: Path, files: Mapping[str, bytes], color: str) -> dict[str, bytes]:
    """The files, with everything that ``torq-gen generate`` would add to them.

    Raises:
        UnusableSpecError: the spec among them has errors, which have been shown.
    """
    from torq_gen import output, targets
    from torq_gen.model import Lock
    from torq_gen.spec import lock

    system = check_spec(place, files, color)
    files = canonical(files, system)
    made = targets.render(system)
    manifest = output.plan(place, made).manifest.wanted or b""
    found = {**files, **made, output.MANIFEST: manifest}
    if system.lock != Lock():
        found["torq.lock.yaml"] = lock.render(system.lock).encode()
    return found


def check_spec(place: Path, files: Mapping[str, bytes], color: str) -> System:
    """The system of the spec among some files.

    Raises:
        UnusableSpecError: it has errors, which have been shown.
    """
    from torq_gen.drafting.checking import built, errors

    spec = {p: c for p, c in files.items() if p in _SPEC or p.startswith("schemas/")}
    system, findings = built(place, spec)
    wrong = errors(findings)
    if system is not None and not wrong:
        return system
    from torq_gen.cli._shared.terminal import wants_color
    from torq_gen.report import text

    sources = {path: content.decode("utf-8", "replace") for path, content in spec.items()}
    shown = text.render(wrong, sources, color=wants_color(color, sys.stderr))
    print(shown, file=sys.stderr, end="")
    raise UnusableSpecError("nothing was written: the spec could not be used")


def canonical(files: Mapping[str, bytes], system: System) -> dict[str, bytes]:
    """The files, those of the spec as ``torq-gen fmt`` would write them."""
    from torq_gen.formatting import format_schema, format_system

    found = dict(files)
    for path in files:
        if path == "system.yaml":
            found[path] = format_system(files[path].decode(), system).encode()
        elif path.startswith("schemas/"):
            found[path] = format_schema(files[path].decode()).encode()
    return found


def create(place: Path, files: Mapping[str, bytes]) -> None:
    """Write a project's files where nothing of theirs stands.

    A folder that is not there appears with all of them at once. In one that is there, system.yaml
    comes last: what an interrupted run leaves is no project, and the same call completes it.

    Raises:
        CommandError: something stands in the way; nothing was written.
        OSError: the disk refused.
    """
    from torq_gen import disk

    refuse_place(place)
    if not os.path.lexists(place):
        place.parent.mkdir(parents=True, exist_ok=True)
        try:
            disk.create_folders(place.parent, {place.name: files})
        except OSError:
            if place.exists():
                raise CommandError(f"{place}: another run made it meanwhile") from None
            raise
        return
    refuse_overwriting(place, files)
    with disk.exclusive(place):
        refuse_overwriting(place, files)
        folders = {disk.inside(place, path).parent for path in files}
        disk.sweep(folders)
        absent = {path: content for path, content in files.items() if _at(place, path) is None}
        # What comes first is replaced last.
        disk.replace_all(place, dict(sorted(absent.items(), key=lambda f: f[0] != "system.yaml")))


def refuse_place(place: Path, help: str = "") -> None:
    """A folder is there, or can be made; ``help`` says what else there is.

    Raises:
        CommandError: something else stands there or on the way.
    """
    first = next(p for p in (place, *place.parents) if os.path.lexists(p))
    if not first.is_dir():
        found = "a symbolic link to nothing" if first.is_symlink() else "a file"
        raise CommandError(f"{first}: expected a folder, found {found}", help)


def refuse_overwriting(place: Path, files: Mapping[str, bytes]) -> None:
    """Nothing of another content stands where a file belongs.

    Raises:
        CommandError: something does; it is named.
    """
    taken = [path for path, content in files.items() if _at(place, path) not in (None, content)]
    if not taken:
        return
    listed = ", ".join(sorted(taken)[:_SHOWN])
    more = f" and {len(taken) - _SHOWN} more" if len(taken) > _SHOWN else ""
    raise CommandError(
        f"{place}: nothing was written, because these are there already: {listed}{more}",
        "give a folder that is not there yet, or move them out of the way",
    )


def _at(place: Path, path: str) -> bytes | None:
    """What stands at a path; what is no file is never equal to one."""
    target = place / path
    if not os.path.lexists(target):
        parent = next(p for p in target.parents if os.path.lexists(p))
        return None if parent.is_dir() else b"\0"
    return target.read_bytes() if target.is_file() and not target.is_symlink() else b"\0"
