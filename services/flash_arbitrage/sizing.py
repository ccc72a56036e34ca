"""How much to pay into a loop of two pools so that the gain is greatest.

With reserves x (paid into) and y (paid out of), fees f and g = F - f of F = 10**6, the loop gives
``n a / (d0 + d1 a)`` for ``a``; the gain ``n a / (d0 + d1 a) - a`` is greatest at
``(sqrt(n d0) - d0) / d1``. Both pools round against the trader, so no integer amount gains more
than this curve: its maximum is the bound that a found size is measured by.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import gcd, isqrt

from services.flash_arbitrage.concentrated import FEE_UNIT
from services.flash_arbitrage.curves import Curve

NEIGHBOURS = 2
SCAN_LIMIT = 256
_HIGHEST = 1 << 256


@dataclass(frozen=True, slots=True)
class Size:
    """What goes in, what comes out between the legs and at the end, and what was possible.

    ``bound`` is a gain that no amount exceeds; the size is proven best when it gains just that.
    """

    amount_in: int
    amount_between: int
    amount_out: int
    bound: int

    @property
    def gain(self) -> int:
        """What comes out less what goes in."""
        return self.amount_out - self.amount_in


@dataclass(frozen=True, slots=True)
class _Loop:
    """The loop as a curve: ``n a / (d0 + d1 a)``."""

    n: int
    d0: int
    d1: int

    @classmethod
    def through(cls, first: Curve, second: Curve, *, zero_for_one: bool) -> _Loop:
        a, b = first.reserves(), second.reserves()
        xa, ya = a.facing(zero_for_one=zero_for_one)
        xb, yb = b.facing(zero_for_one=not zero_for_one)
        ga, gb = FEE_UNIT - first.fee_ppm, FEE_UNIT - second.fee_ppm
        return cls(
            n=yb * ya * ga * gb,
            d0=FEE_UNIT**2 * xb * xa,
            d1=ga * (FEE_UNIT * xb * a.denominator + gb * ya * b.denominator),
        )

    @property
    def gains(self) -> bool:
        return self.n > self.d0

    def best_input(self) -> int:
        return (isqrt(self.n * self.d0) - self.d0) // self.d1

    def bound(self) -> int:
        """The greatest gain, rounded down; at most one too high, because of the root."""
        return (self.n + self.d0 - isqrt(4 * self.n * self.d0)) // self.d1

    def inputs_gaining(self, gain: int) -> range:
        """The amounts for which the curve gains ``gain`` or more."""
        middle = self.n - self.d0 - gain * self.d1
        square = middle * middle - 4 * self.d1 * gain * self.d0
        if middle <= 0 or square < 0:
            return range(0)
        root = isqrt(square) + 1
        return range(max(1, (middle - root) // (2 * self.d1)), (middle + root) // (2 * self.d1) + 2)


def best_size(first: Curve, second: Curve, *, zero_for_one: bool) -> Size | None:
    """The best amount to pay into ``first`` (token0 if ``zero_for_one``), then on to ``second``.

    None when no amount gains anything. The result is proven best where the amounts that could gain
    more are few enough to try; else ``bound`` says what was not excluded.
    """
    loop = _Loop.through(first, second, zero_for_one=zero_for_one)
    if not loop.gains:
        return None
    bound = loop.bound()

    def at(amount: int) -> Size:
        between = first.amount_out(amount, zero_for_one=zero_for_one)
        out = second.amount_out(between, zero_for_one=not zero_for_one)
        return Size(amount, between, out, bound)

    best = at(0)
    for amount in _near(first, loop.best_input(), zero_for_one=zero_for_one):
        best = max(best, at(amount), key=_merit)
    best = _scan(best, loop, at)
    return best if best.gain > 0 else None


def _merit(size: Size) -> tuple[int, int]:
    return size.gain, -size.amount_in


def _near(first: Curve, amount: int, *, zero_for_one: bool) -> Iterator[int]:
    """The closed form's neighbours, those whose fee is a whole number, and the cheapest inputs.

    Cheapest are those that get just what comes between the legs, or a few units more or less.
    """
    yield from range(max(1, amount - NEIGHBOURS), amount + NEIGHBOURS + 2)
    whole = FEE_UNIT // gcd(FEE_UNIT, first.fee_ppm)
    below = amount - amount % whole
    yield from (near for near in (below, below + whole) if near)
    between = first.amount_out(max(1, amount), zero_for_one=zero_for_one)
    for near in range(max(1, between - NEIGHBOURS), between + NEIGHBOURS + 1):
        if (cheapest := cheapest_input(first, near, zero_for_one=zero_for_one)) is not None:
            yield cheapest


def _scan(best: Size, loop: _Loop, at: Callable[[int], Size]) -> Size:
    """Tries every amount that could still gain more, if they are few."""
    candidates = loop.inputs_gaining(best.gain + 1)
    if len(candidates) > SCAN_LIMIT:
        return best
    for amount in candidates:
        best = max(best, at(amount), key=_merit)
    return Size(best.amount_in, best.amount_between, best.amount_out, best.gain)


def cheapest_input(curve: Curve, amount_out: int, *, zero_for_one: bool) -> int | None:
    """The least amount for which the pool pays ``amount_out``; None when it never does."""
    reserves = curve.reserves()
    paid, got = reserves.facing(zero_for_one=zero_for_one)
    left = got - amount_out * reserves.denominator
    if left <= 0:
        return None
    low = paid * amount_out * FEE_UNIT // (left * (FEE_UNIT - curve.fee_ppm))
    high, step = low, 1
    while curve.amount_out(high, zero_for_one=zero_for_one) < amount_out:
        if high > _HIGHEST:
            return None
        low, high, step = high + 1, high + step, step * 2
    while low < high:
        middle = (low + high) // 2
        if curve.amount_out(middle, zero_for_one=zero_for_one) < amount_out:
            low = middle + 1
        else:
            high = middle
    return high
