"""``torq-gen replay``: a recording given to services as if its senders ran."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from mycelium.manifest import Manifest
    from mycelium.recording import RecordingReader
    from mycelium.replay import ReplayReport
    from mycelium.runner import Process
    from mycelium.topology import Topology

DESCRIPTION = """\
Give the frames of a recording to services, with their own source, sequence and timestamp, and end
when everything is handled. Without names, those services run that the recording does not speak for.
Exit code 1 when a frame could not be read or a message was not handled.
"""
EXAMPLES = """
torq-gen replay recording.torq
torq-gen replay recording.torq.gz flash_arbitrage --topology config/dev.toml
"""


def configure(parser: ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument("recording", metavar="FILE", help="a file of frames; .gz is read, too")
    parser.add_argument("services", metavar="SERVICE", nargs="*", help="only these services")
    parser.add_argument("--topology", metavar="FILE", help="the services' settings")


def run(arguments: Namespace) -> int:
    """Replay the recording."""
    import os
    from pathlib import Path

    from msgspec.structs import replace

    from mycelium.recording import read_recording
    from mycelium.runner import Process
    from torq_gen.cli._shared import running
    from torq_gen.cli._shared.project import find_root, load_project

    file = Path(arguments.recording)
    speakers = {frame.header.source for frame in read_recording(file)}
    project = load_project(find_root(arguments.root), color=arguments.color)
    manifest = running.manifest_of(project)
    topology = running.topology_of(manifest, arguments.topology, arguments.services)
    if not arguments.services:
        topology = replace(topology, services=_silent(manifest, topology, speakers))
    player = _Player(read_recording(file.absolute()))
    os.chdir(project.root)
    code = running.serve(lambda: Process(manifest, topology), player.play, None)
    return int(code) or player.tell(file)


def _silent(manifest: Manifest, topology: Topology, speakers: Iterable[int]) -> tuple[str, ...]:
    """The topology's services that the recording does not speak for."""
    loud = {manifest.source_name(source) for source in speakers}
    return tuple(name for name in topology.services if name not in loud)


class _Player:
    """Plays a recording into a process and remembers what became of it."""

    def __init__(self, recording: RecordingReader) -> None:
        self._recording = recording
        self._report: ReplayReport | None = None
        self._rows: Sequence[str] = ()
        self._failed = 0

    async def play(self, process: Process) -> None:
        """Give every frame, and wait for the consequences."""
        from mycelium.replay import replay
        from torq_gen.cli._shared.running import states_of

        self._report = await replay(process.bus, self._recording)
        await process.finished()
        total = process.bus.counts().total()
        self._failed = total.failed + total.dropped + total.refused
        self._rows = [
            f"  {name}: {facts['handled']:,} handled, {facts['published']:,} published, "
            f"{facts['crashes']:,} crashes"
            for name, facts in states_of(process).items()
        ]

    def tell(self, file: Path) -> int:
        """Print what became of the recording; the exit code."""
        from torq_gen.cli._shared.terminal import count

        if self._report is None:
            print(f"{file}: stopped before its end")
            return 1
        report, skipped = self._report, self._recording.skipped_bytes
        print(f"{file}: {count(report.delivered, 'frame')} replayed")
        for row in self._rows:
            print(row)
        if report.own:
            print(f"  {count(report.own, 'frame')} left out: their services run here")
        for offset, error in report.problems:
            print(f"  frame at byte {offset} cannot be read: {error}")
        if skipped:
            print(f"  {count(skipped, 'byte')} skipped, which are no frame")
        if self._failed:
            print(f"  {count(self._failed, 'message')} refused, dropped or failed")
        return 1 if report.unreadable or skipped or self._failed else 0
