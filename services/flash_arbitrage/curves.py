"""The two kinds of pool behind one interface: what a swap pays, and what a size can be found from.

A concentrated pool within one range is a constant-product pool with virtual reserves
(Uniswap V3 white paper, section 2), so that one closed form serves both kinds and their mixes.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Protocol

from services.flash_arbitrage import constant_product
from services.flash_arbitrage.concentrated import Q96, Range, swap_exact_input
from services.flash_arbitrage.ticks import interval_around


@dataclass(frozen=True, slots=True)
class Reserves:
    """Reserves over one denominator: real ones over 1, virtual ones over what makes integers."""

    token0: int
    token1: int
    denominator: int

    def facing(self, *, zero_for_one: bool) -> tuple[int, int]:
        """Numerators of the reserve paid into and of the one paid out of."""
        return (self.token0, self.token1) if zero_for_one else (self.token1, self.token0)


class Curve(Protocol):
    """One pool's state and arithmetic. Amounts are integers in token base units."""

    @property
    def fee_ppm(self) -> int:
        """The fee in millionths of the amount in."""

    def reserves(self) -> Reserves:
        """Real or virtual reserves; the price of token0 in token1 is their quotient."""

    def amount_out(self, amount_in: int, *, zero_for_one: bool) -> int:
        """What the contract pays for ``amount_in``, fee included."""

    def stays_in_range(self, amount_in: int, *, zero_for_one: bool) -> bool:
        """Whether no unknown liquidity is met on the way."""


@dataclass(frozen=True, slots=True)
class ConstantProduct:
    """A pool of two reserves."""

    reserve0: int
    reserve1: int
    fee_ppm: int

    def reserves(self) -> Reserves:
        """The reserves themselves."""
        return Reserves(self.reserve0, self.reserve1, 1)

    def amount_out(self, amount_in: int, *, zero_for_one: bool) -> int:
        """What the contract pays for ``amount_in``, fee included."""
        paid, got = self.reserves().facing(zero_for_one=zero_for_one)
        return constant_product.amount_out(amount_in, paid, got, self.fee_ppm)

    def stays_in_range(self, amount_in: int, *, zero_for_one: bool) -> bool:
        """Always: the curve has no ranges."""
        return True


@dataclass(frozen=True, slots=True)
class Concentrated:
    """A pool of concentrated liquidity at its current price."""

    sqrt_price: int
    liquidity: int
    tick: int
    tick_spacing: int
    fee_ppm: int

    def reserves(self) -> Reserves:
        """Virtual reserves: liquidity over and times the square-root price."""
        return Reserves(
            self.liquidity * Q96 * Q96, self.liquidity * self.sqrt_price**2, self.sqrt_price * Q96
        )

    def amount_out(self, amount_in: int, *, zero_for_one: bool) -> int:
        """What the contract pays for ``amount_in`` as if the active liquidity went on."""
        return swap_exact_input(self._range(), amount_in, zero_for_one=zero_for_one).amount_out

    def stays_in_range(self, amount_in: int, *, zero_for_one: bool) -> bool:
        """Whether the price stays where no other tick can be initialised."""
        after = swap_exact_input(self._range(), amount_in, zero_for_one=zero_for_one).sqrt_price
        low, high = interval_around(self.tick, self.tick_spacing)
        return low <= after <= high

    def _range(self) -> Range:
        return Range(self.sqrt_price, self.liquidity, self.fee_ppm)


def price(curve: Curve) -> Fraction:
    """Token1 base units for one token0 base unit, before the fee."""
    reserves = curve.reserves()
    return Fraction(reserves.token1, reserves.token0)
