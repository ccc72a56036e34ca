"""Fixed-point numbers: integers on the wire and in memory, decimals for people."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Context, Decimal, Inexact, InvalidOperation
from typing import Generic, TypeVar

from mycelium.protocol.errors import EncodeError

T = TypeVar("T", bound=int)

# 256 bits have 78 digits; a result that does not fit exactly is refused, never rounded.
_EXACT = Context(prec=120, Emin=-9999, Emax=9999, traps=[Inexact, InvalidOperation])
_NOT_A_NUMBER = Decimal("NaN")


class FixedPoint(Generic[T]):
    """Converts between a fixed-point type's integers and decimals, exactly.

    ``kind`` is the static type of the integers: value = integer / 10**scale.
    """

    __slots__ = ("_kind", "maximum", "minimum", "name", "scale")

    def __init__(
        self, kind: Callable[[int], T], *, name: str, scale: int, bits: int, signed: bool
    ) -> None:
        self._kind = kind
        self.name = name
        self.scale = scale
        self.minimum = -(1 << (bits - 1)) if signed else 0
        self.maximum = (1 << (bits - signed)) - 1

    def __repr__(self) -> str:
        return f"FixedPoint({self.name}, scale={self.scale})"

    def to_decimal(self, value: T) -> Decimal:
        """The decimal that the integer stands for, with exactly ``scale`` places."""
        return _EXACT.scaleb(Decimal(value), -self.scale)

    def from_decimal(self, value: Decimal | int | str) -> T:
        """The integer that stands for the decimal.

        Floats are not taken: they are not exact.

        Raises:
            EncodeError: not a number, more places than the scale, or out of range
        """
        if isinstance(value, bool) or not isinstance(value, Decimal | int | str):
            raise self._error("a Decimal, an int or a decimal text", value)
        try:
            scaled = _EXACT.scaleb(_EXACT.create_decimal(value), self.scale)
            integral = scaled.to_integral_exact(context=_EXACT)
        except (InvalidOperation, Inexact):
            integral = _NOT_A_NUMBER
        if not integral.is_finite():
            raise self._error(f"a decimal with at most {self.scale} places", value)
        if not self.minimum <= integral <= self.maximum:
            low, high = (_EXACT.scaleb(Decimal(x), -self.scale) for x in self._range())
            raise self._error(f"{low} to {high}", value)
        return self._kind(int(integral))

    def _range(self) -> tuple[int, int]:
        return self.minimum, self.maximum

    def _error(self, expected: str, value: object) -> EncodeError:
        return EncodeError("fixed", self.name, expected, repr(value))
