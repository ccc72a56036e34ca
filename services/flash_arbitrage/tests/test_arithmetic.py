"""The contracts' integer arithmetic, at its edges."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.flash_arbitrage import constant_product as v2
from services.flash_arbitrage.concentrated import (
    Q96,
    Range,
    price_after_input,
    price_after_output,
    swap_exact_input,
    swap_exact_output,
    swap_to_price,
)
from services.flash_arbitrage.curves import Concentrated, ConstantProduct, price
from services.flash_arbitrage.ticks import (
    MAX_SQRT_PRICE,
    MAX_TICK,
    MIN_SQRT_PRICE,
    MIN_TICK,
    interval_around,
    sqrt_price_at,
)

amounts = st.integers(1, 10**30)
prices = st.integers(MIN_SQRT_PRICE, MAX_SQRT_PRICE - 1)
liquidities = st.integers(1, (1 << 128) - 1)


def test_the_fee_in_millionths_gives_the_contracts_997_of_1000() -> None:
    for amount in (1, 999, 10**6, 123456789012345678):
        net = amount * 997
        contract = net * 26_015_000_000_000 // (14_209 * 10**18 * 1000 + net)
        assert v2.amount_out(amount, 14_209 * 10**18, 26_015_000_000_000, 3000) == contract


@given(amounts, amounts, amounts)
def test_a_constant_product_swap_keeps_the_product(paid: int, r0: int, r1: int) -> None:
    got = v2.amount_out(paid, r0, r1, 3000)
    assert v2.keeps_product((r0, r1), (paid, 0), (r0 + paid, r1 - got), 3000)
    # One unit more is refused: the result is the greatest that the contract lets pass.
    if got + 1 < r1:
        assert not v2.keeps_product((r0, r1), (paid, 0), (r0 + paid, r1 - got - 1), 3000)


@given(st.integers(1, 10**20), st.integers(2, 10**20), st.integers(1, 10**20))
def test_the_amount_asked_for_is_enough(r0: int, r1: int, wanted: int) -> None:
    asked = v2.amount_in(wanted, r0, r1, 3000)
    if wanted >= r1:
        assert asked is None
    else:
        assert asked is not None
        assert v2.amount_out(asked, r0, r1, 3000) >= wanted
        assert v2.amount_out(asked - 2, r0, r1, 3000) < wanted or asked < 2


@pytest.mark.parametrize(
    ("tick", "expected"),
    [
        (0, Q96),
        (MIN_TICK, MIN_SQRT_PRICE),
        (MAX_TICK, MAX_SQRT_PRICE),
        (1, 79232123823359799118286999568),
        (-1, 79224201403219477170569942574),
    ],
)
def test_ticks_have_the_contracts_prices(tick: int, expected: int) -> None:
    assert sqrt_price_at(tick) == expected


@given(st.integers(MIN_TICK, MAX_TICK - 1))
def test_prices_rise_with_ticks(tick: int) -> None:
    assert sqrt_price_at(tick) < sqrt_price_at(tick + 1)


@pytest.mark.parametrize("tick", [MIN_TICK - 1, MAX_TICK + 1])
def test_a_tick_outside_the_range_is_refused(tick: int) -> None:
    with pytest.raises(ValueError, match=f"expected -887272 to 887272, found {tick}"):
        sqrt_price_at(tick)


def test_an_interval_is_closed_below() -> None:
    assert interval_around(199045, 10) == (sqrt_price_at(199040), sqrt_price_at(199050))
    assert interval_around(-1, 10) == (sqrt_price_at(-10), sqrt_price_at(0))
    assert interval_around(MAX_TICK - 1, 60)[1] == MAX_SQRT_PRICE


@given(prices, liquidities, amounts, st.booleans())
def test_a_swap_never_pays_more_than_the_curve(
    p: int, liquidity: int, paid: int, way: bool
) -> None:
    pool = Range(p, liquidity, 500)
    step = swap_exact_input(pool, paid, zero_for_one=way)
    assert step.sqrt_price <= p if way else step.sqrt_price >= p
    reserves = Concentrated(p, liquidity, 0, 10, 500).reserves()
    x, y = reserves.facing(zero_for_one=way)
    net = Fraction(paid * 999_500, 1_000_000)
    most = Fraction(y, reserves.denominator) * net / (Fraction(x, reserves.denominator) + net)
    assert step.amount_out <= most


@given(prices, liquidities, amounts, st.booleans())
def test_an_exact_output_is_paid_in_full(p: int, liquidity: int, wanted: int, way: bool) -> None:
    step = swap_exact_output(Range(p, liquidity, 500), wanted, zero_for_one=way)
    if step is not None:
        assert step.amount_out == wanted
        assert step.sqrt_price < p if way else step.sqrt_price > p


def test_a_range_cannot_pay_more_than_it_holds() -> None:
    pool = Range(Q96, 1000, 500)
    assert price_after_output(pool, 1000, zero_for_one=True) is None
    assert price_after_output(pool, 1000, zero_for_one=False) is None
    assert swap_exact_output(pool, 1000, zero_for_one=False) is None


def test_paying_nothing_moves_nothing() -> None:
    pool = Range(Q96 * 3, 1000, 500)
    assert price_after_input(pool, 0, zero_for_one=True) == pool.sqrt_price
    assert price_after_input(pool, 0, zero_for_one=False) == pool.sqrt_price


def test_a_product_beyond_256_bits_is_rounded_as_the_contract_does() -> None:
    pool = Range(MAX_SQRT_PRICE - 1, 10**18, 3000)
    amount = 1 << 120
    scaled = pool.liquidity << 96
    divisor = scaled // pool.sqrt_price + amount
    assert amount * pool.sqrt_price >= 1 << 256
    assert price_after_input(pool, amount, zero_for_one=True) == -(-scaled // divisor)


def test_a_swap_to_a_price_takes_its_fee_on_top() -> None:
    pool = Range(Q96, 10**12, 3000)
    step = swap_to_price(pool, Q96 + Q96 // 1000)
    net = 10**9
    assert step.amount_in == net + -(-net * 3000 // 997_000)
    assert step.amount_out == 10**12 * (Q96 // 1000) * Q96 // (Q96 + Q96 // 1000) // Q96


def test_both_kinds_of_pool_have_the_same_price_at_the_same_reserves() -> None:
    assert price(ConstantProduct(100, 400, 3000)) == 4
    assert price(Concentrated(2 * Q96, 50, 13863, 60, 3000)) == 4


def test_a_leg_that_leaves_its_ticks_is_not_certain() -> None:
    pool = Concentrated(sqrt_price_at(199045), 10**18, 199045, 10, 500)
    assert pool.stays_in_range(10**6, zero_for_one=True)
    assert not pool.stays_in_range(10**12, zero_for_one=True)
    assert ConstantProduct(1, 1, 0).stays_in_range(10**30, zero_for_one=True)
