"""Finds the best loop of two pools of a pair, and remembers what was announced."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import permutations

from services.flash_arbitrage.book import Book, Pair, Pool
from services.flash_arbitrage.curves import Curve, price
from services.flash_arbitrage.gas import GasCost, GasModel
from services.flash_arbitrage.sizing import Size, best_size

MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Quoted:
    """A pool with the state that it was looked at in."""

    pool: Pool
    curve: Curve


@dataclass(frozen=True, slots=True)
class Loop:
    """Pay ``token`` into ``first``, take the other token to ``second``, get more ``token`` back."""

    token: bytes
    asset: bytes
    first: Quoted
    second: Quoted
    size: Size

    @property
    def zero_for_one(self) -> bool:
        """Whether the first leg pays token0; the second is the other way round."""
        return self.token == self.first.pool.pair.token0

    @property
    def gap_ppm(self) -> int:
        """By how many millionths the asset is dearer in the second pool, rounded down."""
        cheap, dear = price(self.first.curve), price(self.second.curve)
        ratio = cheap / dear if self.zero_for_one else dear / cheap
        return int((ratio - 1) * MILLION)

    @property
    def certain(self) -> bool:
        """Whether neither leg leaves the prices whose liquidity is known."""
        way = self.zero_for_one
        return self.first.curve.stays_in_range(
            self.size.amount_in, zero_for_one=way
        ) and self.second.curve.stays_in_range(self.size.amount_between, zero_for_one=not way)


@dataclass(frozen=True, slots=True)
class Opportunity:
    """A loop that gains, before and after gas; amounts in base units of the loop's token."""

    loop: Loop
    gas: GasCost
    gas_cost: int | None
    net: int | None
    net_usd: int | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a new state means: an opportunity to announce, one announced before that is over."""

    opportunity: Opportunity | None = None
    replaces: int | None = None
    ended: int | None = None


NOTHING = Verdict()


@dataclass(slots=True)
class Detector:
    """The strategy: which token to gain, what gas costs, what stands announced for each pair."""

    book: Book
    gas: GasModel
    usd_token: bytes
    wrapped_native: bytes
    _announced: dict[Pair, tuple[int, Loop]] = field(default_factory=dict)

    def look(self, pair: Pair, signal_id: int, base_fee: int | None) -> Verdict:
        """Judges the pair after a new state; ``signal_id`` is the id that a signal would get."""
        loop = self._best_loop(pair)
        before = self._announced.pop(pair, None)
        if loop is None:
            return NOTHING if before is None else Verdict(ended=before[0])
        if before is not None and before[1] == loop:
            self._announced[pair] = before
            return NOTHING
        self._announced[pair] = (signal_id, loop)
        opportunity = self._after_gas(pair, loop, base_fee)
        return Verdict(opportunity, replaces=None if before is None else before[0])

    def token_to_gain(self, pair: Pair) -> bytes:
        """The dollar token where the pair has it, else the native coin, else token0."""
        for token in (self.usd_token, self.wrapped_native):
            if token in (pair.token0, pair.token1):
                return token
        return pair.token0

    def _best_loop(self, pair: Pair) -> Loop | None:
        token = self.token_to_gain(pair)
        asset = pair.token1 if token == pair.token0 else pair.token0
        best: Loop | None = None
        quoted = [Quoted(pool, curve) for pool, curve in self.book.quoted(pair)]
        for first, second in permutations(quoted, 2):
            size = best_size(first.curve, second.curve, zero_for_one=token == pair.token0)
            if size is not None and (best is None or size.gain > best.size.gain):
                best = Loop(token, asset, first, second, size)
        return best

    def _after_gas(self, pair: Pair, loop: Loop, base_fee: int | None) -> Opportunity:
        chain = pair.chain_id
        gas = self.gas.cost(base_fee, loop.first.curve, loop.second.curve)
        cost = self.book.cost_in(chain, gas.wei, self.wrapped_native, loop.token)
        if cost is None:
            return Opportunity(loop, gas, None, None, None)
        net = loop.size.gain - cost
        return Opportunity(
            loop, gas, cost, net, self.book.worth_in(chain, net, loop.token, self.usd_token)
        )
