"""``torq-gen generate``: makes generated/ what the spec says, and folders for new services."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torq_gen.cli._shared import stamp
from torq_gen.cli._shared.terminal import wants_color

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from pathlib import Path

    from torq_gen.cli._shared.outputs import Work

DESCRIPTION = """\
Write what the spec makes: typed messages and codecs, contract tests, golden vectors, and a skeleton
for each active service that has no folder. Only what changed is rewritten; a file in generated/
that was changed by hand is replaced, and named. An existing service folder is never touched.
"""
EXAMPLES = """
torq-gen generate             everything
torq-gen generate python      one target
torq-gen generate --check     write nothing; exit 1 and name each file that is not current
torq-gen generate --diff      write nothing; show what would change
"""


def configure(parser: ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument("targets", metavar="TARGET", nargs="*", help="only these targets")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 on any drift")
    parser.add_argument(
        "--diff", action="store_true", help="write nothing; show what would change, exit 1 on any"
    )


def run(arguments: Namespace) -> int:
    """Generate, or say what would be generated."""
    from torq_gen.cli._shared.project import find_root

    root = find_root(arguments.root)
    names = tuple(sorted(set(arguments.targets)))
    last = stamp.read(root)
    if last is not None and stamp.holds(last, root, names):
        print(last.summary)
        return 0
    looking = arguments.check or arguments.diff
    return _look(root, names, arguments) if looking else _write(root, names, arguments)


def _look(root: Path, names: tuple[str, ...], arguments: Namespace) -> int:
    from torq_gen.cli._shared import outputs
    from torq_gen.cli._shared.drift import findings
    from torq_gen.report import text

    color = wants_color(arguments.color)
    work = outputs.prepare(root, names, color=arguments.color)
    if arguments.diff:
        _show_diffs(work, color)
    found = findings(work)
    if found:
        print(text.render(found, work.project.loaded.sources, color=color), end="")
    print(outputs.state_of(work))
    return 0 if work.clean else 1


def _show_diffs(work: Work, color: bool) -> None:
    from torq_gen.cli._shared.diff import diff
    from torq_gen.output import State

    for entry in work.plan.of(State.MISSING, State.STALE, State.EDITED, State.ORPHANED):
        for line in diff(entry, color=color):
            print(line)


def _write(root: Path, names: tuple[str, ...], arguments: Namespace) -> int:
    from torq_gen import output
    from torq_gen.cli._shared import outputs

    spec = stamp.of_inputs(root)
    work = outputs.prepare(root, names, color=arguments.color, assign_ids=True)
    if work.forgotten:
        return _tell_lost(work, wants_color(arguments.color))
    outputs.apply(work)
    for line in outputs.changes(work, wants_color(arguments.color)):
        print(line)
    print(outputs.done(work))
    if work.lost:
        return _tell_lost(work, wants_color(arguments.color))
    saved_meanwhile = stamp.of_inputs(root) != spec  # what was generated may be out of date
    if not saved_meanwhile and not work.plan.of(output.State.FOREIGN):
        outputs.remember(work, names)
    return 0


def _tell_lost(work: Work, color: bool) -> int:
    """Released bytes cannot be made again, and nothing is written over their only trace."""
    from torq_gen.cli._shared.drift import lost
    from torq_gen.report import text

    print(text.render(lost(work), work.project.loaded.sources, color=color), end="")
    return 1
