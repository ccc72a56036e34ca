"""Collections that are taken for one stay one, in whatever order they become so."""

from __future__ import annotations

from collections.abc import Hashable

import pytest

from torq_gen.diagnostics import Span
from torq_gen.lint.facts.activations import Activation
from torq_gen.lint.facts.families import Families
from torq_gen.lint.facts.heap import (
    ANY_ATTRIBUTE,
    ELEMENT,
    KEY,
    MOST_COLLECTIONS,
    OF_ALL_OBJECTS,
    UNUSUAL,
    Heap,
)
from torq_gen.lint.facts.text import Text
from torq_gen.lint.facts.unions import join
from torq_gen.lint.facts.values import DATA, NOTHING, Container, Union


def lists(count: int, first_line: int) -> list[Container]:
    """Lists that are made on lines of their own."""
    return [
        Container("list", Span("a.py", n, 1, n, 3)) for n in range(first_line, count + first_line)
    ]


def test_collections_that_become_one_while_others_do_have_one_place() -> None:
    heap = Heap()
    heap.reader = Activation(None, lambda: NOTHING)
    first, second, third, *others = outer = lists(MOST_COLLECTIONS + 1, 1)
    last, *inner = outer[-1], *lists(MOST_COLLECTIONS - 2, 100)
    # As soon as the first three are one, the last is united with the first for what they hold.
    heap.write(second, ELEMENT, join([last, first, *inner]))
    heap.write(third, ELEMENT, join(lists(1, 200)))
    heap.write(others[0], ELEMENT, Text(("told",)))
    heap.write(("scope", 1), "all", join(outer))
    for one in outer:
        assert heap.read(one, ELEMENT) == heap.read(last, ELEMENT)
    held = heap.read(first, ELEMENT)
    assert isinstance(held, Union)
    assert Text(("told",)) in held.members


def test_dictionaries_that_are_one_have_keys_that_nobody_knows() -> None:
    heap = Heap(Families(lambda cls: cls, lambda cls: None, lambda path: path))
    heap.reader = Activation(None, lambda: NOTHING)
    first, *others = (
        Container("dict", Span("a.py", line, 1, line, 3)) for line in range(MOST_COLLECTIONS + 1)
    )
    heap.write(("scope", 1), "all", join([first, *others]))
    assert heap.read(first, KEY) is None
    heap.write(others[0], "stold", Text(("told",)))
    for one in (first, *others):
        assert (heap.read(one, KEY), heap.read(one, ELEMENT)) == (DATA, Text(("told",)))


@pytest.mark.parametrize(
    ("owner", "name"), [((OF_ALL_OBJECTS, "unknown"), "x"), (("made", 1), ANY_ATTRIBUTE)]
)
def test_who_asked_for_the_unusual_is_told_when_it_comes(owner: Hashable, name: str) -> None:
    heap = Heap()
    asking = heap.reader = Activation(None, lambda: NOTHING)
    assert heap.read(UNUSUAL, "any") is None
    heap.write(("made", 1), "x", Text(("told",)))
    assert heap.stale == set()
    heap.write(owner, name, Text(("told",)))
    assert heap.stale == {asking}
    assert heap.read(UNUSUAL, "any") is not None
