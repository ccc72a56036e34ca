"""What ``--fix`` and ``--accept-into-spec`` change: shown, or written whole or not at all."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, NamedTuple

from torq_gen.cli._shared.failures import CommandError, UsageError
from torq_gen.cli._shared.project import SPEC
from torq_gen.cli._shared.respec import load_with
from torq_gen.cli._shared.terminal import count, wants_color

if TYPE_CHECKING:
    from argparse import Namespace
    from pathlib import Path

    from torq_gen.diagnostics import Diagnostic
    from torq_gen.model import System

_OFF = ("", "0", "false", "no")


class Mended(NamedTuple):
    """New contents by path from the root, and those that they replace.

    ``notes`` say in a line each what is mended, ``left`` what is not and why.
    """

    files: Mapping[str, bytes]
    before: Mapping[str, bytes]
    notes: tuple[str, ...] = ()
    left: tuple[str, ...] = ()

    def write(self, root: Path) -> bool:
        """Write the files and say what was mended; whether anything was written."""
        from torq_gen import disk

        if self.files:
            disk.replace_all(root, self.files)
        _say((*self.notes, *self.left))
        return bool(self.files)


def refuse_under_ci() -> None:
    """Legalising what the code does is a person's decision.

    Raises:
        UsageError: this is a CI run.
    """
    if os.environ.get("CI", "").lower() not in _OFF:
        raise UsageError(
            "--accept-into-spec is refused under CI: the environment variable CI is set",
            "run it where a person looks at the change, and commit it",
        )


def mend(root: Path, found: Iterable[Diagnostic], system: System, arguments: Namespace) -> Mended:
    """What the call's flags ask for; ``--diff`` alone is about ``--fix``.

    Raises:
        CommandError: system.yaml cannot be edited, or could not be used with the additions.
    """
    from torq_gen.cli._shared.fixing import fix

    found = tuple(found)
    files: dict[str, bytes] = {}
    notes: list[str] = []
    left: tuple[str, ...] = ()
    if arguments.fix or not arguments.accept_into_spec:
        fixed = fix(root, found, system)
        files |= fixed.files
        notes.append(fixed.note)
        left = fixed.left
    if arguments.accept_into_spec:
        content = files.get(SPEC) or (root / SPEC).read_bytes()
        changed, number = _accept(root, content, found, system)
        if changed != content:
            files[SPEC] = changed
        notes.append(f"accepted {count(number, 'finding')} into {SPEC}")
    before = {file: (root / file).read_bytes() for file in files}
    return Mended(files, before, tuple(notes), left)


def show(mended: Mended, color: str) -> int:
    """Show what would change; 1 when there is something."""
    from torq_gen.cli._shared.diff import diff
    from torq_gen.output import Entry, State

    for file, content in sorted(mended.files.items()):
        entry = Entry(file, State.STALE, content, mended.before[file])
        for line in diff(entry, color=wants_color(color)):
            print(line)
    _say(mended.left)
    print(f"{count(len(mended.files), 'file')} would change")
    return 1 if mended.files else 0


def _say(notes: Iterable[str]) -> None:
    for note in notes:
        print(note, file=sys.stderr)


def _accept(
    root: Path, content: bytes, found: Iterable[Diagnostic], system: System
) -> tuple[bytes, int]:
    """system.yaml with what the code does added, and for how many findings that is done."""
    import yaml

    from torq_gen.cli._shared.accepting import ORDER, additions
    from torq_gen.editing import EditError, merge

    text = content.decode()
    added, number = additions(found, system, yaml.safe_load(text))
    try:
        changed = merge(text, added, ORDER).encode() if added else content
    except EditError as error:
        raise CommandError(f"{SPEC} was not changed: {error}") from error
    if changed != content:
        load_with(
            root,
            {SPEC: changed},
            f"nothing was accepted: with what the code does, {SPEC} could not be used "
            "(the lines above are its lines as they would be)",
            "accept a part of it (name a PATH, or --select rules), or mend the code",
        )
    return changed, number
