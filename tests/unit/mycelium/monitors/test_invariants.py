"""What has to come before, and what must not come any more."""

from __future__ import annotations

from mycelium.monitors.findings import Breach
from mycelium.monitors.monitor import FORGOTTEN
from mycelium.promises import Condition, NeverAfter, Precedes, Ref
from tests.unit.mycelium.helpers import BRAIN, FEED, RELAY, Meta, Signal, Tick, manifest, spec
from tests.unit.mycelium.monitors.watched import Watched, breaches, unknowns

META_FIRST = Precedes("meta-first", "", Ref(Meta, "key"), (Ref(Tick, "key"), Ref(Tick, "value")))
NOT_SEEN = "no Meta.key 1 was seen before, and not every Meta was"
ENDED = NeverAfter("ended", "", Ref(Meta, "key"), (Ref(Tick, "key"),))


def test_each_key_that_was_not_preceded_is_one_breach() -> None:
    feed = Watched(META_FIRST, by="feed")
    assert feed.see(Meta(1)) == []
    assert feed.see(Tick(1, 1)) == []
    found = feed.see(Tick(1, 2))
    assert breaches(found) == ["no Meta.key 2 came before"]
    assert isinstance(found[0], Breach)
    assert found[0].missing == (META_FIRST.first,)
    assert [frame.message for frame in found[0].frames] == [Tick(1, 2)]
    assert feed.see(Tick(2, 2)) == [], "the first one alone is judged"


def test_two_keys_of_one_message_are_two_breaches() -> None:
    feed = Watched(META_FIRST, by="feed")
    assert breaches(feed.see(Tick(3, 4))) == [
        "no Meta.key 3 came before",
        "no Meta.key 4 came before",
    ]


def test_what_preceded_before_a_restart_has_preceded() -> None:
    feed = Watched(META_FIRST, by="feed", born=False)
    feed.see(Meta(1))
    feed.see(Tick(1, 1))
    assert feed.see(Tick(1, 1), sequence=1) == []


def test_nothing_is_a_breach_when_frames_may_have_been_missed() -> None:
    late = Watched(META_FIRST, by="feed", born=False)
    assert unknowns(late.see(Tick(1, 1))) == [NOT_SEEN], "watching began later"
    gap = Watched(META_FIRST, by="feed", born=False)
    gap.see(Meta(5))
    assert breaches(gap.see(Tick(2, 2))) == ["no Meta.key 2 came before"]
    gap.see(Meta(6), sequence=3)
    assert unknowns(gap.see(Tick(1, 1))) == [NOT_SEEN], "a frame was lost"


def test_of_messages_of_others_everybodys_count() -> None:
    promise = Precedes("tick-first", "", Ref(Tick, "key"), (Ref(Signal, "key"),))
    other = spec("other", 9, (Tick,))
    brain = Watched(promise, by="brain", manifest=manifest(FEED, BRAIN, RELAY, other))
    brain.see(Tick(1), source=9)
    brain.see(Tick(2), source=1)
    assert brain.see(Signal(1)) == brain.see(Signal(2)) == []
    assert breaches(brain.see(Signal(3))) == ["no Tick.key 3 came before"]


def test_a_planned_publisher_is_not_waited_for() -> None:
    promise = Precedes("tick-first", "", Ref(Tick, "key"), (Ref(Signal, "key"),))
    planned = spec("later", 9, (Tick,), active=False)
    brain = Watched(promise, by="brain", born=False, manifest=manifest(FEED, BRAIN, RELAY, planned))
    brain.see(Tick(1))
    assert breaches(brain.see(Signal(3))) == ["no Tick.key 3 came before"]


def test_a_forgotten_key_is_unknown() -> None:
    feed = Watched(META_FIRST, by="feed", limit=2)
    for key in range(4):
        feed.see(Meta(key))
    assert unknowns(feed.see(Tick(0, 0))) == [FORGOTTEN]
    assert feed.see(Tick(3, 3)) == []


def test_a_key_in_use_is_remembered() -> None:
    feed = Watched(META_FIRST, by="feed", limit=2)
    feed.see(Meta(0))
    for key in range(1, 5):
        feed.see(Meta(key))
        assert feed.see(Tick(0, 0)) == []


def test_after_the_end_of_a_key_nothing_comes() -> None:
    feed = Watched(ENDED, by="feed")
    assert feed.see(Tick(1)) == feed.see(Meta(1)) == feed.see(Tick(2)) == []
    (found,) = feed.see(Tick(1))
    assert found.text == "Tick came after Meta.key 1"
    assert [type(frame.message) for frame in found.frames] == [Meta, Tick]
    assert len(feed.see(Tick(1))) == 1, "each one is a breach"


def test_a_restart_of_the_one_that_ended_a_key_opens_it() -> None:
    feed = Watched(ENDED, by="feed", born=False)
    feed.see(Tick(1))
    feed.see(Meta(1))
    assert feed.see(Tick(1), sequence=1) == []


def test_one_restart_that_several_streams_show_is_one() -> None:
    feed = Watched(ENDED, by="feed", born=False)
    for _ in range(3):
        feed.see(Tick(8))
        feed.see(Meta(7))
    feed.see(Meta(1), sequence=1)
    assert len(breaches(feed.see(Tick(1), sequence=1))) == 1, "it does not forget Meta(1) again"


def test_a_restart_of_another_source_opens_nothing() -> None:
    promise = NeverAfter("ended", "", Ref(Meta, "key"), (Ref(Signal, "key"),))
    brain = Watched(promise, by="brain", born=False)
    brain.see(Signal(5))
    brain.see(Meta(1))
    assert len(breaches(brain.see(Signal(1), sequence=1))) == 1


def test_only_messages_count_for_which_the_conditions_hold() -> None:
    ended = Ref(Tick, "key", (Condition("value", (7, 8)),))
    feed = Watched(NeverAfter("ended", "", ended, (Ref(Tick, "key"),)), by="feed")
    assert feed.see(Tick(1, 1)) == feed.see(Tick(1, 6)) == feed.see(Tick(1, 7)) == []
    assert breaches(feed.see(Tick(1, 1))) == ["Tick came after Tick.key 1"]


def test_a_forgotten_end_is_unknown() -> None:
    feed = Watched(ENDED, by="feed", limit=1)
    feed.see(Meta(1))
    feed.see(Meta(2))
    assert unknowns(feed.see(Tick(1))) == [FORGOTTEN]
    assert feed.see(Tick(3)) == []
