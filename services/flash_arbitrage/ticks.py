"""Square-root prices at ticks, exactly as the contract computes them.

A tick's price is 1.0001**tick (Uniswap V3 white paper, section 6.1). The contract multiplies
128-bit factors, one for each bit of the tick, so its result is reproduced bit for bit only with the
same factors, each rounded to the nearest integer.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Context, Decimal
from functools import cache
from typing import Final

MIN_TICK: Final = -887272
MAX_TICK: Final = 887272
MIN_SQRT_PRICE: Final = 4295128739
MAX_SQRT_PRICE: Final = 1461446703485210103287273052203988822378723970342
_BITS: Final = 20
_EXACT: Final = Context(prec=100)


@cache
def _factors() -> tuple[int, ...]:
    """2**128 / 1.0001**(2**bit / 2) for each bit of a tick."""
    root = _EXACT.divide(Decimal(1), _EXACT.sqrt(Decimal("1.0001")))
    factors = []
    for _ in range(_BITS):
        scaled = _EXACT.multiply(root, Decimal(1 << 128))
        factors.append(int(scaled.to_integral_value(rounding=ROUND_HALF_UP, context=_EXACT)))
        root = _EXACT.multiply(root, root)
    return tuple(factors)


def sqrt_price_at(tick: int) -> int:
    """The square-root price times 2**96 at ``tick``, rounded up.

    Raises:
        ValueError: a tick that no pool can have
    """
    if not MIN_TICK <= tick <= MAX_TICK:
        raise ValueError(f"tick: expected {MIN_TICK} to {MAX_TICK}, found {tick}")
    ratio = 1 << 128
    for bit, factor in enumerate(_factors()):
        if abs(tick) >> bit & 1:
            ratio = ratio * factor >> 128
    if tick > 0:
        ratio = ((1 << 256) - 1) // ratio
    return -(-ratio >> 32)


def interval_around(tick: int, spacing: int) -> tuple[int, int]:
    """The square-root prices between which no other tick can be initialised."""
    lower = tick // spacing * spacing
    return (
        sqrt_price_at(max(lower, MIN_TICK)),
        sqrt_price_at(min(lower + spacing, MAX_TICK)),
    )
