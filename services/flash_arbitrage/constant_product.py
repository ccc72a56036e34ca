"""Swaps in a constant-product pool, to the wei.

The arithmetic is that of Uniswap V2 (white paper, section 3.2.1), with the fee in millionths of the
amount in: 3000 gives the same integers as the contract's 997/1000.
"""

from __future__ import annotations

FEE_UNIT = 1_000_000


def amount_out(amount_in: int, reserve_in: int, reserve_out: int, fee_ppm: int) -> int:
    """What the pool pays for ``amount_in``, rounded down."""
    net = amount_in * (FEE_UNIT - fee_ppm)
    return net * reserve_out // (reserve_in * FEE_UNIT + net)


def amount_in(amount_out: int, reserve_in: int, reserve_out: int, fee_ppm: int) -> int | None:
    """What the contract's library asks for ``amount_out``, or None when the pool holds too little.

    It is enough, and at most one more than the least that is.
    """
    if amount_out >= reserve_out:
        return None
    owed = reserve_in * amount_out * FEE_UNIT
    return owed // ((reserve_out - amount_out) * (FEE_UNIT - fee_ppm)) + 1


def keeps_product(
    before: tuple[int, int], paid_in: tuple[int, int], after: tuple[int, int], fee_ppm: int
) -> bool:
    """Whether the contract lets a swap pass: the product, without fees, did not fall."""
    first, second = (
        held * FEE_UNIT - paid * fee_ppm for held, paid in zip(after, paid_in, strict=True)
    )
    return first * second >= before[0] * before[1] * FEE_UNIT**2
