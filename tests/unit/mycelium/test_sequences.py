from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mycelium.sequences import Track, Verdict


@pytest.mark.parametrize(
    ("last", "new", "expected"),
    [
        ((5, 100), (6, 101), (Verdict.IN_ORDER, 0)),
        ((5, 100), (7, 101), (Verdict.GAP, 1)),
        ((5, 100), (99, 101), (Verdict.GAP, 93)),
        ((5, 100), (5, 100), (Verdict.REPEAT, 0)),
        ((5, 100), (1, 101), (Verdict.RESTART, 0)),
        ((1, 100), (1, 101), (Verdict.RESTART, 0)),
        ((5, 100), (4, 99), (Verdict.LATE, 0)),
        ((5, 100), (4, 100), (Verdict.LATE, 0)),
        ((5, 100), (5, 99), (Verdict.LATE, 0)),
        ((1, 100), (80, 99), (Verdict.LATE, 0)),
    ],
)
def test_a_frame_is_judged_by_the_one_before(
    last: tuple[int, int], new: tuple[int, int], expected: tuple[Verdict, int]
) -> None:
    track = Track()
    assert track.judge(*last) == (Verdict.FIRST, 0)
    assert track.judge(*new) == expected


def test_a_late_frame_does_not_make_the_next_one_a_gap() -> None:
    track = Track()
    for sequence, timestamp in ((1, 10), (3, 30), (2, 20)):
        track.judge(sequence, timestamp)
    assert track.judge(4, 40) == (Verdict.IN_ORDER, 0)


@given(lost=st.sets(st.integers(1, 60)), restart_at=st.integers(2, 60))
def test_a_lossy_source_that_restarts_loses_exactly_what_is_counted(
    lost: set[int], restart_at: int
) -> None:
    """Before the restart all that is lost between two received frames is missed, no more."""
    track = Track()
    received = [n for n in range(1, restart_at) if n not in lost]
    verdicts = [track.judge(n, n) for n in received]
    between = sum(1 for n in lost if received and received[0] < n < received[-1])
    assert sum(missed for _, missed in verdicts) == between
    if received:
        assert track.judge(1, 1000)[0] is Verdict.RESTART
