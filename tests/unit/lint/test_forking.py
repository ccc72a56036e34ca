"""Services are shared among processes, and what becomes of one is not waited for in vain."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from torq_gen.lint.forking import shared


@dataclass(frozen=True)
class _Work:
    """Gives each service back; ends its process at the one that is named."""

    fatal: str = ""

    def run(self, services: Sequence[str]) -> Iterator[str]:
        for service in services:
            if service == self.fatal:
                os.kill(os.getpid(), signal.SIGKILL)
            yield service


def _shared(work: Any, services: Any) -> Iterator[Any]:
    return shared(work, services, 2)


def test_each_service_is_given_back_once() -> None:
    names = [f"service{number}" for number in range(19)]
    assert sorted(_shared(_Work(), names)) == sorted(names)


def test_a_process_that_is_killed_ends_the_run_and_says_why() -> None:
    with pytest.raises(ChildProcessError, match=r"ended from outside.*--jobs 1"):
        list(_shared(_Work(fatal="c"), ["a", "b", "c", "d"]))


def test_no_process_is_left_when_nobody_takes_the_rest() -> None:
    before = set(multiprocessing.active_children())
    results = _shared(_Work(), ["a", "b", "c", "d"])
    next(results)
    results.close()  # type: ignore[attr-defined]
    assert set(multiprocessing.active_children()) == before
