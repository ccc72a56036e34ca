"""Calls to an external under a policy."""

from __future__ import annotations

import asyncio
import gc
import sys
from collections.abc import Iterator

import pytest

from mycelium.errors import MissingLibraryError
from mycelium.resilience import CircuitOpenError, External, Policy
from mycelium.resilience.external import externals
from mycelium.testing.clock import ManualClock
from tests.unit.mycelium.helpers import asynchronous

AT_ONCE = Policy(attempts=3, wait_secs=0, longest_wait_secs=0, jitter_secs=0, open_after=4)


class Answers:
    """Raises or returns what it was given, one after the other."""

    def __init__(self, *answers: Exception | str) -> None:
        self._answers: Iterator[Exception | str] = iter(answers)

    async def __call__(self, url: str, *, mark: str = "") -> str:
        answer = next(self._answers)
        if isinstance(answer, Exception):
            raise answer
        return f"{answer} of {url}{mark}"


def counts(external: External) -> tuple[int, int, int, int]:
    return external.attempts, external.succeeded, external.failed, external.refused


@asynchronous
async def test_a_failure_is_tried_again() -> None:
    rpc = External("rpc", AT_ONCE)
    answers = Answers(ConnectionError("down"), TimeoutError(), "price")
    assert await rpc.call(answers, "here", mark="!") == "price of here!"
    assert counts(rpc) == (3, 1, 0, 0)


@asynchronous
async def test_the_last_failure_is_raised() -> None:
    rpc = External("rpc", AT_ONCE)
    answers = Answers(OSError("one"), OSError("two"), OSError("three"), "price")
    with pytest.raises(OSError, match="three"):
        await rpc.call(answers, "here")
    assert counts(rpc) == (3, 0, 1, 0)


@asynchronous
async def test_an_error_that_is_an_answer_is_raised_at_once_and_opens_nothing() -> None:
    rpc = External("rpc", AT_ONCE)
    for _ in range(6):
        with pytest.raises(ValueError, match="bad request"):
            await rpc.call(Answers(ValueError("bad request")), "here")
    assert rpc.closed
    assert counts(rpc) == (6, 0, 6, 0)


@asynchronous
async def test_what_counts_as_a_failure_can_be_said() -> None:
    rpc = External("rpc", AT_ONCE, failures=(KeyError,))
    assert await rpc.call(Answers(KeyError("x"), "price"), "here") == "price of here"
    with pytest.raises(OSError, match="down"):
        await rpc.call(Answers(OSError("down")), "here")


@asynchronous
async def test_an_attempt_that_takes_too_long_is_a_failure_whatever_was_said() -> None:
    rpc = External("rpc", Policy(attempts=1, timeout_secs=0.01, open_after=1), failures=(KeyError,))
    with pytest.raises(TimeoutError):
        await rpc.call(asyncio.sleep, 3600)
    assert not rpc.closed


@asynchronous
async def test_too_many_failures_keep_calls_from_being_made_for_a_while() -> None:
    clock = ManualClock()
    rpc = External("rpc", AT_ONCE, clock=clock)
    for _ in range(2):
        with pytest.raises((OSError, CircuitOpenError)):
            await rpc.call(Answers(*[OSError("down")] * 3), "here")
    assert counts(rpc) == (4, 0, 1, 1)
    with pytest.raises(CircuitOpenError):
        await rpc.call(Answers("price"), "here")
    clock.advance(30.0)
    assert await rpc.call(Answers("price"), "here") == "price of here"
    assert rpc.closed
    assert counts(rpc) == (5, 1, 1, 2)


@asynchronous
async def test_a_caller_that_is_cancelled_is_no_failure() -> None:
    rpc = External("rpc", Policy(open_after=1))
    call = asyncio.create_task(rpc.call(asyncio.sleep, 3600))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    call.cancel()
    await asyncio.wait([call])
    assert call.cancelled()
    assert rpc.closed
    assert counts(rpc) == (1, 0, 0, 0)


def test_metrics_find_those_that_there_are() -> None:
    gc.collect()
    before = {external.name for external in externals()}
    rpc = External("metrics-rpc")
    assert {external.name for external in externals()} - before == {"metrics-rpc"}
    del rpc
    gc.collect()
    assert "metrics-rpc" not in {external.name for external in externals()}


def test_without_stamina_it_says_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "stamina", None)
    with pytest.raises(MissingLibraryError) as raised:
        External("rpc")
    expected = "calls to rpc: expected stamina, found none: pip install 'torq-gen[ops]'"
    assert str(raised.value) == expected
