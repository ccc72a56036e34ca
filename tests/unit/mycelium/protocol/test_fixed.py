"""Fixed point: exact both ways, or refused."""

from __future__ import annotations

from decimal import Decimal, localcontext
from typing import NewType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mycelium.protocol import EncodeError, FixedPoint

Cents = NewType("Cents", int)
CENTS = FixedPoint(Cents, name="Cents", scale=2, bits=64, signed=True)
Wide = NewType("Wide", int)
WIDE = FixedPoint(Wide, name="Wide", scale=30, bits=256, signed=False)


@given(st.integers(-(2**63), 2**63 - 1))
def test_an_integer_comes_back_from_its_decimal(value: int) -> None:
    assert CENTS.from_decimal(CENTS.to_decimal(Cents(value))) == value


@given(st.integers(0, 2**256 - 1))
def test_wide_integers_come_back_whatever_the_context(value: int) -> None:
    with localcontext() as context:
        context.prec = 3
        assert WIDE.from_decimal(WIDE.to_decimal(Wide(value))) == value


@pytest.mark.parametrize(
    ("given", "integer"),
    [("12.45", 1245), (Decimal("-0.01"), -1), (7, 700), ("1e2", 10000), ("0.10", 10), ("-0", 0)],
)
def test_decimals_texts_and_integers_mean_the_value(
    given: Decimal | int | str, integer: int
) -> None:
    assert CENTS.from_decimal(given) == integer


def test_a_decimal_has_the_places_of_its_scale() -> None:
    assert str(CENTS.to_decimal(Cents(1200))) == "12.00"


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("0.001", "expected a decimal with at most 2 places, found '0.001'"),
        ("x", "expected a decimal with at most 2 places, found 'x'"),
        ("NaN", "expected a decimal with at most 2 places, found 'NaN'"),
        ("Infinity", "expected a decimal with at most 2 places, found 'Infinity'"),
        ("1e400000", "expected a decimal with at most 2 places"),
        ("92233720368547758.08", "expected -92233720368547758.08 to 92233720368547758.07"),
        (0.5, "expected a Decimal, an int or a decimal text, found 0.5"),
        (True, "expected a Decimal, an int or a decimal text, found True"),
    ],
)
def test_what_is_not_exact_is_refused(given: object, message: str) -> None:
    with pytest.raises(EncodeError) as refusal:
        CENTS.from_decimal(given)  # type: ignore[arg-type]
    assert message in str(refusal.value)


def test_it_says_what_it_is() -> None:
    assert repr(CENTS) == "FixedPoint(Cents, scale=2)"
