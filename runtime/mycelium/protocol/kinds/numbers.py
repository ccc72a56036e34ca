"""Kinds of numbers."""

from __future__ import annotations

import math
import re
import struct
from decimal import Decimal
from typing import Any, Final

from mycelium.protocol.errors import EncodeError
from mycelium.protocol.fixed import FixedPoint
from mycelium.protocol.kinds.base import Json, Kind, ValueProblem

_INTEGER_TEXT: Final = re.compile(r"0|-?[1-9]\d*", re.ASCII)
_DECIMAL_TEXT: Final = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?", re.ASCII)
_NON_FINITE: Final = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}


class Integer(Kind):
    """An integer of ``bits`` bits; decimal text in JSON from 64 bits on."""

    __slots__ = ("as_text", "maximum", "minimum", "size")

    def __init__(self, bits: int, *, signed: bool = False) -> None:
        self.minimum = -(1 << (bits - 1)) if signed else 0
        self.maximum = (1 << (bits - signed)) - 1
        self.as_text = bits >= 64
        self.size = bits // 8

    @property
    def expected(self) -> str:
        """The range in words."""
        return f"an integer from {self.minimum} to {self.maximum}"

    def check(self, value: Any) -> None:
        if isinstance(value, bool) or not isinstance(value, int):
            raise ValueProblem(self.expected, value)
        if not self.minimum <= value <= self.maximum:
            raise ValueProblem(self.expected, value)

    def to_json(self, value: Any) -> Json:
        return str(int(value)) if self.as_text else int(value)

    def from_json(self, value: Json) -> Any:
        if isinstance(value, str) and len(value) < 90 and _INTEGER_TEXT.fullmatch(value):
            value = int(value)
        self.check(value)
        return value


class Bool(Kind):
    """True or false."""

    __slots__ = ()

    def check(self, value: Any) -> None:
        if not isinstance(value, bool):
            raise ValueProblem("true or false", value)

    def to_json(self, value: Any) -> Json:
        return bool(value)

    def from_json(self, value: Json) -> Any:
        self.check(value)
        return value


class Float(Kind):
    """A float of 32 or 64 bits."""

    __slots__ = ("bits",)

    def __init__(self, bits: int) -> None:
        self.bits = bits

    def check(self, value: Any) -> None:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise ValueProblem("a number", value)
        try:
            struct.pack("<f" if self.bits == 32 else "<d", value)
        except (OverflowError, struct.error):
            raise ValueProblem(f"a number that fits {self.bits} bits", value) from None

    def to_json(self, value: Any) -> Json:
        number = float(value)
        if math.isfinite(number):
            return number
        return "NaN" if math.isnan(number) else "Infinity" if number > 0 else "-Infinity"

    def from_json(self, value: Json) -> Any:
        if isinstance(value, str):
            if value not in _NON_FINITE:
                raise ValueProblem("a number, NaN, Infinity or -Infinity", value)
            return _NON_FINITE[value]
        self.check(value)
        return float(value)  # type: ignore[arg-type]


class Fixed(Kind):
    """A fixed-point number: an integer in Python, a decimal text in JSON."""

    __slots__ = ("point", "raw")

    def __init__(self, point: FixedPoint[Any]) -> None:
        self.point = point
        self.raw = Integer(
            point.maximum.bit_length() + (point.minimum < 0), signed=point.minimum < 0
        )

    def check(self, value: Any) -> None:
        self.raw.check(value)

    def to_json(self, value: Any) -> Json:
        return f"{self.point.to_decimal(value):f}"

    def from_json(self, value: Json) -> Any:
        if isinstance(value, bool) or not isinstance(value, str | int):
            raise ValueProblem("a decimal text", value)
        if isinstance(value, str) and not _DECIMAL_TEXT.fullmatch(value):
            raise ValueProblem("a decimal text without exponent", value)
        try:
            return self.point.from_decimal(Decimal(value) if isinstance(value, int) else value)
        except EncodeError as error:
            raise ValueProblem(error.expected, value) from None
