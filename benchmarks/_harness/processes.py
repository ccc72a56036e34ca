"""Whole processes: wall time, processor time and peak memory."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

_LAUNCHER = (sys.executable, "-I", "-S", str(Path(__file__).with_name("launcher.py")))
# Compiled modules have to be kept from the round that warms up, as they are for everybody.
_ENVIRONMENT = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
_PEAK_UNIT = 1 if sys.platform == "darwin" else 1024  # bytes there, KiB elsewhere


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

    Raises:
        FailedRunError: the exit code is not 0
    """
    launched = subprocess.run(
        [*_LAUNCHER, *command],
        cwd=folder,
        env={**_ENVIRONMENT, **(environment or {})},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    code, wall, cpu, peak = launched.stdout.split()
    if code != "0":
        raise FailedRunError(f"{' '.join(command)} in {folder}: exit code {code}")
    return Run(float(wall), float(cpu), int(peak) * _PEAK_UNIT / 1e6)


def middle(runs: Sequence[Run]) -> Run:
    """The median of each measure."""
    return Run(
        median(r.wall for r in runs), median(r.cpu for r in runs), median(r.peak for r in runs)
    )
