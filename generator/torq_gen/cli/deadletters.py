"""``torq-gen deadletters``: messages that services did not handle."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from torq_gen.cli._shared.letters import Found

DESCRIPTION = """\
Look at dead letters, messages that a service did not handle, and deal with them. They are in the
folder that the topology file names (deployment.dead_letters), or that --folder does.

  list    one line a letter, the oldest first
  show    everything about letters, their frames as `torq-gen inspect` shows them
  replay  give letters to their service once more, in this process, which runs it with its settings;
          what was handled is removed. Stop the service first where it may run only once. What it
          publishes goes to the services that --with names, and to nobody else
  drop    remove letters unseen

WHICH is a service, an id, or the first four digits of one or more. Exit code 1: a letter was not
handled (replay), or a line of a file is no letter (list).
"""
EXAMPLES = """
torq-gen deadletters list
torq-gen deadletters list flash_arbitrage --message PoolStateUpdate --since 2h --format json
torq-gen deadletters show 3f2a9c
torq-gen deadletters replay flash_arbitrage --with signal_relay --topology config/live.toml
torq-gen deadletters drop --all --error "ValueError: unlucky" --yes
"""


def configure(parser: ArgumentParser) -> None:
    """Add the arguments."""
    from torq_gen.cli._shared.letters import moment
    from torq_gen.cli._shared.parser import add_topology

    actions = ("list", "show", "replay", "drop")
    parser.add_argument("action", choices=actions, help="what to do")
    parser.add_argument(
        "which",
        metavar="WHICH",
        nargs="*",
        default=[],
        help="services or ids (default of list: all)",
    )
    parser.add_argument("--all", action="store_true", help="every letter that the filters leave")
    parser.add_argument("--message", metavar="NAME", help="only letters of this message")
    parser.add_argument("--error", metavar="TEXT", help="only letters whose error has this text")
    parser.add_argument(
        "--since", metavar="WHEN", type=moment, help="only those since: 30s, 5m, 2h, 1d, or a date"
    )
    parser.add_argument("--before", metavar="WHEN", type=moment, help="only those before")
    parser.add_argument("--format", choices=("text", "json"), default="text", help="default: text")
    parser.add_argument("--folder", metavar="DIR", help="the folder, in place of the topology's")
    parser.add_argument(
        "--with",
        dest="others",
        metavar="SERVICE",
        action="append",
        default=[],
        help="replay: a service that gets what the replayed one publishes; may be repeated",
    )
    parser.add_argument("--yes", action="store_true", help="drop: do not ask")
    add_topology(parser)


def run(arguments: Namespace) -> int:
    """Do what the action says."""
    actions = {"list": _list, "show": _show, "replay": _replay, "drop": _drop}
    return actions[arguments.action](arguments)


def _list(arguments: Namespace) -> int:
    from torq_gen.cli._shared import letters

    found = letters.find(arguments)
    if arguments.format == "json":
        print(letters.as_json(found))
    else:
        print(letters.as_table(found), end="")
    return 1 if found.torn else 0


def _show(arguments: Namespace) -> int:
    from torq_gen.cli._shared import letters
    from torq_gen.cli._shared.project import find_root, load_project
    from torq_gen.cli._shared.terminal import wants_color

    found = _chosen(arguments)
    if arguments.format == "json":
        print(letters.as_json(found))
        return 0
    project = load_project(find_root(arguments.root), color=arguments.color)
    for stored in found.letters:
        for line in letters.lines_of(stored, project.system, color=wants_color(arguments.color)):
            print(line)
    return 0


def _drop(arguments: Namespace) -> int:
    from torq_gen.cli._shared.failures import UsageError
    from torq_gen.cli._shared.letters import removing, table_of
    from torq_gen.cli._shared.terminal import count

    found = _chosen(arguments)
    what = count(len(found.letters), "letter")
    if found.letters and not arguments.yes:
        if sys.stdin is None or not sys.stdin.isatty():
            raise UsageError(f"drop removes {what} for good", "say --yes where nobody can be asked")
        print(table_of(found.letters), end="")
        if not _agreed(f"Remove {what} for good? [y/N] "):
            print("nothing was removed")
            return 0
    for box, letters in found.by_box():
        with removing(box) as remove:
            for stored in letters:
                remove(stored)
    print(f"{what} removed")
    return 0


def _agreed(question: str) -> bool:
    try:
        return input(question).strip().lower() in ("y", "yes")
    except EOFError:  # the person went away
        print()
        return False


def _replay(arguments: Namespace) -> int:
    from torq_gen.cli._shared.letters import removing
    from torq_gen.cli._shared.redelivering import Replayer

    found = _chosen(arguments)
    replayer = Replayer(arguments, [box.service for box, _ in found.by_box()])
    for box, letters in found.by_box():
        with removing(box) as remove:
            replayer.replay(box.service, letters, remove)
    return replayer.tell()


def _chosen(arguments: Namespace) -> Found:
    """The letters to act on, which have to be named somehow."""
    from torq_gen.cli._shared import letters
    from torq_gen.cli._shared.failures import UsageError

    if not arguments.which and not arguments.all:
        raise UsageError(
            f"{arguments.action} expects services or ids, found none",
            "`torq-gen deadletters list` shows them; --all takes all that the filters leave",
        )
    return letters.find(arguments)
