"""Services are shared among processes, and what becomes of one is not waited for in vain."""

from __future__ import annotations

import os
import pickle
import signal
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from torq_gen.lint import forking
from torq_gen.lint.forking import shared


@dataclass(frozen=True)
class _Work:
    """Gives each service back; ends its process, or fails, at the one that is named."""

    fatal: str = ""
    closed: str = ""

    def run(self, services: Sequence[str]) -> Iterator[str]:
        for service in services:
            if service == self.fatal:
                os.kill(os.getpid(), signal.SIGKILL)
            if service == self.closed:
                raise PermissionError(13, "Permission denied", service)
            yield service


def _shared(work: Any, services: Any, count: int = 2) -> Iterator[Any]:
    return shared(work, services, count)


@pytest.fixture
def forked(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The processes that are forked during a test."""
    forked: list[int] = []
    real = os.fork

    def fork() -> int:
        forked.append(real())
        return forked[-1]

    monkeypatch.setattr(os, "fork", fork)
    return forked


def test_each_service_is_given_back_once() -> None:
    names = [f"service{number}" for number in range(19)]
    assert sorted(_shared(_Work(), names)) == sorted(names)


def test_a_process_that_is_killed_ends_the_run_and_says_why() -> None:
    with pytest.raises(ChildProcessError, match=r"ended from outside.*--jobs 1"):
        list(_shared(_Work(fatal="c"), ["a", "b", "c", "d"]))


def test_an_error_of_a_process_is_raised_as_it_is() -> None:
    with pytest.raises(PermissionError) as raised:
        list(_shared(_Work(closed="c"), ["a", "b", "c", "d"]))
    assert raised.value.filename == "c"


def test_no_process_is_left_when_nobody_takes_the_rest(forked: list[int]) -> None:
    results = _shared(_Work(), ["a", "b", "c", "d"])
    next(results)
    results.close()  # type: ignore[attr-defined]
    assert len(forked) == 2
    for process in forked:
        with pytest.raises(ProcessLookupError):
            os.kill(process, 0)


def test_a_process_whose_parent_is_gone_takes_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signal, "signal", lambda number, how: None)  # this process goes on
    tickets = forking._tickets(2)
    packed = forking._work(_Work(), [["a"], ["b"]], tickets, parent=-1)  # type: ignore[arg-type, list-item]
    assert forking._received(packed) == []
    os.close(tickets)


def test_processes_of_whose_end_the_system_keeps_no_account_are_no_error() -> None:
    before = signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    try:
        assert sorted(_shared(_Work(), ["a", "b", "c"])) == ["a", "b", "c"]
        with pytest.raises(ChildProcessError, match="ended from outside"):
            list(_shared(_Work(fatal="c"), ["a", "b", "c", "d"]))
    finally:
        signal.signal(signal.SIGCHLD, before)


def test_there_are_no_more_processes_than_pipes_can_be_waited_for(
    forked: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forking, "_MOST", 3)
    names = [f"service{number}" for number in range(9)]
    assert sorted(_shared(_Work(), names, 9)) == names
    assert len(forked) == 3


@pytest.mark.parametrize("share", [0.0, 0.5, 0.99])
def test_results_that_end_before_their_end_are_those_of_an_ended_process(share: float) -> None:
    packed = pickle.dumps([f"service{number}" for number in range(99)])
    with pytest.raises(ChildProcessError, match="ended from outside"):
        forking._received(packed[: int(len(packed) * share)])
