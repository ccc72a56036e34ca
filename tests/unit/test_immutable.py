"""Immutable classes compare, hash and show their instances as frozen dataclasses do."""

from __future__ import annotations

import pickle
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from torq_gen.immutable import immutable


@immutable
class Place:
    """A place, of which the remark does not count."""

    file: str
    line: int = 1
    remark: str = field(default="", compare=False)
    seen: tuple[int, ...] = field(default=(), hash=False, repr=False)


@dataclass(frozen=True, slots=True)
class Frozen:
    """The same by the standard library."""

    file: str
    line: int = 1
    remark: str = field(default="", compare=False)
    seen: tuple[int, ...] = field(default=(), hash=False, repr=False)


@immutable
class One:
    """A single field."""

    of: tuple[int, ...]


@immutable
class Nothing:
    """No field."""


@immutable
class Nocase:
    """Compared by itself."""

    name: str

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Nocase) and self.name.lower() == other.name.lower()

    def __hash__(self) -> int:
        return hash(self.name.lower())


GIVEN: list[tuple[Any, ...]] = [
    ("a",),
    ("a", 1, "a remark"),
    ("a", 2),
    ("b",),
    ("a", 1, "", (1,)),
    ("a", 1, "another remark", (1,)),
]


@pytest.mark.parametrize("one", GIVEN)
@pytest.mark.parametrize("other", GIVEN)
def test_equal_are_those_that_are_equal_as_frozen_dataclasses(
    one: tuple[Any, ...], other: tuple[Any, ...]
) -> None:
    assert (Place(*one) == Place(*other)) is (Frozen(*one) == Frozen(*other))
    if Place(*one) == Place(*other):
        assert hash(Place(*one)) == hash(Place(*other))
    assert repr(Place(*one)) == repr(Frozen(*one)).replace("Frozen", "Place")


def test_what_does_not_count_for_the_hash_does_not() -> None:
    assert hash(Place("a", seen=(1,))) == hash(Place("a"))


def test_classes_of_one_field_and_of_none() -> None:
    assert One((1,)) == One((1,)) != One((2,))
    assert len({One((1,)), One((1,)), One((2,)), Nothing(), Nothing()}) == 3
    assert repr([One((1,)), Nothing()]) == "[One(of=(1,)), Nothing()]"


def test_another_class_with_the_same_values_is_not_equal() -> None:
    values: list[object] = [Place("a"), Frozen("a"), One(()), Nothing()]
    assert [values.index(value) for value in values] == [0, 1, 2, 3]


def test_what_a_class_defines_itself_stays() -> None:
    assert Nocase("A") == Nocase("a")
    assert hash(Nocase("A")) == hash(Nocase("a"))
    assert repr(Nocase("A")) == "Nocase(name='A')"


def test_instances_have_no_other_attributes_and_are_replaced_and_pickled() -> None:
    with pytest.raises(AttributeError):
        Place("a").other = 1  # type: ignore[attr-defined]
    changed = replace(Place("a"), line=3)
    assert pickle.loads(pickle.dumps(changed)) == changed == Place("a", 3)
