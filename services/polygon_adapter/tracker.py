"""The state of concentrated pools, followed from event to event.

A swap states price, active liquidity and tick. A mint or burn changes the active liquidity when the
current tick lies in its range, lower end included (Uniswap V3 white paper, section 6.3).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from services.polygon_adapter.events import Event, V3Burn, V3Mint, V3Swap
from services.polygon_adapter.logs import MalformedLogError


@dataclass(frozen=True, slots=True)
class PoolState:
    """A concentrated pool's square-root price times 2**96, active liquidity and tick."""

    sqrt_price_x96: int
    liquidity: int
    tick: int


@dataclass(slots=True)
class Tracker:
    """The last state of each pool that a swap was seen of."""

    _states: dict[bytes, PoolState] = field(default_factory=dict)

    def apply(self, pool: bytes, event: Event) -> PoolState | None:
        """The pool's new state, or None when the event leaves it as it was or unknown.

        Raises:
            MalformedLogError: a burn of more liquidity than is active
        """
        match event:
            case V3Swap(sqrt_price_x96=price, liquidity=liquidity, tick=tick):
                return self._set(pool, PoolState(price, liquidity, tick))
            case V3Mint(tick_lower=lower, tick_upper=upper, liquidity=added):
                return self._change(pool, lower, upper, added)
            case V3Burn(tick_lower=lower, tick_upper=upper, liquidity=removed):
                return self._change(pool, lower, upper, -removed)
            case _:
                return None

    def _change(self, pool: bytes, lower: int, upper: int, change: int) -> PoolState | None:
        state = self._states.get(pool)
        if state is None or not change or not lower <= state.tick < upper:
            return None
        liquidity = state.liquidity + change
        if liquidity < 0:
            # A log is missing before this one: what was known is worth nothing.
            del self._states[pool]
            expected = f"at most the active liquidity {state.liquidity}"
            raise MalformedLogError("amount", expected, -change)
        return self._set(pool, PoolState(state.sqrt_price_x96, liquidity, state.tick))

    def _set(self, pool: bytes, state: PoolState) -> PoolState:
        self._states[pool] = state
        return state
