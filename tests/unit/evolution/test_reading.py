"""The layout rules of single types: who reads whose bytes rightly."""

from __future__ import annotations

import pytest

from torq_gen.evolution.reading import moved, reads, renamed
from torq_gen.model import (
    AliasType,
    ArrayType,
    BoolType,
    BytesType,
    EnumType,
    FieldType,
    FixedType,
    FloatType,
    InstrumentIdType,
    IntType,
    ListType,
    OptionalType,
    StringType,
    StructField,
    StructType,
    TimestampType,
)

U8, I8, U64, I64 = (
    IntType(b, signed=s) for b, s in ((8, False), (8, True), (64, False), (64, True))
)
OPEN = EnumType("Side", U8, (("BUY", 1), ("SELL", 2)))
CLOSED = EnumType("Side", U8, (("BUY", 1), ("SELL", 2)), closed=True)
MORE = EnumType("Side", U8, (("BUY", 1), ("SELL", 2), ("HOLD", 3)), closed=True)
OTHER = EnumType("Side", U8, (("BUY", 2), ("SELL", 1)))
RENAMED = EnumType("Side", U8, (("BID", 1), ("ASK", 2)))
LEVEL = StructType("Level", (StructField("a", U8), StructField("b", U8)))
SWAPPED = StructType("Level", (StructField("b", U8), StructField("a", U8)))
CALLED = StructType("Level", (StructField("a", U8), StructField("c", U8)))

BOTH = [
    (U64, U64),
    (U64, TimestampType()),
    (U64, FixedType(0, U64)),
    (U64, AliasType("Count", U64)),
    (U8, OPEN),
    (OPEN, RENAMED),
    (LEVEL, CALLED),
    (ListType(U64), ListType(TimestampType())),
    (ArrayType(U8, 2), ArrayType(OPEN, 2)),
    (OptionalType(U64), OptionalType(TimestampType())),
]
ONE_WAY = [  # the second reads the first, not the other way round
    (BoolType(), U8),
    (BoolType(), I8),
    (CLOSED, OPEN),
    (CLOSED, U8),
    (CLOSED, I8),
    (CLOSED, MORE),
    (OptionalType(BoolType()), OptionalType(U8)),
    (StructType("L", (StructField("a", BoolType()),)), StructType("L", (StructField("a", U8),))),
]
NEITHER = [
    (U64, I64),
    (U8, U64),
    (U64, FixedType(2, U64)),
    (FixedType(2, I64), FixedType(3, I64)),
    (OPEN, OTHER),
    (LEVEL, SWAPPED),
    (U8, BytesType(1)),
    (BytesType(24), InstrumentIdType()),
    (BytesType(None), StringType()),
    (BytesType(8), BytesType(9)),
    (FloatType(64), U64),
    (FloatType(32), FloatType(64)),
    (ListType(U8), BytesType(None)),
    (ListType(U8), ArrayType(U8, 4)),
    (ArrayType(U8, 2), ArrayType(U8, 3)),
    (OptionalType(U8), U8),
    (LEVEL, StructType("Level", (StructField("a", U8),))),
]


@pytest.mark.parametrize(("one", "other"), BOTH, ids=str)
def test_each_reads_the_other(one: FieldType, other: FieldType) -> None:
    assert (reads(one, other), reads(other, one)) == (True, True)


@pytest.mark.parametrize(("one", "other"), ONE_WAY, ids=str)
def test_only_the_wider_one_reads_both(one: FieldType, other: FieldType) -> None:
    assert (reads(one, other), reads(other, one)) == (True, False)


@pytest.mark.parametrize(("one", "other"), NEITHER, ids=str)
def test_neither_reads_the_other(one: FieldType, other: FieldType) -> None:
    assert (reads(one, other), reads(other, one)) == (False, False)


def test_a_field_in_its_place_under_a_new_name_is_renamed() -> None:
    assert renamed(LEVEL.fields, CALLED.fields) == {"b": "c"}
    assert renamed(LEVEL.fields, SWAPPED.fields) == {}


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("abcd", "abcd", ()),
        ("abcd", "bcda", ("a",)),
        ("abcd", "dabc", ("d",)),
        ("abcd", "xaybzd", ()),
        ("ab", "ba", ("b",)),
    ],
)
def test_as_few_fields_as_possible_are_called_moved(
    old: str, new: str, expected: tuple[str, ...]
) -> None:
    assert moved(old, new) == expected
