"""How fast messages get from one service to another, beside other ways between processes.

From building the message to its fields being read by a handler. Each run has processes of its own;
runs of all contestants take turns. Throughput is what the subscriber got from the first tenth on.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from _codec import ours as codec
from _harness.machine import machine
from _harness.peers import has_project, missing, version_of
from _harness.table import table
from _transport.contestants import BASES, Contestant, contestants
from _transport.load import Figures, Pace
from _transport.running import run

_CLAIMS = (
    "The source documents claim 1 M msg/s within a process, 200 to 500 K/s and a p99 below 100 us "
    "between processes."
)


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="see that it runs, in seconds")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--messages", type=int, default=200_000, help="of a run in bulk")
    parser.add_argument("--samples", type=int, default=5000, help="messages of a run at light load")
    parser.add_argument("--only", help="contestants whose name has this in it")
    options = parser.parse_args()
    if not has_project():
        print("torq_gen cannot be imported: python -m pip install -e .", file=sys.stderr)
        return 2
    if options.quick:
        options.rounds, options.messages, options.samples = 1, 2000, 50
    found = [each for each in contestants() if (options.only or "") in each.name]
    with tempfile.TemporaryDirectory() as folder:
        codec.generate(Path(folder))
        package = Path(folder) / "generated" / "python"
        print(f"{machine()}\n{_versions()}")
        _print_throughput(found, options.rounds, options.messages, package)
        _print_delays(found, options.rounds, options.samples, package)
    print(f"\n{_CLAIMS}")
    return 0


def _versions() -> str:
    for peer in ("pyzmq", "nats-py", "uvloop"):
        if version_of(peer) is None:
            print(missing(peer))
    names = [
        name for name in ("uvloop", "pyzmq", "nats-py", "msgspec") if version_of(name) is not None
    ]
    return ", ".join(f"{name} {version_of(name)}" for name in names)


def _print_throughput(
    found: Sequence[Contestant], rounds: int, messages: int, package: Path
) -> None:
    bulk = _in_turns(found, "bulk", rounds, messages, package)
    singly = _in_turns(found, "singly", rounds, messages // 4, package)
    head = ("messages a second", "in bulk", "singly", "CPU, us", *(f"bulk, x {b}" for b in BASES))
    rates = {name: median(f.rate for f in runs) for name, runs in bulk.items()}
    print(f"\n{rounds} interleaved rounds of {messages} messages, a quarter of them singly\n")
    print(
        table(
            head,
            [
                (
                    each.name,
                    _thousands(rates[each.name]),
                    _thousands(median(f.rate for f in singly[each.name])),
                    f"{median(f.cpu for f in bulk[each.name]):.2f}",
                    *(_ratio(rates[each.name], rates.get(base)) for base in BASES),
                )
                for each in found
            ],
        )
    )


def _print_delays(found: Sequence[Contestant], rounds: int, samples: int, package: Path) -> None:
    light = _in_turns(found, "light", rounds, samples, package)
    head = ("microseconds one way", "p50", "p99", "p999", *(f"p99, x {b}" for b in BASES))
    parts = (0.5, 0.99, 0.999)
    rows = {
        name: [median(_part(f.delays, part) for f in runs) for part in parts]
        for name, runs in light.items()
    }
    print(f"\n{rounds} interleaved rounds of {samples} messages, a millisecond apart\n")
    print(
        table(
            head,
            [
                (
                    name,
                    *(f"{value:.0f}" for value in row),
                    *(_ratio(row[1], rows[base][1] if base in rows else None) for base in BASES),
                )
                for name, row in rows.items()
            ],
        )
    )


def _in_turns(
    found: Sequence[Contestant], pace: Pace, rounds: int, count: int, package: Path
) -> dict[str, list[Figures]]:
    figures: dict[str, list[Figures]] = {each.name: [] for each in found}
    for number in range(rounds):
        at = number % len(found)
        for each in (*found[at:], *found[:at]):
            messages = count if each.most is None else min(count, each.most)
            figures[each.name].append(run(each.what, each.loop, pace, messages, package))
    return figures


def _part(delays: Sequence[float], part: float) -> float:
    return sorted(delays)[min(len(delays) - 1, int(len(delays) * part))]


def _thousands(rate: float) -> str:
    return f"{rate / 1e3:.0f} K"


def _ratio(value: float, base: float | None) -> str:
    return f"{value / base:.2f}" if base else ""


if __name__ == "__main__":
    sys.exit(main())
