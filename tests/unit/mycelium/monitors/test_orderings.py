"""In sequence, and at most once: per key, per source, since the source's last start."""

from __future__ import annotations

from mycelium.monitors.findings import Breach
from mycelium.monitors.monitor import FORGOTTEN
from mycelium.promises import AtMostOncePer, SequentialPer
from tests.unit.mycelium.helpers import Tick
from tests.unit.mycelium.monitors.watched import Watched, breaches, unknowns

BY_VALUE = SequentialPer(Tick, "key", by="value")
ONCE = AtMostOncePer(Tick, "key")


def test_a_lower_value_of_one_key_is_a_breach_with_both_frames() -> None:
    feed = Watched(BY_VALUE, by="feed")
    assert feed.see(Tick(1, 5)) == feed.see(Tick(2, 3)) == feed.see(Tick(1, 5)) == []
    (found,) = feed.see(Tick(1, 4))
    assert isinstance(found, Breach)
    assert found.text == "key 1: value 4 came after 5"
    assert [frame.message for frame in found.frames] == [Tick(1, 5), Tick(1, 4)]
    assert (found.service, found.promise.id) == ("feed", "Tick-sequential-per-key")
    assert found.refusable


def test_what_came_too_late_does_not_lower_the_bar() -> None:
    feed = Watched(BY_VALUE, by="feed")
    feed.see(Tick(1, 5))
    feed.see(Tick(1, 1))
    assert breaches(feed.see(Tick(1, 4))) == ["key 1: value 4 came after 5"]


def test_without_a_field_the_sequence_is_the_order() -> None:
    feed = Watched(SequentialPer(Tick, "key"), by="feed")
    assert feed.see(Tick(1), sequence=1) == feed.see(Tick(1), sequence=3) == []
    assert breaches(feed.see(Tick(1), sequence=2)) == ["key 1: sequence 2 came after 3"]


def test_a_second_one_of_a_key_is_a_breach() -> None:
    feed = Watched(ONCE, by="feed")
    assert feed.see(Tick(1)) == feed.see(Tick(2)) == []
    assert breaches(feed.see(Tick(1))) == ["key 1 came twice"]


def test_frames_of_a_service_that_did_not_promise_are_let_be() -> None:
    feed = Watched(ONCE, by="feed")
    feed.see(Tick(1))
    assert feed.see(Tick(1), source=9) == []


def test_a_restarted_source_begins_anew() -> None:
    for promise in (BY_VALUE, ONCE):
        feed = Watched(promise, by="feed", born=False)
        assert feed.see(Tick(1, 5)) == feed.see(Tick(2, 5)) == []
        assert feed.see(Tick(1, 4), sequence=1) == [], promise
        assert len(breaches(feed.see(Tick(1, 3), sequence=2))) == 1, promise


def test_a_forgotten_key_is_unknown_and_a_new_one_is_not() -> None:
    for promise in (BY_VALUE, ONCE):
        feed = Watched(promise, by="feed", limit=2)
        for key in range(4):
            assert feed.see(Tick(key, 5)) == [], promise
        assert unknowns(feed.see(Tick(0, 1))) == [FORGOTTEN], promise
        assert feed.see(Tick(9, 1)) == [], promise


def test_one_frame_that_comes_twice_is_not_two() -> None:
    feed = Watched(ONCE, by="feed", born=False)
    feed.see(Tick(1), at=10, sequence=1)
    feed.see(Tick(2), at=20, sequence=2)
    assert feed.see(Tick(1), at=10, sequence=1) == []
    assert len(breaches(feed.see(Tick(1), at=15, sequence=3))) == 1
