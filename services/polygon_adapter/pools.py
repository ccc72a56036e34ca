"""The pools and tokens that the adapter may speak of, from a JSON file.

``{"pools": [{"chain_id", "address", "protocol", "token0", "token1", "symbol0", "decimals0",
"symbol1", "decimals1", "fee_pips"}]}``; symbols and decimals are null where nobody knows them,
other keys are left alone.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Final

# The factory's fee tiers (Uniswap V3 white paper, section 6.1; 100 was added by governance).
_SPACING: Final[Mapping[int, int]] = {100: 1, 500: 10, 3000: 60, 10000: 200}
_ADDRESS = re.compile(r"0x[0-9a-fA-F]{40}")


class Protocol(Enum):
    """An exchange's name in the file, and its id among the venues."""

    UNISWAP_V2 = "uniswap_v2"
    UNISWAP_V3 = "uniswap_v3"
    SUSHISWAP_V2 = "sushiswap_v2"
    QUICKSWAP_V2 = "quickswap_v2"

    @property
    def concentrated(self) -> bool:
        """Whether its pools concentrate liquidity."""
        return self is Protocol.UNISWAP_V3


class PoolsFileError(ValueError):
    """The pools file cannot be used: where, what was expected, what was found."""

    def __init__(self, place: str, expected: str, found: object) -> None:
        super().__init__(f"{place}: expected {expected}, found {found!r}")


@dataclass(frozen=True, slots=True)
class Token:
    """A token; ``symbol`` and ``decimals`` are None where nobody knows them."""

    address: bytes
    symbol: str | None
    decimals: int | None


@dataclass(frozen=True, slots=True)
class Pool:
    """A pool's constants. ``fee_ppm`` is in millionths; ``tick_spacing`` is None without ticks."""

    chain_id: int
    address: bytes
    protocol: Protocol
    token0: Token
    token1: Token
    fee_ppm: int
    tick_spacing: int | None


def read_pools(path: Path, chain_id: int) -> dict[bytes, Pool]:
    """The file's pools of one chain, by address.

    Raises:
        PoolsFileError: the file cannot be read, or a pool is not described as it must be
    """
    try:
        value = json.loads(path.read_text("utf-8"))
    except OSError as error:
        raise PoolsFileError(str(path), "a file", error.strerror) from None
    except ValueError as error:
        raise PoolsFileError(str(path), "JSON", str(error)) from None
    entries = value.get("pools") if isinstance(value, dict) else None
    if not isinstance(entries, list):
        raise PoolsFileError(str(path), 'an object with a list "pools"', value)
    found: dict[bytes, Pool] = {}
    tokens: dict[bytes, Token] = {}
    for index, entry in enumerate(entries):
        reader = _Entry(f"{path}: pools[{index}]", entry)
        if reader.integer("chain_id", 1, (1 << 64) - 1) != chain_id:
            continue
        pool = reader.pool(chain_id)
        if found.setdefault(pool.address, pool) is not pool:
            raise PoolsFileError(reader.place, "a pool once", f"0x{pool.address.hex()}")
        for token in (pool.token0, pool.token1):
            if tokens.setdefault(token.address, token) != token:
                raise PoolsFileError(reader.place, f"{tokens[token.address]}", token)
    return found


class _Entry:
    """One object of the list."""

    def __init__(self, place: str, value: object) -> None:
        if not isinstance(value, dict):
            raise PoolsFileError(place, "an object", value)
        self.place = place
        self._value = value

    def pool(self, chain_id: int) -> Pool:
        protocol = self._protocol()
        fee = self.integer("fee_pips", 0, 999_999)
        token0, token1 = self._token("0"), self._token("1")
        if token0.address >= token1.address:
            raise PoolsFileError(self.place, "token0 below token1", f"0x{token0.address.hex()}")
        return Pool(
            chain_id=chain_id,
            address=self._address("address"),
            protocol=protocol,
            token0=token0,
            token1=token1,
            fee_ppm=fee,
            tick_spacing=self._spacing(fee) if protocol.concentrated else None,
        )

    def integer(self, key: str, low: int, high: int) -> int:
        value = self._value.get(key)
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise PoolsFileError(f"{self.place}.{key}", f"an integer {low} to {high}", value)
        return value

    def _protocol(self) -> Protocol:
        value = self._value.get("protocol")
        try:
            return Protocol(value)
        except ValueError:
            names = ", ".join(p.value for p in Protocol)
            raise PoolsFileError(f"{self.place}.protocol", f"one of {names}", value) from None

    def _spacing(self, fee: int) -> int:
        if "tick_spacing" in self._value:
            return self.integer("tick_spacing", 1, 16383)
        if fee not in _SPACING:
            raise PoolsFileError(
                f"{self.place}.fee_pips", "a fee of the factory, or a tick_spacing", fee
            )
        return _SPACING[fee]

    def _token(self, number: str) -> Token:
        symbol = self._value.get(f"symbol{number}")
        if symbol is not None and not isinstance(symbol, str):
            raise PoolsFileError(f"{self.place}.symbol{number}", "a text or null", symbol)
        known = self._value.get(f"decimals{number}") is not None
        decimals = self.integer(f"decimals{number}", 0, 255) if known else None
        return Token(self._address(f"token{number}"), symbol, decimals)

    def _address(self, key: str) -> bytes:
        value = self._value.get(key)
        if not isinstance(value, str) or _ADDRESS.fullmatch(value) is None:
            raise PoolsFileError(f"{self.place}.{key}", "an address (0x and 40 hex digits)", value)
        return bytes.fromhex(value[2:])
