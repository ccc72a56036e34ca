"""What has to follow within a time, and what has to follow once."""

from __future__ import annotations

from mycelium.monitors.findings import Breach
from mycelium.monitors.monitor import FORGOTTEN
from mycelium.promises import OneOfEach, Ref, Within
from tests.unit.mycelium.helpers import BRAIN, FEED, RELAY, Echo, Meta, Signal, Tick, manifest, spec
from tests.unit.mycelium.monitors.watched import MS, START, Watched, breaches, unknowns

QUICK = Within("quick", "", Ref(Tick, "key"), (Ref(Signal, "key"),), 500 * MS)
BOTH = spec("brain", 2, (Signal, Echo), (Tick,))
ONE = OneOfEach("one", "", Ref(Tick, "key"), (Ref(Signal, "key"), Ref(Echo, "key")))
ONE_SOON = OneOfEach("one", "", Ref(Tick, "key"), (Ref(Signal, "key"),), 500 * MS)


def brain(promise: OneOfEach, *, limit: int = 100) -> Watched:
    return Watched(promise, by="brain", limit=limit, manifest=manifest(FEED, BOTH))


def test_what_follows_in_time_keeps_it() -> None:
    watched = Watched(QUICK, by="brain")
    assert watched.see(Tick(1), at=0) == watched.see(Signal(1), at=500 * MS) == []
    assert watched.see(Tick(2), at=5000 * MS) == []


def test_a_late_answer_is_a_breach_with_both_frames_that_nobody_refuses() -> None:
    watched = Watched(QUICK, by="brain")
    watched.see(Tick(1), at=0)
    (found,) = watched.see(Signal(1), at=501 * MS)
    assert isinstance(found, Breach)
    assert found.text == "Tick.key 1 was answered after 501 ms, not within 500 ms"
    assert [frame.message for frame in found.frames] == [Tick(1), Signal(1)]
    assert not found.refusable


def test_an_answer_that_does_not_come_is_a_breach_once_its_time_is_over() -> None:
    watched = Watched(QUICK, by="brain")
    watched.see(Tick(1), at=0)
    watched.see(Tick(2), at=400 * MS)
    assert watched.monitor.due == START + 500 * MS
    found = watched.see(Tick(3), at=501 * MS)
    assert breaches(found) == ["Tick.key 1: no Signal came within 500 ms"]
    assert isinstance(found[0], Breach)
    assert found[0].missing == QUICK.then
    assert watched.monitor.due == START + 900 * MS


def test_the_end_leaves_open_what_still_has_time() -> None:
    watched = Watched(QUICK, by="brain")
    watched.see(Tick(1), at=0)
    text = "nothing was seen any more before its time was over"
    assert unknowns([*watched.monitor.finish()]) == [text]
    assert watched.monitor.finish() == ()


def test_an_answer_that_may_have_been_lost_is_unknown() -> None:
    watched = Watched(QUICK, by="brain", born=False)
    watched.see(Tick(1), at=0)
    text = "Tick.key 1: not every Signal was seen"
    assert unknowns(watched.see(Tick(2), at=600 * MS)) == [text], "no Signal was ever seen"
    watched.see(Signal(2), at=601 * MS)
    watched.see(Tick(3), at=602 * MS)
    watched.see(Signal(9), at=603 * MS, sequence=5)
    found = watched.see(Tick(4), at=1200 * MS)
    assert unknowns(found) == ["Tick.key 3: not every Signal was seen"], "the gap may hide it"
    assert breaches(watched.see(Tick(5), at=1800 * MS)) == [
        "Tick.key 4: no Signal came within 500 ms"
    ]


def test_what_is_forgotten_while_it_waits_is_unknown() -> None:
    watched = Watched(QUICK, by="brain", limit=1)
    watched.see(Tick(1), at=0)
    assert unknowns(watched.see(Tick(2), at=1)) == [FORGOTTEN]
    assert watched.see(Signal(1), at=600 * MS) != [], "Tick 2 waited too long, not Tick 1"


def test_an_answer_counts_after_a_restart_of_the_asking_source() -> None:
    watched = Watched(QUICK, by="brain", born=False)
    watched.see(Signal(9), at=0)
    watched.see(Tick(8), at=1)
    watched.see(Tick(1), at=2)
    watched.see(Tick(7), at=3, sequence=1)
    assert watched.see(Signal(1), at=4) == []
    assert {f.key for f in watched.see(Tick(6), at=900 * MS)} == {8, 7}


def test_a_second_answer_is_a_breach_whichever_it_is() -> None:
    watched = brain(ONE)
    assert watched.see(Tick(1)) == watched.see(Signal(1)) == []
    (found,) = watched.see(Echo(1), source=2)
    assert isinstance(found, Breach)
    assert found.text == "Tick.key 1 was answered twice"
    assert [type(frame.message) for frame in found.frames] == [Signal, Echo]
    assert found.refusable


def test_answers_that_nobody_asked_for_are_let_be() -> None:
    watched = brain(ONE)
    assert watched.see(Signal(1)) == watched.see(Signal(1)) == watched.see(Tick(1)) == []
    assert watched.see(Signal(1)) == []


def test_without_a_time_no_answer_is_no_breach() -> None:
    watched = brain(ONE)
    watched.see(Tick(1), at=0)
    assert watched.see(Tick(2), at=10**15) == []
    assert watched.monitor.finish() == ()


def test_one_answer_has_its_time() -> None:
    watched = brain(ONE_SOON)
    watched.see(Tick(1), at=0)
    watched.see(Tick(2), at=1)
    assert watched.see(Signal(2), at=2) == []
    found = watched.see(Tick(3), at=501 * MS)
    assert breaches(found) == ["Tick.key 1: no Signal came within 500 ms"]
    assert watched.see(Tick(2), at=502 * MS) == [], "asked again: it has its answer"
    assert breaches(watched.see(Signal(2), at=503 * MS)) == ["Tick.key 2 was answered twice"]


def test_a_forgotten_question_is_unknown() -> None:
    watched = brain(ONE, limit=1)
    watched.see(Tick(1))
    watched.see(Tick(2))
    assert unknowns(watched.see(Signal(1))) == [FORGOTTEN]


def test_messages_that_are_neither_are_let_be() -> None:
    watched = Watched(QUICK, by="brain", manifest=manifest(FEED, BRAIN, RELAY))
    assert watched.see(Meta(1)) == []
