"""``torq-gen export``: the messages of a recording as tables or text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torq_gen.cli._shared.terminal import count

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from mycelium.protocol.message import Message
    from mycelium.protocol.registry import Registry
    from torq_gen.cli._shared.exporting import Exported

DESCRIPTION = """\
Write the messages of a recording as files, one for each message that occurs: Parquet or Arrow for
tools that compute, CSV or JSON lines for those that read text. Every row begins with the frame's
source, sequence and timestamp. Text has the values as JSON has them, so that nothing is rounded:
integers of 64 bits and more and fixed-point numbers are decimal texts, bytes 0x hex. Tables have
integers above 64 bits as 16 or 32 little-endian bytes; with --wide decimal as decimals, which take
up to 76 digits. Memory does not grow with the file. A file appears under its name when it is whole.

Exit code 1: bytes were skipped that are no frame, a frame could not be read, or a compressed file
ends early.
"""
EXAMPLES = """
torq-gen export day.torq --to parquet               day/PoolStateUpdate.parquet and so on
torq-gen export day.torq.gz --to csv --out tables   into the folder tables
torq-gen export day.torq --to arrow --wide decimal --only PoolStateUpdate
torq-gen export day.torq --to jsonl --out - | jq    all messages in order, to standard output
"""
_FORMS = ("parquet", "arrow", "csv", "jsonl")


def configure(parser: ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument("recording", metavar="FILE", help="a file of frames; .gz is read, too")
    parser.add_argument("--to", choices=_FORMS, required=True, help="what to write")
    parser.add_argument(
        "--out", metavar="DIR", help="where to; default: a folder named like FILE. - with jsonl"
    )
    parser.add_argument("--only", metavar="MESSAGE", nargs="+", default=[], help="only these")
    parser.add_argument(
        "--wide",
        choices=("binary", "decimal"),
        default="binary",
        help="how tables hold integers above 64 bits (default: binary)",
    )
    parser.add_argument("--force", action="store_true", help="replace files that are there")


def run(arguments: Namespace) -> int:
    """Export; 1 when something was passed over."""
    from pathlib import Path

    from mycelium.columns import ColumnsError
    from torq_gen.cli._shared import exporting, running
    from torq_gen.cli._shared.failures import CommandError
    from torq_gen.cli._shared.progress import progress
    from torq_gen.cli._shared.project import find_root, load_project
    from torq_gen.cli._shared.signals import ending_on_signals

    file = Path(arguments.recording)
    with file.open("rb"):  # a file that is not there is said before the project is loaded
        pass
    project = load_project(find_root(arguments.root), color=arguments.color)
    registry = running.manifest_of(project).registry
    messages = _messages(registry, arguments.only)
    if arguments.out == "-":
        return _to_standard_output(file, messages, arguments.to)
    folder = Path(arguments.out) if arguments.out else _folder_for(file)
    written: list[int] = []
    try:
        with (
            ending_on_signals(),
            progress(f"exporting {file}", lambda: count(sum(written), "row")),
        ):
            done = exporting.export(
                file,
                messages,
                folder,
                arguments.to,
                wide=arguments.wide,
                force=arguments.force,
                tell=written.append,
            )
    except ColumnsError as error:
        raise CommandError(str(error)) from None
    return _tell(done, folder)


def _to_standard_output(file: Path, messages: Sequence[type[Message]], form: str) -> int:
    import sys

    from torq_gen.cli._shared import exporting
    from torq_gen.cli._shared.failures import UsageError

    if form != "jsonl":
        raise UsageError(f"expected a folder for {form}, found -", "--to jsonl takes --out -")
    done = exporting.stream(file, messages, sys.stdout.buffer)
    for line in _passed_over(done):
        print(line, file=sys.stderr)
    return 0 if done.whole else 1


def _folder_for(file: Path) -> Path:
    from pathlib import Path

    return Path(file.name.removesuffix(".gz")).with_suffix("")


def _messages(registry: Registry, names: Sequence[str]) -> tuple[type[Message], ...]:
    """The messages that were named, or all.

    Raises:
        UsageError: a name is none of them
    """
    from torq_gen.cli._shared.failures import UsageError, did_you_mean

    known = {m.__name__: m for m in registry.messages.values()}
    for name in names:
        if name not in known:
            raise UsageError(f"no message is named '{name}'", did_you_mean(name, known))
    return tuple(known[name] for name in names) or tuple(known.values())


def _tell(done: Exported, folder: Path) -> int:
    for name, rows in done.rows.items():
        print(f"{folder / name}: {count(rows, 'row')}")
    if not done.rows:
        print("none of these messages occurs: no file was written")
    for line in _passed_over(done):
        print(f"  {line}")
    return 0 if done.whole else 1


def _passed_over(done: Exported) -> Iterator[str]:
    if done.skipped_bytes:
        yield f"{count(done.skipped_bytes, 'byte')} skipped, which are no frame"
    if done.unreadable:
        yield f"{count(done.unreadable, 'frame')} could not be read"
    if done.problem is not None:
        yield f"the first problem: {done.problem}"
    if done.damage is not None:
        yield f"the file ends early: {done.damage}"
