from __future__ import annotations

from enum import IntEnum
from typing import Any, ClassVar

import pytest

from mycelium.protocol import Message, Structure, kinds
from mycelium.protocol.kinds import FieldSpec
from mycelium.transports.shared.schemas import fingerprints, misread, schemas
from tests.unit.mycelium.helpers import Tick
from torq_contracts.registry import REGISTRY


class Colour(IntEnum):
    RED = 1


class More(IntEnum):
    RED = 1
    BLUE = 2


class Leg(Structure, frozen=True):
    FIELDS: ClassVar[tuple[FieldSpec, ...]] = (FieldSpec("size", kinds.U8),)


class Longer(Structure, frozen=True):
    FIELDS: ClassVar[tuple[FieldSpec, ...]] = (FieldSpec("size", kinds.U16),)


Longer.__name__ = "Leg"
More.__name__ = "Colour"


def message(*fields: FieldSpec, version: int = 1) -> type[Message]:
    parts: dict[str, Any] = {"FIELDS": fields, "VERSION": version, "TYPE_ID": 9, "DOMAIN": 1}
    made: Any = type(Message)
    found: type[Message] = made("Quote", (Message,), parts)
    return found


BASE = (FieldSpec("bid", kinds.U64), FieldSpec("ask", kinds.I64))


def agree(one: type[Message], other: type[Message]) -> bool:
    return not misread({9: one}, schemas([other])) and not misread({9: other}, schemas([one]))


@pytest.mark.parametrize(
    "fields",
    [
        (FieldSpec("ask", kinds.I64), FieldSpec("bid", kinds.U64)),
        (FieldSpec("bid", kinds.U64), FieldSpec("offer", kinds.I64)),
        (FieldSpec("bid", kinds.U64), FieldSpec("ask", kinds.U64)),
        (FieldSpec("bid", kinds.Optional(kinds.U64)), FieldSpec("ask", kinds.I64)),
        (*BASE, FieldSpec("size", kinds.U8)),
        BASE[:1],
    ],
    ids=["order", "name", "type", "optional", "one more", "one less"],
)
def test_messages_of_one_version_whose_fields_differ_misread_each_other(
    fields: tuple[FieldSpec, ...],
) -> None:
    assert not agree(message(*BASE), message(*fields))


def test_an_appended_field_of_a_later_version_is_read() -> None:
    later = message(*BASE, FieldSpec("size", kinds.U8, since=2), version=2)
    assert agree(message(*BASE), later)
    assert len(fingerprints(later)) == 2
    other = message(*BASE, FieldSpec("size", kinds.U16, since=2), version=2)
    assert not agree(later, other)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (kinds.Struct(Leg), kinds.Struct(Longer), False),
        (kinds.Sequence(kinds.U8), kinds.Sequence(kinds.U8, 4), False),
        (kinds.Sequence(kinds.U8), kinds.Sequence(kinds.U16), False),
        (kinds.Bytes(4), kinds.Bytes(), False),
        (
            kinds.Enumeration(Colour, 8, closed=True),
            kinds.Enumeration(More, 8, closed=True),
            False,
        ),
        (
            kinds.Enumeration(Colour, 8, closed=False),
            kinds.Enumeration(More, 8, closed=False),
            True,
        ),
        (
            kinds.Enumeration(Colour, 8, closed=False),
            kinds.Enumeration(Colour, 16, closed=False),
            False,
        ),
    ],
)
def test_types_are_compared_in_depth(one: kinds.Kind, other: kinds.Kind, same: bool) -> None:
    assert agree(message(FieldSpec("x", one)), message(FieldSpec("x", other))) is same


def test_what_is_not_known_here_is_named_by_its_type() -> None:
    assert misread({}, schemas([Tick])) == ["type 16"]
    assert misread({16: Tick}, {16: ()}) == ["Tick"]


def test_every_message_of_the_reference_system_has_a_fingerprint_of_its_own() -> None:
    found = [fingerprints(message) for message in REGISTRY.messages.values()]
    assert len(set(found)) == len(found)
    assert all(len(text) == 16 for texts in found for text in texts)
