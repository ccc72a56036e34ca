"""How long generating takes, beside other generators on the same messages.

Whole processes: wall time, user and system time, and peak memory; medians of interleaved runs.
The systems have 10, 100 and 1,000 messages of ten fields, and a service for ten messages, but ten
at least.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from _harness.machine import machine
from _harness.peers import has_project
from _harness.processes import Run, middle, run
from _harness.table import table
from _synthetic.contestants import Contestant, missing, others, ours

_HEAD = ("generator", "wall, s", "user + system, s", "peak, MB", "lines", "lines/s", "runs")
_SLOW = 5.0  # seconds of wall time, above which a few runs have to do
_FEW = 3
_EXPECTED = (  # at 1,000 messages
    ("messages and codecs", 0.6),
    ("everything", 1.5),
    ("nothing to do", 0.06),
)
_PEAK = 100.0
# Without the folders of services, of which small systems have as many as those of 100 messages.
_GROWING = ("messages and codecs", "everything, services exist")


@dataclass(frozen=True, slots=True)
class Result:
    """The runs of one contestant, and the lines that it makes."""

    runs: tuple[Run, ...]
    lines: int

    @property
    def middle(self) -> Run:
        """The medians."""
        return middle(self.runs)


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="see that it runs, in seconds")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--messages", type=int, nargs="+", default=[10, 100, 1000])
    parser.add_argument("--no-peers", action="store_true", help="measure torq-gen alone")
    options = parser.parse_args()
    if not has_project():
        print("torq_gen cannot be imported: python -m pip install -e .", file=sys.stderr)
        return 2
    sizes = [10] if options.quick else sorted(options.messages)
    print(machine())
    if not options.no_peers:
        print("".join(f"{line}\n" for line in missing()), end="")
    results = {}
    for size in sizes:
        rounds = 1 if options.quick else options.rounds
        results[size] = _measure(size, rounds, with_peers=not options.no_peers)
        print(f"\n{size:,} messages\n\n{_table(results[size])}", flush=True)
    print(f"\n{_verdict(results)}")
    return 0


def _measure(count: int, rounds: int, *, with_peers: bool) -> dict[str, Result]:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        contestants = [*ours(root, count), *(others(root, count) if with_peers else ())]
        runs: dict[str, list[Run]] = {c.name: [] for c in contestants}
        for number in range(rounds + 1):
            for contestant in _turned(contestants, number):
                known = runs[contestant.name]
                if number > _FEW and known[0].wall > _SLOW:
                    continue
                contestant.reset()
                done = run(contestant.command, contestant.folder, contestant.environment)
                if number:  # the first round warms up and makes what is found unchanged later
                    known.append(done)
        return {c.name: Result(tuple(runs[c.name]), c.lines()) for c in contestants}


def _turned(contestants: list[Contestant], by: int) -> list[Contestant]:
    at = by % len(contestants)
    return contestants[at:] + contestants[:at]


def _table(results: Mapping[str, Result]) -> str:
    return table(_HEAD, [_row(name, result) for name, result in results.items()])


def _row(name: str, result: Result) -> tuple[str, ...]:
    found = result.middle
    lines = f"{result.lines:,}" if result.lines else ""
    rate = f"{result.lines / found.wall:,.0f}" if result.lines else ""
    times = (f"{found.wall:.3f}", f"{found.cpu:.3f}", f"{found.peak:.0f}")
    return (name, *times, lines, rate, str(len(result.runs)))


def _verdict(results: Mapping[int, Mapping[str, Result]]) -> str:
    """What was expected at 1,000 messages, and what was found."""
    rows: list[tuple[str, ...]] = []
    found = results.get(1000, {})
    for name, most in _EXPECTED if found else ():
        wall = found[name].middle.wall
        rows.append((name, f"< {most} s", f"{wall:.3f} s", _met(wall < most)))
    if found:
        peak = max(found[name].middle.peak for name, _ in _EXPECTED)
        rows.append(("peak memory", f"< {_PEAK:.0f} MB", f"{peak:.0f} MB", _met(peak < _PEAK)))
    if len(results) > 2:
        rows += [_linear(name, results) for name in _GROWING]
    return table(("expectation", "expected", "found", ""), rows) if rows else ""


def _linear(name: str, results: Mapping[int, Mapping[str, Result]]) -> tuple[str, ...]:
    """What one more message costs at the largest size, as a multiple of the size before."""
    a, b, c = sorted(results)[-3:]
    wall = {size: results[size][name].middle.wall for size in (a, b, c)}
    ratio = ((wall[c] - wall[b]) / (c - b)) / ((wall[b] - wall[a]) / (b - a))
    return (
        f"{name}: cost of a further message",
        "x 1, linear",
        f"x {ratio:.2f}",
        _met(ratio < 1.3),
    )


def _met(met: bool) -> str:
    return "met" if met else "missed"


if __name__ == "__main__":
    sys.exit(main())
