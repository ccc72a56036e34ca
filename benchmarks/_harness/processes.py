"""Whole processes: wall time, processor time and peak memory."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median


class FailedRunError(Exception):
    """A measured process ended with an error."""


@dataclass(frozen=True, slots=True)
class Run:
    """One process, and those that it waited for: seconds, and the MB of the largest of them."""

    wall: float
    cpu: float
    peak: float


def run(command: Sequence[str], folder: Path, environment: Mapping[str, str] | None = None) -> Run:
    """Run a command to its end, its output thrown away.

    Linux counts the memory of this process before the command was loaded too, so ``peak`` is never
    less than what the benchmark itself takes.

    Raises:
        FailedRunError: the exit code is not 0
    """
    start = time.perf_counter()
    with subprocess.Popen(
        command,
        cwd=folder,
        env={**os.environ, **(environment or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise FailedRunError(f"{' '.join(command)} in {folder}: exit code {process.returncode}")
    return Run(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * _MAXRSS_UNIT / 1e6)


def middle(runs: Sequence[Run]) -> Run:
    """The median of each measure."""
    return Run(
        median(r.wall for r in runs), median(r.cpu for r in runs), median(r.peak for r in runs)
    )


_MAXRSS_UNIT = 1 if os.uname().sysname == "Darwin" else 1024  # bytes there, KiB elsewhere
