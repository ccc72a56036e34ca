"""Integers of 128 and 256 bits in columns, which have no type for them: exact, both ways."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any, Final

from mycelium.columns.libraries import ColumnsError, numpy

LARGEST_DECIMAL: Final = 10**76 - 1
"""What Arrow's widest decimal holds."""


def integers_of(column: Any, *, signed: bool = False) -> list[int | None]:
    """The integers of a column of 16 or 32 bytes each, of numpy or Arrow; None for none."""
    values: Iterable[Any] = column.to_pylist() if hasattr(column, "to_pylist") else column
    return [
        None if v is None else int.from_bytes(bytes(v), "little", signed=signed) for v in values
    ]


def decimals_of(column: Any, scale: int, *, signed: bool = False) -> list[Decimal | None]:
    """The same as decimals: each integer divided by 10**scale, exactly."""
    found = integers_of(column, signed=signed)
    return [None if v is None else _scaled(v, scale) for v in found]


def extended(data: bytes, size: int, target: int, *, signed: bool) -> bytes:
    """Little-endian integers of ``size`` bytes as such of ``target`` bytes."""
    np = numpy()
    found = np.frombuffer(data, np.uint8).reshape(-1, size)
    made = np.zeros((len(found), target), np.uint8)
    made[:, :size] = found
    if signed:
        made[:, size:] = np.where(found[:, -1:] >= 0x80, 0xFF, 0)
    return bytes(made.tobytes())


def check_decimals(data: bytes, *, signed: bool, what: str) -> None:
    """Checks that Arrow's widest decimal holds integers of 32 bytes.

    Raises:
        ColumnsError: the first one that it does not hold
    """
    np = numpy()
    top = np.frombuffer(data, "<u8").reshape(-1, 4)[:, 3]
    # 10**76 has 253 bits: only where the highest word is large have the others to be looked at
    near = (top >= LARGEST_DECIMAL >> 192) & (top < (1 << 64) - (LARGEST_DECIMAL >> 192) - 1)
    suspects = np.flatnonzero(near if signed else top >= LARGEST_DECIMAL >> 192)
    view = memoryview(data)
    for row in suspects:
        value = int.from_bytes(view[row * 32 : row * 32 + 32], "little", signed=signed)
        if abs(value) > LARGEST_DECIMAL:
            raise ColumnsError(
                f"{what}: expected at most 76 digits for a decimal, found {value} in row {row};"
                " wide='binary' takes it"
            )


def _scaled(value: int, scale: int) -> Decimal:
    sign, digits = int(value < 0), tuple(map(int, str(abs(value))))
    return Decimal((sign, digits, -scale))
