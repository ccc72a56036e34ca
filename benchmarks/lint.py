"""How long checking services takes, beside other tools on the same files.

Whole processes: wall time, user and system time, and peak memory; medians of interleaved runs.
The systems have 10, 100 and 1,000 services of twelve files, ten of them of 120 lines or so.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from _harness.machine import machine
from _harness.peers import has_project
from _harness.processes import Run, middle, run
from _harness.table import table
from _lint.contestants import Contestant, missing, others, ours

_HEAD = ("tool", "wall, s", "user + system, s", "peak, MB", "x ast.parse", "runs")
_COLD, _WARM = "torq-gen check, cold", "torq-gen check, warm"
_CHANGED = "torq-gen check, three files changed"
_PARSE = "ast.parse, one process"
_SLOW = 20.0  # seconds of wall time, above which a few runs have to do
_FEW = 3
_EXPECTED = ((_WARM, 0.4), (_CHANGED, 0.15))  # seconds, at 1,000 services
_PEAK = 300.0


@dataclass(frozen=True, slots=True)
class Result:
    """The runs of one contestant."""

    runs: tuple[Run, ...]

    @property
    def middle(self) -> Run:
        """The medians."""
        return middle(self.runs)


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="see that it runs, in seconds")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--services", type=int, nargs="+", default=[10, 100, 1000])
    parser.add_argument("--no-peers", action="store_true", help="measure torq-gen alone")
    options = parser.parse_args()
    if not has_project():
        print("torq_gen cannot be imported: python -m pip install -e .", file=sys.stderr)
        return 2
    sizes = [10] if options.quick else sorted(options.services)
    print(machine())
    if not options.no_peers:
        print("".join(f"{line}\n" for line in missing()), end="")
    results = {}
    for size in sizes:
        rounds = 1 if options.quick else options.rounds
        results[size] = _measure(size, rounds, with_peers=not options.no_peers)
        print(f"\n{size:,} services\n\n{_table(results[size])}", flush=True)
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
                done = run(contestant.command, contestant.folder)
                if number:  # the first round warms up and makes what is found unchanged later
                    known.append(done)
        return {name: Result(tuple(found)) for name, found in runs.items()}


def _turned(contestants: list[Contestant], by: int) -> list[Contestant]:
    """From another one on in each round; a cold and a warm run of one tool stay in their order."""
    starts = [i for i, c in enumerate(contestants) if not c.name.endswith(", warm")]
    at = starts[by % len(starts)]
    return contestants[at:] + contestants[:at]


def _table(results: Mapping[str, Result]) -> str:
    parse = results[_PARSE].middle.wall
    return table(_HEAD, [_row(name, result, parse) for name, result in results.items()])


def _row(name: str, result: Result, parse: float) -> tuple[str, ...]:
    found = result.middle
    times = (f"{found.wall:.3f}", f"{found.cpu:.3f}", f"{found.peak:.0f}")
    return (name, *times, f"{found.wall / parse:.2f}", str(len(result.runs)))


def _verdict(results: Mapping[int, Mapping[str, Result]]) -> str:
    """What was expected, and what was found."""
    return table(("expectation", "expected", "found", ""), _verdicts(results))


def _verdicts(results: Mapping[int, Mapping[str, Result]]) -> Iterator[tuple[str, ...]]:
    largest = max(results)
    found = results[largest]
    ratio = found[_COLD].middle.wall / found[_PARSE].middle.wall
    yield (f"{_COLD}: beside ast.parse", "<= x 1.0", f"x {ratio:.2f}", _met(ratio <= 1.0))
    for name, most in _EXPECTED if largest == 1000 else ():
        wall = found[name].middle.wall
        yield (name, f"< {most} s", f"{wall:.3f} s", _met(wall < most))
    if largest == 1000:
        peak = max(found[name].middle.peak for name in (_COLD, _WARM, _CHANGED))
        yield (
            "peak memory of a process",
            f"< {_PEAK:.0f} MB",
            f"{peak:.0f} MB",
            _met(peak < _PEAK),
        )
    if len(results) > 2:
        a, b, c = sorted(results)[-3:]
        cpu = {size: results[size][_COLD].middle.cpu for size in (a, b, c)}
        growth = ((cpu[c] - cpu[b]) / (c - b)) / ((cpu[b] - cpu[a]) / (b - a))
        yield (
            "cost of a further service, cold",
            "x 1, linear",
            f"x {growth:.2f}",
            _met(growth < 1.3),
        )


def _met(met: bool) -> str:
    return "met" if met else "missed"


if __name__ == "__main__":
    sys.exit(main())
