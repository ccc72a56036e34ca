"""Swaps within one liquidity range of a concentrated pool, to the wei.

The arithmetic is that of Uniswap V3 (white paper, section 6.2), rounding included: prices are
square roots times 2^96, what a pool receives is rounded up and what it pays is rounded down.
"""

from __future__ import annotations

from dataclasses import dataclass

FEE_UNIT = 1_000_000
RESOLUTION = 96
Q96 = 1 << RESOLUTION
_WORD = 1 << 256


@dataclass(frozen=True, slots=True)
class Range:
    """A pool between two initialised ticks: one price, one liquidity, one fee in millionths."""

    sqrt_price: int
    liquidity: int
    fee_ppm: int


@dataclass(frozen=True, slots=True)
class Step:
    """What one swap did: the price after it, what was paid in (fee included), what came out."""

    sqrt_price: int
    amount_in: int
    amount_out: int


def ceil_div(numerator: int, denominator: int) -> int:
    """The quotient, rounded up."""
    return -(-numerator // denominator)


def amount0_between(low: int, high: int, liquidity: int, *, up: bool) -> int:
    """Token0 between two square-root prices."""
    numerator = (liquidity << RESOLUTION) * (high - low)
    # The contract divides twice, and rounds twice.
    if up:
        return ceil_div(ceil_div(numerator, high), low)
    return numerator // high // low


def amount1_between(low: int, high: int, liquidity: int, *, up: bool) -> int:
    """Token1 between two square-root prices."""
    product = liquidity * (high - low)
    return ceil_div(product, Q96) if up else product >> RESOLUTION


def price_after_input(pool: Range, amount: int, *, zero_for_one: bool) -> int:
    """The price after ``amount`` (without fee) was paid in."""
    price, liquidity = pool.sqrt_price, pool.liquidity
    if not zero_for_one:
        return price + (amount << RESOLUTION) // liquidity
    if amount == 0:
        return price
    scaled = liquidity << RESOLUTION
    product = amount * price
    if product < _WORD and scaled + product < _WORD:
        return ceil_div(scaled * price, scaled + product)
    # What a 256-bit machine does when the product does not fit: the same price, rounded earlier.
    return ceil_div(scaled, scaled // price + amount)


def price_after_output(pool: Range, amount: int, *, zero_for_one: bool) -> int | None:
    """The price after ``amount`` was paid out, or None when the range does not hold that much."""
    price, liquidity = pool.sqrt_price, pool.liquidity
    if zero_for_one:
        after = price - ceil_div(amount << RESOLUTION, liquidity)
        return after if after > 0 else None
    scaled = liquidity << RESOLUTION
    product = amount * price
    if product >= scaled:
        return None
    return ceil_div(scaled * price, scaled - product)


def swap_exact_input(pool: Range, amount: int, *, zero_for_one: bool) -> Step:
    """Pays ``amount`` in, fee included, as if the range had no end."""
    net = amount * (FEE_UNIT - pool.fee_ppm) // FEE_UNIT
    after = price_after_input(pool, net, zero_for_one=zero_for_one)
    return Step(after, amount, _amount_out(pool, after, zero_for_one=zero_for_one))


def swap_exact_output(pool: Range, amount: int, *, zero_for_one: bool) -> Step | None:
    """Takes ``amount`` out, or gives None when the range does not hold that much."""
    after = price_after_output(pool, amount, zero_for_one=zero_for_one)
    if after is None:
        return None
    step = swap_to_price(pool, after)
    return Step(after, step.amount_in, min(amount, step.amount_out))


def swap_to_price(pool: Range, after: int) -> Step:
    """Moves the price to ``after``, as a swap does that meets its limit."""
    zero_for_one = after < pool.sqrt_price
    low, high = sorted((pool.sqrt_price, after))
    between = amount0_between if zero_for_one else amount1_between
    net = between(low, high, pool.liquidity, up=True)
    fee = ceil_div(net * pool.fee_ppm, FEE_UNIT - pool.fee_ppm)
    return Step(after, net + fee, _amount_out(pool, after, zero_for_one=zero_for_one))


def _amount_out(pool: Range, after: int, *, zero_for_one: bool) -> int:
    low, high = sorted((pool.sqrt_price, after))
    between = amount1_between if zero_for_one else amount0_between
    return between(low, high, pool.liquidity, up=False)
