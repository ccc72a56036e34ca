"""Monitors with little memory say less than those with much, and nothing that these do not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mycelium.monitors.memory import Memory
from mycelium.promises import AtMostOncePer, NeverAfter, Precedes, Promise, Ref, SequentialPer
from tests.unit.mycelium.helpers import Meta, Pair, Tick
from tests.unit.mycelium.monitors.watched import Watched, kinds

PROMISES: tuple[Promise, ...] = (
    SequentialPer(Tick, "key", by="value"),
    AtMostOncePer(Tick, "key"),
    Precedes("first", "", Ref(Meta, "key"), (Ref(Tick, "key"),)),
    NeverAfter("never", "", Ref(Meta, "key"), (Ref(Tick, "key"),)),
)
FRAMES = st.lists(
    st.builds(
        lambda kind, key, value: kind(key, value),
        st.sampled_from((Tick, Meta)),
        st.integers(0, 5),
        st.integers(0, 3),
    ),
    max_size=40,
)


@pytest.mark.parametrize("promise", PROMISES, ids=lambda p: type(p).__name__)
@given(frames=FRAMES, limit=st.integers(1, 4))
def test_what_is_forgotten_never_makes_a_breach(
    promise: Promise, frames: list[Pair], limit: int
) -> None:
    little, much = (Watched(promise, by="feed", limit=n) for n in (limit, 1000))
    for frame in frames:
        said, true = kinds(little.see(frame)), kinds(much.see(frame))
        assert "Unknown" not in true
        if "Breach" in said:
            assert "Breach" in true, frame
        if not isinstance(promise, SequentialPer):  # an unknown one starts from what it is then
            assert bool(said) or not true, frame


def test_the_key_that_was_put_longest_ago_is_forgotten() -> None:
    memory: Memory[int] = Memory(2)
    memory.put("a", 1)
    memory.put("b", 2)
    memory.put("a", 1)
    memory.put("c", 3)
    assert (memory.get("a"), memory.get("b"), memory.get("c")) == (1, None, 3)
    assert memory.forgotten("b")
    assert not memory.forgotten("a")
    assert not memory.forgotten("never put")
    assert len(memory) == 2


def test_a_key_that_comes_back_is_remembered() -> None:
    memory: Memory[int] = Memory(1)
    memory.put(b"a", 1)
    memory.put(b"b", 2)
    memory.put(b"a", 3)
    assert memory.get(b"a") == 3
    assert not memory.forgotten(b"a")


def test_few_new_keys_count_as_forgotten_after_many() -> None:
    memory: Memory[int] = Memory(10)
    for key in range(20_010):
        memory.put(key, key)
    assert all(memory.forgotten(key) for key in range(20_000))
    assert sum(memory.forgotten(key) for key in range(30_000, 40_000)) < 20


def test_a_memory_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="expected a limit of at least 1 key, found 0"):
        Memory(0)
