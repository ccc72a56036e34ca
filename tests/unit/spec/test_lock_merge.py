"""Two sides of a merged lock: what either remembers is kept, what contradicts is named."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from torq_gen.model import Lock, ReleasedMessage, ReleasedVersion
from torq_gen.spec.lock_merge import Sides, merge, sides

TICK = ReleasedVersion("price u64", "aa")
GROWN = ReleasedVersion("price u64, size u32", "bb")
OTHER = ReleasedVersion("price u64, lot u8", "cc")


def test_marks_stand_for_two_texts() -> None:
    text = "a\n<<<<<<< HEAD\nb\n=======\nc\n>>>>>>> feature/x\nd\n"
    assert sides(text) == Sides("a\nb\nd\n", "a\nc\nd\n", "HEAD", "feature/x")


def test_the_common_ancestor_of_diff3_belongs_to_neither_side() -> None:
    text = "<<<<<<< ours\nb\n||||||| 1234567\na\n=======\nc\n>>>>>>> theirs\n"
    assert sides(text) == Sides("b\n", "c\n", "ours", "theirs")


@pytest.mark.parametrize(
    "text",
    [
        "a\n",
        "<<<<<<< HEAD\na\n",
        "=======\na\n>>>>>>> b\n",
        "<<<<<<< a\n<<<<<<< a\n=======\n>>>>>>> b\n",
    ],
)
def test_marks_that_do_not_belong_together_are_no_merge(text: str) -> None:
    assert sides(text) is None


def test_what_either_side_added_is_kept() -> None:
    ours = Lock({"feed": 1, "desk": 2}, {}, {"Tick": ReleasedMessage(1, {1: TICK, 2: GROWN})})
    theirs = Lock({"feed": 1, "audit": 3}, {"old": 9}, {"Tick": ReleasedMessage(1, {1: TICK}, 4)})
    merged = merge(ours, theirs)
    assert merged.conflicts == merged.notes == ()
    assert merged.lock == Lock(
        {"feed": 1, "desk": 2, "audit": 3},
        {"old": 9},
        {"Tick": ReleasedMessage(1, {1: TICK, 2: GROWN}, 4)},
    )


def test_a_service_that_one_side_retired_and_the_other_runs_lives() -> None:
    merged = merge(Lock({"feed": 1}), Lock({}, {"feed": 1}))
    assert merged.lock == Lock({"feed": 1})


def test_one_id_of_two_services_is_named_and_decided_by_a_preference() -> None:
    ours, theirs = Lock({"feed": 1, "desk": 2}), Lock({"feed": 1, "audit": 2, "probe": 3})
    merged = merge(ours, theirs, ("HEAD", "topic"))
    assert merged.conflicts == ("the id 2 is desk's in HEAD and audit's in topic",)
    chosen = merge(ours, theirs, ("HEAD", "topic"), "ours")
    assert chosen.conflicts == ()
    assert chosen.notes == ("desk keeps the id 2, audit gets 4",)
    assert chosen.lock.services == {"feed": 1, "desk": 2, "probe": 3, "audit": 4}
    other = merge(ours, theirs, ("HEAD", "topic"), "theirs")
    assert other.lock.services == {"feed": 1, "audit": 2, "probe": 3, "desk": 4}


def test_one_version_released_in_two_ways_is_named_with_both_layouts() -> None:
    ours = Lock(messages={"Tick": ReleasedMessage(1, {1: TICK, 2: GROWN})})
    theirs = Lock(messages={"Tick": ReleasedMessage(1, {1: TICK, 2: OTHER})})
    merged = merge(ours, theirs, ("HEAD", "topic"))
    assert merged.conflicts == (
        "version 2 of Tick was released as 'price u64, size u32' in HEAD and as "
        "'price u64, lot u8' in topic",
    )
    chosen = merge(ours, theirs, ("HEAD", "topic"), "theirs").lock.messages["Tick"]
    assert chosen.versions[2] == OTHER


def test_one_type_id_of_two_messages_is_named() -> None:
    ours = Lock(messages={"Tick": ReleasedMessage(1, {1: TICK})})
    theirs = Lock(messages={"Trade": ReleasedMessage(1, {1: OTHER})})
    merged = merge(ours, theirs)
    assert merged.conflicts == (
        "the type id 1 was released as Tick's in ours and as Trade's in theirs",
    )
    assert list(merge(ours, theirs, prefer="theirs").lock.messages) == ["Trade"]


def test_ids_and_domains_that_differ_are_named() -> None:
    ours = Lock({"feed": 1}, {}, {"Tick": ReleasedMessage(1, {1: TICK}, 1)})
    theirs = Lock({"feed": 2}, {}, {"Tick": ReleasedMessage(2, {1: TICK}, 3)})
    assert merge(ours, theirs).conflicts == (
        "feed has the id 1 in ours and 2 in theirs",
        "Tick was released with the type id 1 in ours and 2 in theirs",
        "Tick was released with the domain id 1 in ours and 3 in theirs",
    )


IDS = st.dictionaries(st.sampled_from("abcdef"), st.integers(1, 8), max_size=5)


@given(IDS, IDS, st.sampled_from(["ours", "theirs"]))
def test_whatever_is_merged_no_id_is_given_twice_and_no_service_lost(
    ours: dict[str, int], theirs: dict[str, int], prefer: str
) -> None:
    sane = [{n: i for i, n in {i: n for n, i in side.items()}.items()} for side in (ours, theirs)]
    merged = merge(Lock(sane[0]), Lock(sane[1]), prefer=prefer)
    found = merged.lock.services
    assert set(found) == set(sane[0]) | set(sane[1])
    assert len(set(found.values())) == len(found)
    winner = sane[0] if prefer == "ours" else sane[1]
    assert found.items() >= winner.items()
