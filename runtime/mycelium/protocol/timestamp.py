"""Timestamps: nanoseconds since the Unix epoch."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final, NewType

Timestamp = NewType("Timestamp", int)

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def timestamp_of(moment: datetime) -> Timestamp:
    """The timestamp of an aware datetime, exact to its microsecond.

    Raises:
        ValueError: the datetime is naive, or before 1970
    """
    if moment.tzinfo is None:
        raise ValueError(f"expected a datetime with a time zone, found {moment!r}")
    micros = (moment - _EPOCH) // timedelta(microseconds=1)
    if micros < 0:
        raise ValueError(f"expected a moment from 1970 on, found {moment!r}")
    return Timestamp(micros * 1000)


def datetime_of(timestamp: int) -> datetime:
    """The UTC datetime of a timestamp, nanoseconds cut to microseconds.

    Raises:
        OverflowError: after the year 9999
    """
    return _EPOCH + timedelta(microseconds=timestamp // 1000)
