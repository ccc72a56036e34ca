"""``torq-gen fmt``: system.yaml and the schemas in their canonical form."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torq_gen.cli._shared.terminal import count

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Sequence
    from pathlib import Path

    from torq_gen.model import System

DESCRIPTION = """\
Write system.yaml and the schemas in their canonical form: one layout, one order of keys, and every
older shape as the present one. Comments and blank lines are kept, and what the files say is the
same afterwards, which is checked before anything is written.
"""
EXAMPLES = """
torq-gen fmt                        every file of the spec
torq-gen fmt schemas/signal.yaml    only this one
torq-gen fmt --check                write nothing; exit 1 and name what is not canonical
torq-gen fmt --diff                 write nothing; show what would change, exit 1 on any
"""


def configure(parser: ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument("files", metavar="FILE", nargs="*", help="only these files of the spec")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 on any change")
    parser.add_argument(
        "--diff", action="store_true", help="write nothing; show what would change, exit 1 on any"
    )


def run(arguments: Namespace) -> int:
    """Format, or say what would be formatted."""
    from torq_gen import collector

    with collector.paused():  # a large spec makes many nodes
        return _run(arguments)


def _run(arguments: Namespace) -> int:
    from torq_gen import transaction
    from torq_gen.cli._shared import respec
    from torq_gen.cli._shared.project import find_root

    root = find_root(arguments.root)
    if arguments.check or arguments.diff:
        changed, total = _format(root, arguments)
        if arguments.diff:
            return respec.show(root, respec.Change(changed), arguments.color)
        respec.say(f"  would format {path}" for path in changed)
        print(f"{count(len(changed), 'file')} to format, {total - len(changed):,} canonical")
        return 1 if changed else 0
    with transaction.exclusive(root):
        changed, total = _format(root, arguments)
        if changed:
            transaction.commit(root, changed)
    respec.say(f"  formatted {path}" for path in changed)
    print(f"{count(len(changed), 'file')} formatted, {total - len(changed):,} unchanged")
    return 0


def _format(root: Path, arguments: Namespace) -> tuple[dict[str, bytes], int]:
    """The files that change, by path from the root, and how many were looked at."""
    from torq_gen.cli._shared import respec
    from torq_gen.cli._shared.failures import CommandError
    from torq_gen.cli._shared.project import load_project

    system = load_project(root, color=arguments.color, assign_ids=True).system
    files = respec.spec_files(root)
    wanted = _wanted(root, arguments.files, files)
    changed = {}
    for path in wanted:
        made = _formatted(path, files[path].decode(), system).encode()
        if made != files[path]:
            changed[path] = made
    if changed:
        refusal = "nothing was formatted: the result could not be used; this is a bug of torq-gen"
        if respec.load_with(root, changed, refusal) != system:
            names = ", ".join(changed)
            raise CommandError(
                f"nothing was formatted: the meaning of {names} would change",
                "this is a bug of torq-gen; please report it with the file",
            )
    return changed, len(wanted)


def _formatted(path: str, text: str, system: System) -> str:
    from torq_gen import formatting
    from torq_gen.cli._shared.failures import CommandError
    from torq_gen.cli._shared.project import SPEC

    try:
        if path == SPEC:
            return formatting.format_system(text, system)
        return formatting.format_schema(text)
    except formatting.LostCommentError as error:
        raise CommandError(
            f"{path} was not formatted: a comment would be lost: {error}",
            "this is a bug of torq-gen; please report it with the file",
        ) from error


def _wanted(root: Path, given: Sequence[str], files: dict[str, bytes]) -> list[str]:
    """The paths of the files to format, all of the spec by default.

    Raises:
        UsageError: a name is no file of the spec.
    """
    from pathlib import Path

    from torq_gen.cli._shared.drift import LOCK
    from torq_gen.cli._shared.failures import UsageError, did_you_mean

    known = [path for path in files if path != LOCK]
    if not given:
        return known
    found = []
    for name in given:
        places = [Path(name).resolve(), (root / name).resolve()]
        path = next((k for k in known if (root / k).resolve() in places), None)
        if path is None:
            help = did_you_mean(name, known) or f"files of the spec: {', '.join(known)}"
            raise UsageError(f"expected a file of the spec, found {name!r}", help)
        found.append(path)
    return sorted(set(found))
