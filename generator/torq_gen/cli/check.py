"""``torq-gen check``: the spec's findings, and where generated files drifted from it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torq_gen.cli._shared.terminal import wants_color

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from torq_gen.cli._shared.project import Project
    from torq_gen.diagnostics import Diagnostic
    from torq_gen.spec import Loaded

DESCRIPTION = """\
Check the spec, and that generated files and service folders are what it says. Writes nothing.
Warnings are shown and fail nothing without --strict.
"""
EXAMPLES = """
torq-gen check                        everything
torq-gen check schemas/signals.yaml   only findings in this file or folder
torq-gen check --format json          one JSON object, for another program
torq-gen check --strict               warnings count as errors
"""


def configure(parser: ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument(
        "paths",
        metavar="PATH",
        nargs="*",
        help="show only findings in these files and folders; the whole spec is read all the same",
    )
    parser.add_argument("--format", choices=("text", "json"), default="text", help="default: text")
    parser.add_argument("--strict", action="store_true", help="exit 1 on warnings too")


def run(arguments: Namespace) -> int:
    """Check; 1 with findings, 2 when the spec cannot be used."""
    from torq_gen.cli._shared.project import Project, find_root
    from torq_gen.spec import load

    root = find_root(arguments.root, _start(arguments))
    loaded = load(root)
    if loaded.system is None or _errors(loaded.diagnostics):
        return _refuse(loaded, root, arguments)
    drift, files = _drift(Project(root, loaded.system, loaded))
    found = _within((*loaded.diagnostics, *drift), root, arguments.paths)
    _show(found, loaded, arguments, len(loaded.sources) + files)
    return 1 if _errors(found) or (arguments.strict and found) else 0


def _refuse(loaded: Loaded, root: Path, arguments: Namespace) -> int:
    """Show the errors that keep the spec from being used; those in other places are counted."""
    from torq_gen.cli._shared.failures import UnusableSpecError
    from torq_gen.cli._shared.terminal import count

    found = _within(loaded.diagnostics, root, arguments.paths)
    elsewhere = _errors(loaded.diagnostics) - _errors(found)
    if found or not elsewhere or arguments.format == "json":
        _show(found, loaded, arguments, len(loaded.sources))
    if elsewhere:
        raise UnusableSpecError(
            f"the spec cannot be used: {count(elsewhere, 'error')} in other files",
            "torq-gen check without PATH shows them",
        )
    return 2


def _start(arguments: Namespace) -> Path:
    """Where to seek the project: here, or else from the first path that is given."""
    from pathlib import Path

    from torq_gen.cli._shared.failures import UsageError

    places = [Path(path) for path in arguments.paths]
    for place in places:
        if not place.exists():
            raise UsageError(f"{place}: expected a file or folder to check, found nothing")
    if arguments.root is None and places:
        first = places[0].resolve()
        return first if first.is_dir() else first.parent
    return Path()


def _drift(project: Project) -> tuple[tuple[Diagnostic, ...], int]:
    """What drifted, and how many files were looked at; a stamp that holds says that nothing did."""
    from torq_gen.cli._shared import stamp

    last = stamp.read(project.root)
    if last is not None and stamp.holds(last, project.root, ()):
        return (), last.files
    from torq_gen.cli._shared import outputs
    from torq_gen.cli._shared.drift import findings

    work = outputs.compare(project, ())
    return findings(work), len(work.plan.entries)


def _errors(diagnostics: Iterable[Diagnostic]) -> int:
    return sum(d.severity.value == "error" for d in diagnostics)


def _within(
    found: Iterable[Diagnostic], root: Path, paths: Sequence[str]
) -> tuple[Diagnostic, ...]:
    """The findings that stand in one of the paths, or all without any path."""
    from pathlib import Path

    from torq_gen.diagnostics import in_order

    places = [Path(path).resolve() for path in paths]
    base = root.resolve()
    return in_order(
        d
        for d in found
        if not places or any((base / d.span.file).is_relative_to(place) for place in places)
    )


def _show(found: Sequence[Diagnostic], loaded: Loaded, arguments: Namespace, files: int) -> None:
    if arguments.format == "json":
        from torq_gen.report import json

        print(json.render(found, files=files), end="")
        return
    from torq_gen.report import text

    print(text.render(found, loaded.sources, color=wants_color(arguments.color)), end="")
