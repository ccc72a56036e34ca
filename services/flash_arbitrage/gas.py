"""What an arbitrage transaction costs: stated gas units, at the block's or a stated price."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from services.flash_arbitrage.curves import Concentrated, Curve

# Transactions of the recorded full blocks with two constant-product swaps used 154,000 to 277,000
# gas (median 216,000), those with one concentrated swap 111,000 to 191,000 (median about 164,000).
DEFAULT_BASE_UNITS: Final = 60_000
DEFAULT_CONSTANT_PRODUCT_UNITS: Final = 75_000
DEFAULT_CONCENTRATED_UNITS: Final = 100_000


@dataclass(frozen=True, slots=True)
class GasModel:
    """Gas units by leg, and the price in wei that stands in where a block states no base fee."""

    assumed_price: int
    base_units: int = DEFAULT_BASE_UNITS
    constant_product_units: int = DEFAULT_CONSTANT_PRODUCT_UNITS
    concentrated_units: int = DEFAULT_CONCENTRATED_UNITS

    def units(self, *curves: Curve) -> int:
        """Gas of a transaction that swaps once on each curve."""
        legs = (
            self.concentrated_units
            if isinstance(curve, Concentrated)
            else self.constant_product_units
            for curve in curves
        )
        return self.base_units + sum(legs)

    def cost(self, base_fee: int | None, *curves: Curve) -> GasCost:
        """The cost of swapping once on each curve; ``base_fee`` is the block's, if it is known."""
        price = self.assumed_price if base_fee is None else base_fee
        return GasCost(self.units(*curves), price, assumed=base_fee is None)


@dataclass(frozen=True, slots=True)
class GasCost:
    """Gas units at a price in wei, and whether that price was assumed."""

    units: int
    price: int
    assumed: bool

    @property
    def wei(self) -> int:
        """Units times price."""
        return self.units * self.price
