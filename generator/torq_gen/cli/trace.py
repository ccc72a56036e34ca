"""``torq-gen trace check``: whether the services of a recording kept what they promise."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from pathlib import Path

    from mycelium.monitors.census import Census
    from mycelium.recording import RecordingReader

DESCRIPTION = """\
Check a recording against the orderings and invariants of the spec. Every breach is shown with the
frames that show it; what nobody can tell, because frames are missing or a monitor has forgotten
the key, is unknown and no breach. Flows (a publisher and its message) that active services declare
and the recording does not hold are listed. The file is read twice and never held in memory.

Exit code 1: a promise was broken, a service sent what it does not declare, or bytes or frames
could not be read.
"""
EXAMPLES = """
torq-gen trace check recording.torq
torq-gen trace check recording.torq.gz --format json
"""


def configure(parser: ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument("action", metavar="check", choices=("check",), help="what to do")
    parser.add_argument("recording", metavar="FILE", help="a file of frames; .gz is read, too")
    parser.add_argument("--format", choices=("text", "json"), default="text")
    parser.add_argument(
        "--show",
        metavar="N",
        type=_from_one,
        default=100,
        help="show so many breaches, and as many unknowns (default: 100); all are counted",
    )
    parser.add_argument(
        "--keys",
        metavar="N",
        type=_from_one,
        default=10_000,
        help="how many keys each monitor remembers (default: 10000)",
    )


def run(arguments: Namespace) -> int:
    """Check the recording."""
    from pathlib import Path

    from mycelium.monitors.census import Census
    from mycelium.monitors.tracing import Trace
    from mycelium.recording import read_recording
    from torq_gen.cli._shared import traces
    from torq_gen.cli._shared.progress import progress
    from torq_gen.cli._shared.project import find_root, load_project
    from torq_gen.cli._shared.running import manifest_of

    file = Path(arguments.recording)
    recording = read_recording(file)
    with progress(f"reading {file}"):
        census = Census(recording)
    _check_content(file, recording, census)
    project = load_project(find_root(arguments.root), color=arguments.color)
    manifest = manifest_of(project)
    trace = Trace(manifest, census, limit=arguments.keys, shown=arguments.show)
    with progress(f"checking {census.frames:,} frames"):
        trace.feed(recording)
    seen = traces.Seen(file, manifest, census, recording, trace)
    print(traces.as_json(seen) if arguments.format == "json" else traces.as_text(seen))
    return 0 if seen.clean else 1


def _check_content(file: Path, recording: RecordingReader, census: Census) -> None:
    """Refuse what is no recording.

    Raises:
        CommandError: it has no whole frame.
    """
    from torq_gen.cli._shared.failures import CommandError

    if not census.frames:
        found = recording.damage or next((s.error for s in recording.skipped), "an empty file")
        raise CommandError(
            f"{file}: expected a recording with at least one whole frame, found {found}",
            "torq-gen inspect shows what a file holds",
        )


def _from_one(text: str) -> int:
    from argparse import ArgumentTypeError

    if not text.isdecimal() or int(text) < 1:
        raise ArgumentTypeError(f"expected a number from 1 on, found {text!r}")
    return int(text)
