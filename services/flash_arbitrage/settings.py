"""The service's table of the topology file, checked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from services.flash_arbitrage.gas import GasModel

_ADDRESS = re.compile(r"0x[0-9a-fA-F]{40}")
_GAS = {
    "gas_units_base": "base_units",
    "gas_units_constant_product": "constant_product_units",
    "gas_units_concentrated": "concentrated_units",
}


class SettingsError(ValueError):
    """A setting of flash_arbitrage is missing, unknown or wrong."""

    def __init__(self, key: str, expected: str, found: object) -> None:
        super().__init__(f"services.flash_arbitrage.{key}: expected {expected}, found {found!r}")


@dataclass(frozen=True, slots=True)
class Settings:
    """Which tokens stand for dollars and for the native coin, and how gas is reckoned."""

    usd_token: bytes
    wrapped_native: bytes
    gas: GasModel

    @classmethod
    def read(cls, table: Mapping[str, object]) -> Settings:
        """The settings of ``table``.

        Raises:
            SettingsError: a key is missing, unknown, or its value is of another kind
        """
        known = {"usd_token", "wrapped_native", "assumed_gas_price_wei", *_GAS}
        for key in table:
            if key not in known:
                raise SettingsError(key, f"one of {', '.join(sorted(known))}", table[key])
        units = {name: _count(table, key) for key, name in _GAS.items() if key in table}
        return cls(
            _address(table, "usd_token"),
            _address(table, "wrapped_native"),
            GasModel(_count(table, "assumed_gas_price_wei"), **units),
        )


def _address(table: Mapping[str, object], key: str) -> bytes:
    value = table.get(key)
    if not isinstance(value, str) or _ADDRESS.fullmatch(value) is None:
        raise SettingsError(key, "an address (0x and 40 hex digits)", value)
    return bytes.fromhex(value[2:])


def _count(table: Mapping[str, object], key: str) -> int:
    value = table.get(key)
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise SettingsError(key, "an integer of 0 or more", value)
    return value
