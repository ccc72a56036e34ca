from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mycelium.manifest import Restart, RestartStrategy
from mycelium.restart import FIRST_DELAY_SECS, LONGEST_DELAY_SECS, RestartBudget


def test_restarts_within_the_window_are_limited_and_wait_longer_each_time() -> None:
    budget = RestartBudget(Restart(max_restarts=3, window_secs=60))
    delays = [budget.after_crash(now) for now in (0.0, 1.0, 2.0, 3.0)]
    assert delays == [FIRST_DELAY_SECS, 2 * FIRST_DELAY_SECS, 4 * FIRST_DELAY_SECS, None]


def test_a_crash_is_forgotten_when_the_window_has_passed() -> None:
    budget = RestartBudget(Restart(max_restarts=1, window_secs=60))
    assert budget.after_crash(0.0) == FIRST_DELAY_SECS
    assert budget.after_crash(60.0) == FIRST_DELAY_SECS
    assert budget.after_crash(119.9) is None


def test_no_restart_at_all_can_be_allowed() -> None:
    assert RestartBudget(Restart(max_restarts=0)).after_crash(0.0) is None


@pytest.mark.parametrize("strategy", [RestartStrategy.SYSTEMD, RestartStrategy.NEVER])
def test_other_strategies_never_restart_here(strategy: RestartStrategy) -> None:
    assert RestartBudget(Restart(strategy, 100, 60)).after_crash(0.0) is None


@given(gaps=st.lists(st.floats(0, 100), max_size=80), limit=st.integers(0, 50))
def test_no_window_ever_sees_more_restarts_than_allowed(gaps: list[float], limit: int) -> None:
    budget = RestartBudget(Restart(max_restarts=limit, window_secs=10))
    now, restarts = 0.0, []
    for gap in gaps:
        now += gap
        delay = budget.after_crash(now)
        if delay is None:
            break
        assert 0 < delay <= LONGEST_DELAY_SECS
        restarts.append(now)
    for end in restarts:
        assert sum(end - 10 < at <= end for at in restarts) <= limit
