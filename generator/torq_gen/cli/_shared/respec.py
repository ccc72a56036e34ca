"""Changes of the spec's files: what they would load to, and how they are shown or written."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, NamedTuple

from torq_gen.cli._shared.failures import UnusableSpecError
from torq_gen.cli._shared.project import SPEC
from torq_gen.cli._shared.terminal import count, wants_color

if TYPE_CHECKING:
    from pathlib import Path

    from torq_gen.model import System


NEXT = "now run `torq-gen generate`"


class Change(NamedTuple):
    """New contents by path from the root, None for a file that goes; ``notes`` say what was done.

    ``left`` names the places that a person has to look at, ``modes`` the permissions of files that
    are new.
    """

    files: Mapping[str, bytes | None]
    notes: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    modes: Mapping[str, int] | None = None


def spec_files(root: Path) -> dict[str, bytes]:
    """The contents of system.yaml, the schemas and the lock, by path from the root."""
    from torq_gen.spec import input_files

    return {f.relative_to(root).as_posix(): f.read_bytes() for f in input_files(root)}


def load_with(
    root: Path, changed: Mapping[str, bytes | None], refusal: str, help: str = ""
) -> System:
    """The system that the spec's files describe once they are ``changed``.

    Raises:
        UnusableSpecError: it has errors, which have been shown; ``refusal`` says what follows.
    """
    from torq_gen.diagnostics import Severity, in_order
    from torq_gen.report import render
    from torq_gen.spec.build import build

    contents = {**spec_files(root), **{f: c for f, c in changed.items() if c is not None}}
    built = build(root, contents, assign_ids=True)
    errors = [d for d in in_order(built.findings) if d.severity is Severity.ERROR]
    if errors or built.system is None:
        texts = {f: c.decode("utf-8", "replace") for f, c in contents.items()}
        color = wants_color("auto", sys.stderr)
        shown = render("text", errors, texts, files=len(contents), color=color)
        print(shown, file=sys.stderr, end="")
        raise UnusableSpecError(refusal, help)
    return built.system


def canonical_as_before(
    texts: Mapping[str, str], changed: Mapping[str, str], before: System, after: System
) -> dict[str, bytes]:
    """The changed files as bytes; one that was in canonical form still is.

    ``before`` is what ``texts`` describe, ``after`` what they do once they are ``changed``.
    """
    from torq_gen.formatting import format_schema, format_system

    def canonical(path: str, text: str, system: System) -> str:
        return format_system(text, system) if path == SPEC else format_schema(text)

    found = {}
    for path, text in changed.items():
        was = path not in texts or canonical(path, texts[path], before) == texts[path]
        found[path] = (canonical(path, text, after) if was else text).encode()
    return found


def show(root: Path, change: Change, color: str) -> int:
    """Show what would change, and write nothing; 1 when there is something."""
    from torq_gen import disk
    from torq_gen.cli._shared.diff import diff
    from torq_gen.output import Entry, State

    for path, wanted in sorted(change.files.items()):
        entry = Entry(path, State.STALE, wanted, disk.read(root, disk.behind_link(root, path)))
        for line in diff(entry, color=wants_color(color)):
            print(line)
    print(f"{count(len(change.files), 'file')} would change")
    return 1 if change.files else 0


def say(lines: Iterable[str]) -> None:
    """A line for each."""
    for line in lines:
        print(line)
