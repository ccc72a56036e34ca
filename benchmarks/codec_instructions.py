"""How many instructions building and parsing a message takes, as callgrind counts them.

Times differ from run to run and from machine to machine; instructions hardly do. The interpreter's
own start is taken off. Needs valgrind (Debian: apt-get install valgrind).
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from _codec import ours, peers
from _codec.counted import codecs
from _codec.shapes import SHAPES
from _harness.machine import machine
from _harness.peers import has_project, missing, version_of
from _harness.table import table

_CHILD = Path(__file__).parent / "_codec" / "counted.py"
_COLLECTED = re.compile(r"Collected : (\d+)")
_HEAD = ("message", "codec", "build", "parse", "build, x ours", "parse, x ours")


def main() -> int:
    """Count and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="see that it runs: one message, few")
    parser.add_argument("--messages", type=int, default=20_000)
    options = parser.parse_args()
    if not has_project():
        print("torq_gen cannot be imported: python -m pip install -e .", file=sys.stderr)
        return 2
    if shutil.which("valgrind") is None:
        print("valgrind is not installed: apt-get install valgrind", file=sys.stderr)
        return 0 if options.quick else 2
    for needed in ("protobuf", "grpcio-tools"):
        if version_of(needed) is None:
            print(missing(needed))
            return 0 if options.quick else 2
    messages = 1000 if options.quick else options.messages
    with tempfile.TemporaryDirectory() as name:
        ours.generate(Path(name))
        peers.compile_proto(Path(name))
        print(f"{machine()}\n{messages} messages; instructions a message\n")
        print(table(_HEAD, _rows(name, messages, quick=options.quick)))
    return 0


def _rows(folder: str, messages: int, *, quick: bool) -> list[tuple[str, ...]]:
    rows = []
    for shape in SHAPES[:1] if quick else SHAPES:
        names = [codec.name for codec in codecs(shape)]
        start = _count(folder, shape.name, names[0], "build", 0)
        first: tuple[float, float] | None = None
        for name in names[:1] if quick else names:
            counts = [_count(folder, shape.name, name, w, messages) for w in ("build", "parse")]
            build, parse = ((count - start) / messages for count in counts)
            first = first or (build, parse)
            ratios = (build / first[0], parse / first[1])
            rows.append(
                (shape.name, name, f"{build:.0f}", f"{parse:.0f}", *(f"{r:.2f}" for r in ratios))
            )
    return rows


def _count(folder: str, shape: str, codec: str, work: str, messages: int) -> int:
    """The instructions of one process.

    Raises:
        subprocess.CalledProcessError: it failed
    """
    done = subprocess.run(
        [
            *("valgrind", "--tool=callgrind", f"--callgrind-out-file={os.devnull}"),
            *(sys.executable, str(_CHILD), folder, shape, codec, work, str(messages)),
        ],
        env={**os.environ, "PYTHONHASHSEED": "0"},
        capture_output=True,
        text=True,
        check=True,
    )
    found = _COLLECTED.search(done.stderr)
    assert found is not None, done.stderr
    return int(found[1])


if __name__ == "__main__":
    sys.exit(main())
