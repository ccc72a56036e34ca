"""``torq-gen replay``: a recording given to services as if its senders ran."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from torq_gen.cli._shared.exits import SIGNALLED

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Sequence
    from pathlib import Path

    from mycelium.manifest import Manifest
    from mycelium.topology import Topology
    from torq_gen.cli._shared.player import Player
    from torq_gen.cli._shared.running import Ended

DESCRIPTION = """\
Give the frames of a recording to services, with their own source, sequence and timestamp, and end
when everything is handled. Without names, those services of the topology run that the recording
does not speak for and that subscribe to something: no live source runs beside a recorded one.
Frames of a service that does run are left out. All run in this process, wherever the topology has
them. Nobody may write to the recording meanwhile: name the services, so that one which would does
not run.

SIGTERM, SIGINT or SIGHUP end it, after what was given is handled; a second one gives up what still
waits. Exit code 1: a frame could not be read or a message was not handled; 128 and the signal's
number (130, 143): stopped before its end; 74 and 75: as `torq-gen run`.
"""
EXAMPLES = """
torq-gen replay recording.torq
torq-gen replay recording.torq.gz flash_arbitrage --topology config/dev.toml
"""


class _Content(NamedTuple):
    """How many frames a recording has, and which services' ids they bear."""

    frames: int
    speakers: frozenset[int]


def configure(parser: ArgumentParser) -> None:
    """Add the arguments."""
    from torq_gen.cli._shared.parser import add_topology

    parser.add_argument("recording", metavar="FILE", help="a file of frames; .gz is read, too")
    parser.add_argument(
        "services", metavar="SERVICE", nargs="*", default=[], help="only these services"
    )
    add_topology(parser)


def run(arguments: Namespace) -> int:
    """Replay the recording."""
    import os
    from pathlib import Path

    from mycelium.recording import read_recording, unwritten
    from mycelium.runner import Process
    from torq_gen.cli._shared import running
    from torq_gen.cli._shared.player import Player
    from torq_gen.cli._shared.project import find_root, load_project

    shown = Path(arguments.recording)
    file = shown.absolute()
    with unwritten(shown):
        content = _content(shown)
        project = load_project(find_root(arguments.root), color=arguments.color)
        manifest = running.manifest_of(project)
        topology = running.topology_of(
            manifest, project.root, arguments.topology, arguments.services
        )
        names = arguments.services or _listeners(manifest, topology, content.speakers)
        topology = topology.merged(names)
        running.log_as_told(topology, manifest, "")
        player = Player(read_recording(file), content.frames)
        os.chdir(project.root)
        ended = running.serve(lambda: Process(manifest, topology), player.play, None)
    return _tell(player, shown, ended)


def _tell(player: Player, shown: Path, ended: Ended) -> int:
    """Print what became of the recording; the exit code."""
    clean = player.tell(shown)
    if not player.whole and ended.signal is not None:
        return SIGNALLED + ended.signal
    return int(ended.code) or (0 if clean else 1)


def _content(file: Path) -> _Content:
    """What the recording has.

    Raises:
        CommandError: it has no whole frame.
    """
    from collections import Counter

    from mycelium.recording import read_recording
    from torq_gen.cli._shared.failures import CommandError

    recording = read_recording(file)
    speakers = Counter(raw.header.source for raw in recording)
    if speakers:
        return _Content(speakers.total(), frozenset(speakers))
    found = recording.damage or next((s.error for s in recording.skipped), "an empty file")
    raise CommandError(
        f"{file}: expected a recording with at least one whole frame, found {found}",
        "torq-gen inspect shows what a file holds",
    )


def _listeners(manifest: Manifest, topology: Topology, speakers: frozenset[int]) -> Sequence[str]:
    """The services but those that the recording speaks for, and live sources.

    Raises:
        UsageError: no service is left.
    """
    from torq_gen.cli._shared.failures import UsageError

    loud = {manifest.source_name(source) for source in speakers}
    left = tuple(
        name for name in topology.services if name not in loud and manifest.service(name).subscribes
    )
    if not left:
        raise UsageError(
            "no service is left to run: the recording speaks for every one that subscribes",
            f"name those that are to run: {', '.join(topology.services) or 'none'}",
        )
    return left
