"""The size that is found gains as much as any, and never more than the curve allows."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from services.flash_arbitrage.curves import Concentrated, ConstantProduct, Curve
from services.flash_arbitrage.sizing import best_size, cheapest_input
from services.flash_arbitrage.ticks import sqrt_price_at

small_pools = st.builds(
    ConstantProduct,
    reserve0=st.integers(1, 400),
    reserve1=st.integers(1, 400),
    fee_ppm=st.sampled_from([0, 500, 3000, 10000]),
)


@st.composite
def small_ranges(draw: st.DrawFn) -> Concentrated:
    tick = draw(st.integers(-2000, 2000))
    return Concentrated(
        sqrt_price=sqrt_price_at(tick) + draw(st.integers(0, 1 << 60)),
        liquidity=draw(st.integers(1, 400)),
        tick=tick,
        tick_spacing=10,
        fee_ppm=draw(st.sampled_from([100, 500, 3000])),
    )


@st.composite
def large_ranges(draw: st.DrawFn) -> Concentrated:
    tick = draw(st.integers(198000, 200000))
    return Concentrated(
        sqrt_price=sqrt_price_at(tick),
        liquidity=draw(st.integers(10**17, 10**20)),
        tick=tick,
        tick_spacing=10,
        fee_ppm=draw(st.sampled_from([100, 500, 3000])),
    )


def gain(first: Curve, second: Curve, amount: int, *, zero_for_one: bool) -> int:
    between = first.amount_out(amount, zero_for_one=zero_for_one)
    return second.amount_out(between, zero_for_one=not zero_for_one) - amount


small_curves = st.one_of(small_pools, small_ranges())


@settings(deadline=None)
@given(small_curves, small_curves, st.booleans())
def test_small_sizes_are_the_best_of_all(first: Curve, second: Curve, way: bool) -> None:
    """Every amount up to more than both pools hold is tried."""
    best = max(range(3000), key=lambda a: gain(first, second, a, zero_for_one=way))
    most = gain(first, second, best, zero_for_one=way)
    size = best_size(first, second, zero_for_one=way)
    if most <= 0:
        assert size is None
    else:
        assert size is not None
        assert size.gain == most == gain(first, second, size.amount_in, zero_for_one=way)


@settings(deadline=None)
@given(large_ranges(), large_ranges())
def test_real_sizes_are_proven_best_in_a_coarse_token(
    first: Concentrated, second: Concentrated
) -> None:
    """Token0 with 6 decimals against 18, as in USDC/WETH: the bound itself is reached."""
    size = best_size(first, second, zero_for_one=True)
    assume(size is not None)
    assert size is not None
    assert size.gain == size.bound


@settings(deadline=None)
@given(large_ranges(), large_ranges(), st.integers(1, 10**20))
def test_no_amount_gains_more_than_the_bound(
    first: Concentrated, second: Concentrated, amount: int
) -> None:
    size = best_size(first, second, zero_for_one=False)
    if size is None:
        assert gain(first, second, amount, zero_for_one=False) <= 0
    else:
        assert gain(first, second, amount, zero_for_one=False) <= size.bound
        assert size.gain <= size.bound


def test_equal_pools_gain_nothing() -> None:
    pool = ConstantProduct(10**12, 10**21, 3000)
    assert best_size(pool, pool, zero_for_one=True) is None


def test_a_gap_within_both_fees_gains_nothing() -> None:
    cheap = ConstantProduct(1_000_000_000, 1_000_000_000, 3000)
    dear = ConstantProduct(1_000_000_000, 1_006_000_000, 3000)
    assert best_size(dear, cheap, zero_for_one=True) is None


def test_the_direction_matters() -> None:
    low = ConstantProduct(1_000_000_000, 1_000_000_000, 3000)
    high = ConstantProduct(1_000_000_000, 1_100_000_000, 3000)
    assert best_size(high, low, zero_for_one=True) is not None
    assert best_size(low, high, zero_for_one=True) is None


@given(small_curves, st.integers(1, 400), st.booleans())
def test_the_cheapest_input_is_enough_and_one_less_is_not(
    curve: Curve, wanted: int, way: bool
) -> None:
    cheapest = cheapest_input(curve, wanted, zero_for_one=way)
    assume(cheapest is not None)
    assert cheapest is not None
    amounts = [curve.amount_out(a, zero_for_one=way) for a in (cheapest - 1, cheapest)]
    assert amounts[1] >= wanted
    assert all(below < wanted for below, _ in pairwise(amounts))


def test_a_pool_cannot_pay_all_that_it_holds() -> None:
    assert cheapest_input(ConstantProduct(100, 100, 3000), 100, zero_for_one=True) is None
