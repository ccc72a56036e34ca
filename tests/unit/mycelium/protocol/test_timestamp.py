"""Timestamps are integers of nanoseconds; datetimes are for people."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mycelium.protocol.timestamp import datetime_of, timestamp_of


@given(st.datetimes(min_value=datetime(1970, 1, 1), timezones=st.just(UTC)))
def test_a_datetime_comes_back(moment: datetime) -> None:
    assert datetime_of(timestamp_of(moment)) == moment


def test_it_counts_nanoseconds_from_1970_in_any_zone() -> None:
    zone = timezone(timedelta(hours=2))
    assert timestamp_of(datetime(1970, 1, 1, 2, 0, 1, tzinfo=zone)) == 1_000_000_000


def test_naive_and_early_moments_are_refused() -> None:
    with pytest.raises(ValueError, match="with a time zone"):
        timestamp_of(datetime(2024, 1, 1))
    with pytest.raises(ValueError, match="from 1970 on"):
        timestamp_of(datetime(1969, 12, 31, tzinfo=UTC))
