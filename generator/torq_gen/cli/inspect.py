"""``torq-gen inspect``: what bytes mean."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from torq_gen.cli._shared.terminal import count, wants_color

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Iterator

    from torq_gen.cli._shared.frames import Part

DESCRIPTION = """\
Show the frames of a file, or of bytes written as hex, as a tree: the range of each field (from the
first byte to the one after its last), its name, type and value. A broken frame is shown as far as
it can be read, with the place where it breaks, what was expected and what was found; reading goes
on with the next frame. Exit code 1 when anything is broken.
"""
EXAMPLES = """
torq-gen inspect recording.torq          a file of frames, also when compressed with gzip
torq-gen inspect "efbeadde 0201 0100…"   hex; blanks, colons and 0x are skipped
torq-gen inspect - < frame.bin           standard input
torq-gen inspect recording.torq --count 3 --format json
"""
_GZIP = b"\x1f\x8b"
_HEX = re.compile(rb"[0-9a-fA-FxX\s:_,]*\Z")
_BLANKS = str.maketrans("", "", " \t\r\n:_,")


def configure(parser: ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument("source", metavar="FILE|HEX", help="a file, hex digits, or - for stdin")
    parser.add_argument("--format", choices=("text", "json"), default="text", help="default: text")
    parser.add_argument("-n", "--count", type=_positive, metavar="N", help="stop after N frames")


def run(arguments: Namespace) -> int:
    """Inspect; 1 when something is broken."""
    from torq_gen.cli._shared.frames import Names, parts_of
    from torq_gen.cli._shared.project import find_root, load_project

    data, damage = _bytes_of(arguments.source)
    project = load_project(find_root(arguments.root), color=arguments.color)
    parts = _first(parts_of(data, Names.of(project.system)), arguments.count)
    if arguments.format == "json":
        return _print_json(parts, damage)
    return _print_text(parts, data, damage, wants_color(arguments.color))


def _positive(text: str) -> int:
    from argparse import ArgumentTypeError

    if not text.isdecimal() or int(text) < 1:
        raise ArgumentTypeError(f"expected a number of frames from 1 on, found {text!r}")
    return int(text)


def _first(parts: Iterator[Part], frames: int | None) -> Iterator[Part]:
    """Up to and with so many frames; what is none counts for nothing."""
    for part in parts:
        yield part
        if frames is not None and part.is_frame:
            frames -= 1
            if not frames:
                return


def _bytes_of(source: str) -> tuple[bytes, str]:
    """What is to be inspected, uncompressed, and what ended its compression early."""
    from torq_gen.cli._shared.failures import CommandError, UsageError

    if not source.strip():
        raise UsageError("expected a file, hex digits, or - for standard input, found nothing")
    if source == "-":
        if sys.stdin is None:
            raise CommandError("standard input is closed")
        data = sys.stdin.buffer.read()
    elif _is_file(source):
        data = Path(source).read_bytes()
    else:
        data = source.encode()
        if _from_hex(source) is None:
            raise UsageError(
                f"{source[:40]!r} is neither a file nor hex digits",
                "expected a path, bytes such as efbeadde0201…, or - for standard input",
            )
    if data[:2] == _GZIP:
        return _unzipped(data, source)
    return (_from_hex(data.decode()) if _HEX.match(data) else None) or data, ""


def _is_file(source: str) -> bool:
    try:
        return Path(source).exists()
    except (OSError, ValueError):
        return False  # hex can be too long for a path


def _from_hex(text: str) -> bytes | None:
    digits = text.translate(_BLANKS).removeprefix("0x")
    try:
        return bytes.fromhex(digits) if digits else None
    except ValueError:
        return None


def _unzipped(data: bytes, source: str) -> tuple[bytes, str]:
    import zlib

    from mycelium.compression import inflate
    from torq_gen.cli._shared.failures import CommandError

    found, damage = bytearray(), ""
    try:
        for piece in inflate([data]):
            found += piece
    except (EOFError, zlib.error) as error:
        damage = str(error)
    if damage and not found:
        raise CommandError(f"{source}: not a whole gzip file: {damage}")
    return bytes(found), damage


def _print_text(parts: Iterator[Part], data: bytes, damage: str, color: bool) -> int:
    from torq_gen.cli._shared.tree import lines_of

    frames = broken = skipped = 0
    for part in parts:
        frames += part.is_frame
        broken += part.is_frame and part.problem is not None
        skipped += 0 if part.is_frame else part.end - part.start
        for line in lines_of(part, frames, data, color=color):
            print(line)
    print(f"{count(frames, 'frame')}, {broken:,} broken, {count(skipped, 'byte')} skipped")
    if damage:
        print(f"the file ends early: {damage}")
    return 1 if broken or skipped or damage else 0


def _print_json(parts: Iterator[Part], damage: str) -> int:
    import json

    from torq_gen.cli._shared.tree import as_json

    found = tuple(parts)
    frames = [part for part in found if part.is_frame]
    summary = {
        "frames": len(frames),
        "broken": sum(part.problem is not None for part in frames),
        "skipped": sum(part.end - part.start for part in found if not part.is_frame),
    }
    ends = {"damage": damage} if damage else {}
    print(json.dumps({"parts": [as_json(part) for part in found], "summary": summary | ends}))
    return 1 if summary["broken"] or summary["skipped"] or damage else 0
