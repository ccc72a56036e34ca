"""Work measured in turns, so that a disturbance of the machine meets all of it alike."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Mapping
from random import Random
from statistics import median

Work = Callable[[], object]


def thread_times(works: Mapping[str, Work], rounds: int) -> dict[str, list[int]]:
    """The thread's CPU time of each work in each round, in ns.

    Each round has them in another order, so that none always follows the same one, whose traces it
    would find in the caches. The cyclic garbage collector is off for all of them, and runs before
    each round.
    """
    names = list(works)
    times: dict[str, list[int]] = {name: [] for name in names}
    was_on = gc.isenabled()
    gc.disable()
    try:
        for number in range(rounds + 1):
            gc.collect()
            for name in Random(number).sample(names, len(names)):
                spent = _time(works[name])
                if number:  # the first round warms up
                    times[name].append(spent)
    finally:
        if was_on:
            gc.enable()
    return times


def median_ratio(these: list[int], those: list[int]) -> float:
    """The median of the rounds' ratios: what both met in one round cancels out."""
    return median(a / b for a, b in zip(these, those, strict=True))


def _time(work: Work) -> int:
    start = time.thread_time_ns()
    work()
    return time.thread_time_ns() - start
