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


class Track:
    """The last frame of one (source, type).

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

    __slots__ = ("sequence", "timestamp")

    def __init__(self) -> None:
        self.sequence = 0
        self.timestamp = -1  # no frame was seen

    def judge(self, sequence: int, timestamp: int) -> tuple[Verdict, int]:
        """The verdict, and how many frames a gap skipped (0 without one)."""
        last, before = self.sequence, self.timestamp
        if timestamp <= before:
            same = timestamp == before and sequence == last
            return (Verdict.REPEAT if same else Verdict.LATE), 0
        self.sequence = sequence
        self.timestamp = timestamp
        if before < 0:
            return Verdict.FIRST, 0
        if sequence <= last:
            return Verdict.RESTART, 0
        missed = sequence - last - 1
        return (Verdict.GAP, missed) if missed else (Verdict.IN_ORDER, 0)
