from __future__ import annotations

import pytest

from mycelium.counters import Counters
from mycelium.deadletters import DeadLetter, MemoryDeadLetters
from mycelium.refusals import REFUSED, Refusals


class Watch:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = 0.0

    def timestamp(self) -> int:
        return 5

    def monotonic(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds


def test_a_pair_is_said_once_a_minute_and_keeps_a_hundred_letters_of_it(
    caplog: pytest.LogCaptureFixture,
) -> None:
    counters, letters, clock = Counters(), MemoryDeadLetters(), Watch()
    refusals = Refusals(counters, letters, clock)
    for _ in range(150):
        refusals.refuse("feed", "Tick", b"\x01", "why")
    clock.now = 60.0
    refusals.refuse("feed", "Tick", b"\x02", "why")
    assert caplog.messages == ["why: refused", "why: refused (151 frames since it was last said)"]
    assert counters.snapshot().of("feed", "Tick").refused == 151
    assert len(letters.letters) == 101
    assert letters.letters[-1] == DeadLetter(REFUSED, "why", 5, "Tick", "02")


def test_pairs_that_somebody_makes_up_cost_bounded_memory(
    caplog: pytest.LogCaptureFixture,
) -> None:
    counters = Counters()
    refusals = Refusals(counters, MemoryDeadLetters(), Watch())
    for source in range(3000):
        refusals.refuse(f"source {source}", "Tick", b"", "why")
    rows = counters.snapshot().rows
    assert len(rows) == 1001
    assert rows["others", "others"].refused == 2000


def test_a_full_disk_stops_nothing(caplog: pytest.LogCaptureFixture) -> None:
    class Full:
        def add(self, letter: DeadLetter) -> None:
            raise OSError("no space left")

    Refusals(Counters(), Full(), Watch()).refuse("feed", "Tick", b"", "why")
    assert caplog.messages[1].startswith("dead letter not kept (no space left): DeadLetter(")
