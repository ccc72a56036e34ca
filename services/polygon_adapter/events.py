"""The events of Uniswap V2 pairs and V3 pools, and of every exchange with the same contracts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class V2Swap:
    """``Swap(address indexed,uint256,uint256,uint256,uint256,address indexed)``."""

    sender: bytes
    amount0_in: int
    amount1_in: int
    amount0_out: int
    amount1_out: int
    recipient: bytes


@dataclass(frozen=True, slots=True)
class V2Sync:
    """``Sync(uint112,uint112)``: the reserves from now on."""

    reserve0: int
    reserve1: int


@dataclass(frozen=True, slots=True)
class V2Mint:
    """``Mint(address indexed,uint256,uint256)``."""

    sender: bytes
    amount0: int
    amount1: int


@dataclass(frozen=True, slots=True)
class V2Burn:
    """``Burn(address indexed,uint256,uint256,address indexed)``."""

    sender: bytes
    amount0: int
    amount1: int
    recipient: bytes


@dataclass(frozen=True, slots=True)
class V3Swap:
    """``Swap(address indexed,address indexed,int256,int256,uint160,uint128,int24)``.

    Amounts are what the pool received (negative: paid); price, liquidity and tick hold from now on.
    """

    sender: bytes
    recipient: bytes
    amount0: int
    amount1: int
    sqrt_price_x96: int
    liquidity: int
    tick: int


@dataclass(frozen=True, slots=True)
class V3Mint:
    """``Mint(address,address indexed,int24 indexed,int24 indexed,uint128,uint256,uint256)``."""

    sender: bytes
    owner: bytes
    tick_lower: int
    tick_upper: int
    liquidity: int
    amount0: int
    amount1: int


@dataclass(frozen=True, slots=True)
class V3Burn:
    """``Burn(address indexed,int24 indexed,int24 indexed,uint128,uint256,uint256)``."""

    owner: bytes
    tick_lower: int
    tick_upper: int
    liquidity: int
    amount0: int
    amount1: int


@dataclass(frozen=True, slots=True)
class V3Collect:
    """``Collect(address indexed,address,int24 indexed,int24 indexed,uint128,uint128)``."""

    owner: bytes
    recipient: bytes
    tick_lower: int
    tick_upper: int
    amount0: int
    amount1: int


Event: TypeAlias = V2Swap | V2Sync | V2Mint | V2Burn | V3Swap | V3Mint | V3Burn | V3Collect
