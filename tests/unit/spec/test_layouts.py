"""Layout lines tell what may still change of a released message: open enums grow, no more."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from torq_gen.model import EnumType, IntType, ListType, OptionalType, StructField, StructType
from torq_gen.model.layouts import alike, encoding, layout_of, lost_values

U8 = IntType(8, False)
NAMES = st.text("ABC_9", min_size=1, max_size=4).map(lambda s: f"V{s}")
VALUES = st.dictionaries(NAMES, st.integers(0, 255), max_size=6)


def colour(values: dict[str, int], *, closed: bool = False) -> EnumType:
    return EnumType("Colour", U8, tuple(values.items()), closed)


def test_values_stand_by_number() -> None:
    values = {"GREEN": 2, "RED": 1}
    assert layout_of(colour(values)) == "enum<u8: RED 1, GREEN 2>"
    assert layout_of(colour(values, closed=True)) == "enum<u8!: RED 1, GREEN 2>"


def test_the_encoding_leaves_out_what_decides_about_no_byte() -> None:
    point = StructType("Point", (StructField("x", U8), StructField("c", colour({"A": 1}))))
    line = layout_of(ListType(OptionalType(point)))
    assert line == "list<{x u8, c enum<u8: A 1>}?>"
    assert encoding(line) == "list<{x u8, c enum<u8>}?>"
    assert encoding("c enum<u8!: A 1>") == "c enum<u8!: A 1>"
    assert alike(colour({"A": 1}), colour({"B": 2}))
    assert not alike(colour({"A": 1}), colour({"A": 1}, closed=True))
    assert not alike(colour({"A": 1}), U8)


@given(VALUES, VALUES)
def test_a_value_is_lost_unless_its_name_and_number_stay(
    before: dict[str, int], after: dict[str, int]
) -> None:
    lost = lost_values(layout_of(colour(before)), layout_of(colour(after)))
    assert sorted(lost) == sorted(f"{n} {v}" for n, v in before.items() if after.get(n) != v)


def test_each_enum_is_compared_with_its_own_successor() -> None:
    before = "a enum<u8: A 1>, b list<{c enum<u16: A 1, B 2>}>"
    after = "a enum<u8: A 1, B 2>, b list<{c enum<u16: A 1>}>"
    assert encoding(before) == encoding(after)
    assert lost_values(before, after) == ("B 2",)
    assert lost_values(after, after) == ()


def test_a_line_that_never_knew_its_values_has_none_to_lose() -> None:
    assert encoding("a enum<u8>") == encoding("a enum<u8: A 1>")
    assert lost_values("a enum<u8>", "a enum<u8: A 1>") == ()
