"""When calls go through, and when not."""

from __future__ import annotations

import pytest

from mycelium.resilience.breaker import Breaker, CircuitOpenError


class Time:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def open_breaker(time: Time) -> Breaker:
    """One that failed twice at 0 s, and opens for 30 s."""
    breaker = Breaker("rpc", 2, 30.0, time)
    for opens in (False, True):
        assert breaker.failed(breaker.enter()) is opens
    return breaker


def test_failures_in_a_row_open_it(open_breaker: Breaker, time: Time) -> None:
    assert not open_breaker.closed
    time.now = 10.0
    with pytest.raises(CircuitOpenError) as raised:
        open_breaker.enter()
    assert str(raised.value) == "rpc fails: no call is made for another 20.0 s"


def test_an_answer_between_failures_keeps_it_closed(time: Time) -> None:
    breaker = Breaker("rpc", 2, 30.0, time)
    for _ in range(3):
        assert not breaker.failed(breaker.enter())
        breaker.enter()
        assert not breaker.succeeded()
    assert breaker.closed


def test_after_the_pause_one_call_tries_and_others_wait(open_breaker: Breaker, time: Time) -> None:
    time.now = 30.0
    open_breaker.enter()
    with pytest.raises(CircuitOpenError):
        open_breaker.enter()
    assert open_breaker.succeeded()
    assert open_breaker.closed
    open_breaker.enter()


def test_a_trial_that_fails_opens_it_again(open_breaker: Breaker, time: Time) -> None:
    time.now = 30.0
    assert open_breaker.failed(open_breaker.enter())
    time.now = 59.0
    with pytest.raises(CircuitOpenError):
        open_breaker.enter()
    time.now = 60.0
    open_breaker.enter()


def test_a_trial_that_its_caller_gives_up_leaves_room_for_another(
    open_breaker: Breaker, time: Time
) -> None:
    time.now = 30.0
    open_breaker.abandoned(open_breaker.enter())
    open_breaker.enter()


def test_a_call_begun_before_that_fails_later_does_not_lengthen_the_pause(
    open_breaker: Breaker, time: Time
) -> None:
    time.now = 20.0
    assert not open_breaker.failed(0)
    time.now = 30.0
    open_breaker.enter()


@pytest.mark.parametrize("ends", ["failed", "abandoned"])
def test_nor_does_it_decide_for_the_trial(open_breaker: Breaker, time: Time, ends: str) -> None:
    time.now = 30.0
    trial = open_breaker.enter()
    assert not getattr(open_breaker, ends)(0)
    with pytest.raises(CircuitOpenError):
        open_breaker.enter()
    time.now = 35.0
    assert open_breaker.failed(trial)
    with pytest.raises(CircuitOpenError) as raised:
        open_breaker.enter()
    assert str(raised.value) == "rpc fails: no call is made for another 30.0 s"
