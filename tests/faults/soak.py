"""A long run at half the highest rate: ``python -m tests.faults.soak --minutes 30``.

Prints figures, and ends with 1 when memory grew or a message was missed.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path

from tests.faults.lab import Lab, Running, built, rss, until
from tests.faults.lab_source import SERVICES
from tests.ports import free_ports

MEASURED_SECS = 10.0
WARM_UP = 0.25
"""The share of the run in which memory may still grow."""
MIB = 1 << 20
MAY_GROW = 2 * MIB
"""What the allocator may take; a leak of a byte a message would be ten times as much."""


def main() -> int:
    """Run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--transport", choices=["unix", "tcp"], default="unix")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="soak-") as name:
        project = built(Path(name) / "project")
        highest = highest_rate(_lab(project, Path(name) / "fast", arguments.transport, 0))
        print(f"highest rate: {highest:,.0f} messages a second from end to end", flush=True)
        system = _lab(project, Path(name) / "long", arguments.transport, int(highest / 2))
        return 0 if soaked(system, arguments.minutes * 60) else 1


def highest_rate(system: Lab) -> float:
    """What arrives at the end of the way in a second while the feed is as fast as it can."""
    with system.running() as running:
        until(lambda: _handled(system) > 10_000, "ten thousand messages")
        before, began = _handled(system), time.monotonic()
        until(lambda: time.monotonic() - began > MEASURED_SECS, "the time to be over", 60)
        rate = (_handled(system) - before) / (time.monotonic() - began)
        system.end_feed()
        assert running.stop() == 0, running.said
    return rate


def soaked(system: Lab, secs: float) -> bool:
    """Whether all arrived and memory stayed flat."""
    with system.running() as running:
        until(lambda: _handled(system) > 0, "the first message")
        memory = _watched(running, secs)
        system.end_feed()
        sent = system.counts("feeder").of("published", "feeder")
        until(lambda: _handled(system) == sent, f"{sent} messages at the end of the way")
        unlike = [service for service in SERVICES[1:] if not _complete(system, service, sent)]
        grown = [process for process, samples in memory.items() if not _flat(process, samples)]
        code = running.stop()
    print(f"sent {sent:,} in {secs / 60:g} minutes, exit code {code}")
    return not unlike and not grown and code == 0


def _lab(project: Path, folder: Path, transport: str, rate: int) -> Lab:
    folder.mkdir()
    return Lab(
        project=project,
        folder=folder,
        deployment=f'transport = "{transport}"\ntcp = "127.0.0.1:{free_ports(len(SERVICES))}"',
        settings={"feeder": {"rate": rate}},
        ledger=False,
    )


def _handled(system: Lab) -> int:
    return system.counts("taker").of("handled", "taker", "Passed")


def _watched(running: Running, secs: float) -> dict[str, list[tuple[float, int]]]:
    """The memory of each process over the time, in seconds and bytes."""
    pids = {**running.pids(), "parent": running.parent.pid}
    samples: defaultdict[str, list[tuple[float, int]]] = defaultdict(list)
    began = time.monotonic()
    while (now := time.monotonic() - began) < secs:
        for process, pid in pids.items():
            samples[process].append((now, rss(pid)))
        time.sleep(min(5.0, secs / 100))
    return dict(samples)


def _complete(system: Lab, service: str, sent: int) -> bool:
    """Whether nothing is missing at one subscriber, or all of it was dropped by its own wish."""
    publisher, message = ("relay", "Passed") if service == "taker" else ("feeder", "Quote")
    here, there = system.counts(service), system.counts(publisher)
    handled = here.of("handled", service, message)
    dropped = here.of("dropped", service, message) + there.of("dropped", service, message)
    odd = {
        what: here.of(f"sequence_{what}", publisher, message)
        for what in ("gaps", "missed", "repeats", "lates", "restarts")
    }
    print(f"{service}: handled {handled:,}, dropped {dropped:,}, {odd}")
    drops = service in ("sampler", "picker")
    return handled + dropped == sent and (drops or not any(odd.values())) and (drops or not dropped)


def _flat(process: str, samples: list[tuple[float, int]]) -> bool:
    """Whether the slope after warming up lies within the noise of the samples."""
    warm = samples[int(len(samples) * WARM_UP) :]
    times, sizes = [at for at, _ in warm], [size for _, size in warm]
    slope, start = statistics.linear_regression(times, sizes)
    noise = statistics.pstdev(
        [size - start - slope * at for at, size in zip(times, sizes, strict=True)]
    )
    grown = slope * (times[-1] - times[0])
    flat = grown <= max(3 * noise, MAY_GROW)
    print(
        f"{process}: {sizes[0] / MIB:.1f} to {sizes[-1] / MIB:.1f} MiB, at most "
        f"{max(sizes) / MIB:.1f}; trend {grown / MIB:+.2f} MiB, noise {noise / MIB:.2f} MiB"
        f"{'' if flat else ': NOT FLAT'}"
    )
    return flat


if __name__ == "__main__":
    sys.exit(main())
