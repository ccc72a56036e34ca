"""How fast a recording gets from its file to handlers, with the native and with the pure codec.

Frames are read, checked, decoded, judged by source and sequence, put into mailboxes and handled by
a coroutine that counts them. Each run is a process of its own.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

from _codec import ours
from _harness.machine import machine
from _harness.peers import has_project, version_of
from _harness.table import table
from _replay import recordings

_ROOT = Path(__file__).parents[1]
_CHILD = Path(__file__).parent / "_replay" / "child.py"
_HEAD = (
    "recording",
    "codec",
    "loop",
    "frames",
    "frames/s",
    "CPU, us a frame",
    "MB/s",
    "peak, MB",
)


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="see that it runs, in seconds")
    parser.add_argument("--frames", type=int, default=10_000_000, help="of the synthetic stream")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    frames, rounds = (5_000, 1) if options.quick else (options.frames, options.rounds)
    if not has_project():
        print("torq_gen cannot be imported: python -m pip install -e .", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        ours.generate(folder)
        synthetic, day = folder / "synthetic.torq", folder / "day.torq"
        recordings.write_synthetic(synthetic, frames)
        found = [("synthetic", "bench_contracts", folder / "generated" / "python", synthetic)]
        if not options.quick:
            recordings.write_day(day)
            found.append(("recorded day", "torq_contracts", _ROOT / "generated" / "python", day))
        print(f"{machine()}\n{rounds} interleaved rounds; medians\n")
        print(table(_HEAD, [row for each in found for row in _rows(*each, rounds)]))
    return 0


def _rows(
    name: str, package: str, folder: Path, recording: Path, rounds: int
) -> list[tuple[str, ...]]:
    size = recording.stat().st_size
    loops = ("asyncio", "uvloop") if version_of("uvloop") else ("asyncio",)
    ways = [(codec, loop) for codec in ("native", "pure") for loop in loops]
    runs: dict[tuple[str, str], list[dict[str, float]]] = {way: [] for way in ways}
    for _ in range(rounds):
        for codec, loop in ways:
            arguments = (package, str(folder), str(recording), loop)
            runs[codec, loop].append(_run(codec, arguments))
    rows: list[tuple[str, ...]] = []
    for (codec, loop), found in runs.items():
        frames = found[0]["frames"]
        wall, cpu, peak = (median(run[key] for run in found) for key in ("wall", "cpu", "peak"))
        rows.append(
            (
                name,
                codec,
                loop,
                f"{frames:,.0f}",
                f"{frames / wall / 1e3:,.0f} K",
                f"{cpu / frames * 1e6:.2f}",
                f"{size / wall / 1e6:.0f}",
                f"{peak:.0f}",
            )
        )
    return rows


def _run(codec: str, arguments: tuple[str, ...]) -> dict[str, float]:
    """One process.

    Raises:
        subprocess.CalledProcessError: it failed
    """
    done = subprocess.run(
        [sys.executable, str(_CHILD), *arguments],
        env={**os.environ, "MYCELIUM_CODEC": codec},
        stdout=subprocess.PIPE,
        check=True,
    )
    figures: dict[str, float] = json.loads(done.stdout)
    return figures


if __name__ == "__main__":
    sys.exit(main())
