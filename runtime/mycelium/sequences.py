"""How a receiver judges a frame by the last one of the same source and message type."""

from __future__ import annotations

from enum import Enum


class Verdict(Enum):
    """What the sequence and timestamp of a frame say."""

    FIRST = "first"
    IN_ORDER = "in order"
    GAP = "gap"
    REPEAT = "repeat"
    RESTART = "restart"
    LATE = "late"


class Sequences:
    """Remembers the last frame of each (source, type).

    ========================  ===================  ===========
    sequence, to the last     timestamp            verdict
    ========================  ===================  ===========
    next                      later                in order
    higher than the next      later                gap
    equal                     equal                repeat
    equal or lower            later                restart
    anything else             not later            late
    ========================  ===================  ===========

    A late frame is not remembered: the ones after it are judged by the latest. A high sequence
    with an earlier timestamp is late, too: timestamps of a source only grow, so it was sent before
    the source restarted.
    """

    __slots__ = ("_last",)

    def __init__(self) -> None:
        self._last: dict[tuple[int, int], tuple[int, int]] = {}

    def judge(
        self, source: int, type_id: int, sequence: int, timestamp: int
    ) -> tuple[Verdict, int]:
        """The verdict, and how many frames a gap skipped (0 without one)."""
        key, seen = (source, type_id), (sequence, timestamp)
        last = self._last.get(key)
        if last is None:
            self._last[key] = seen
            return Verdict.FIRST, 0
        if seen == last:
            return Verdict.REPEAT, 0
        if timestamp <= last[1]:
            return Verdict.LATE, 0
        self._last[key] = seen
        if sequence <= last[0]:
            return Verdict.RESTART, 0
        missed = sequence - last[0] - 1
        return (Verdict.GAP, missed) if missed else (Verdict.IN_ORDER, 0)
