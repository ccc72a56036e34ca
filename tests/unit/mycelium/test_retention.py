from __future__ import annotations

from typing import ClassVar

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from mycelium.envelope import Envelope
from mycelium.protocol.kinds import FieldSpec, Integer
from mycelium.protocol.message import Message
from mycelium.retention import Retention
from tests.unit.mycelium.helpers import Meta


class State(Message, frozen=True, gc=False):
    RETAIN: ClassVar[int] = 5
    number: int


class Renamed(Message, frozen=True, gc=False):
    KEY: ClassVar[str | None] = "from"
    RETAIN: ClassVar[int] = 5
    FIELDS: ClassVar[tuple[FieldSpec, ...]] = (FieldSpec("from", Integer(64), attribute="from_"),)
    from_: int


def envelope(message: Message, sequence: int = 1) -> Envelope:
    return Envelope(message, 1, sequence, sequence)


@given(writes=st.lists(st.tuples(st.integers(0, 6), st.integers(0, 99)), max_size=60))
def test_the_last_value_of_the_most_recently_written_keys_is_kept(
    writes: list[tuple[int, int]],
) -> None:
    retention = Retention(Meta)
    for key, value in writes:
        retention.keep(envelope(Meta(key, value)))
    last: dict[int, int] = {}
    for key, value in writes:
        last.pop(key, None)
        last[key] = value
    expected = [Meta(key, value) for key, value in list(last.items())[-Meta.RETAIN :]]
    assert [kept.message for kept in retention.values()] == expected


def test_a_value_that_comes_late_does_not_replace_a_newer_one() -> None:
    retention = Retention(Meta)
    retention.keep(Envelope(Meta(1, 5), 1, 5, 50))
    retention.keep(Envelope(Meta(1, 4), 1, 4, 40))
    assert [kept.message for kept in retention.values()] == [Meta(1, 5)]


def test_the_clocks_of_two_sources_are_not_compared() -> None:
    retention = Retention(Meta)
    retention.keep(Envelope(Meta(1, 5), 1, 5, 50))
    retention.keep(Envelope(Meta(1, 4), 2, 4, 40))
    assert [kept.message for kept in retention.values()] == [Meta(1, 4)]


def test_a_message_without_a_key_has_one_value() -> None:
    retention = Retention(State)
    retention.keep(envelope(State(1)))
    retention.keep(envelope(State(2)))
    assert [kept.message for kept in retention.values()] == [State(2)]


def test_a_key_is_found_under_its_python_name() -> None:
    retention = Retention(Renamed)
    for number in (1, 2, 1):
        retention.keep(envelope(Renamed(number)))
    assert [kept.message for kept in retention.values()] == [Renamed(2), Renamed(1)]


def test_a_retained_envelope_differs_by_its_mark_alone() -> None:
    live = Envelope(Meta(1), 4, 5, 6, False, b"frame")
    assert live.as_retained() == msgspec.structs.replace(live, retained=True)


def test_what_somebody_else_kept_is_taken_unless_it_or_a_later_one_is_known() -> None:
    retention = Retention(Meta)
    known = Envelope(Meta(1, 10), 1, 5, 50)
    retention.keep(known)
    assert not retention.renew(Envelope(Meta(1, 10), 1, 5, 50))
    assert not retention.renew(Envelope(Meta(1, 9), 1, 4, 40))
    later = Envelope(Meta(1, 11), 1, 6, 60)
    assert retention.renew(later)
    other = Envelope(Meta(2, 1), 1, 3, 30)
    assert retention.renew(other)
    assert retention.values() == (later, other)
