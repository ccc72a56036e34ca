"""What is known of the pools: their constants, their last states, and prices between tokens."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from math import ceil, floor

from services.flash_arbitrage.curves import Curve, price


@dataclass(frozen=True, slots=True)
class Pair:
    """Two tokens of one chain, in the order in which every pool of them has them."""

    chain_id: int
    token0: bytes
    token1: bytes


@dataclass(frozen=True, slots=True)
class Pool:
    """A pool's constants."""

    address: bytes
    venue: int
    pair: Pair


@dataclass(slots=True)
class Book:
    """Pools by pair, and each pool's last state."""

    pools: dict[bytes, Pool] = field(default_factory=dict)
    curves: dict[bytes, Curve] = field(default_factory=dict)
    _by_pair: dict[Pair, list[Pool]] = field(default_factory=dict)

    def add(self, pool: Pool) -> None:
        """Takes a pool's constants; a pool that is known already stays as it is."""
        if self.pools.setdefault(pool.address, pool) is pool:
            self._by_pair.setdefault(pool.pair, []).append(pool)

    def update(self, address: bytes, curve: Curve) -> Pool | None:
        """Takes a pool's new state; None when the pool's constants are not known.

        An empty pool has no price: it counts as one without a state.
        """
        pool = self.pools.get(address)
        if pool is None:
            return None
        reserves = curve.reserves()
        if reserves.token0 and reserves.token1:
            self.curves[address] = curve
        else:
            self.curves.pop(address, None)
        return pool

    def quoted(self, pair: Pair) -> Iterator[tuple[Pool, Curve]]:
        """The pair's pools that have a state."""
        for pool in self._by_pair.get(pair, ()):
            if (curve := self.curves.get(pool.address)) is not None:
                yield pool, curve

    def prices(self, chain_id: int, token: bytes, unit: bytes) -> list[Fraction]:
        """What the pools say one base unit of ``token`` is worth in base units of ``unit``."""
        if token == unit:
            return [Fraction(1)]
        first, second = sorted((token, unit))
        found = [price(curve) for _, curve in self.quoted(Pair(chain_id, first, second))]
        return found if token == first else [1 / p for p in found]

    def cost_in(self, chain_id: int, amount: int, token: bytes, unit: bytes) -> int | None:
        """A cost in another token: at the dearest known price, rounded up; None without a price."""
        found = self.prices(chain_id, token, unit)
        return ceil(amount * max(found)) if found else None

    def worth_in(self, chain_id: int, amount: int, token: bytes, unit: bytes) -> int | None:
        """A gain or loss in another token, at the price that is worse for us, rounded down."""
        found = self.prices(chain_id, token, unit)
        if not found:
            return None
        return floor(amount * (min(found) if amount >= 0 else max(found)))
