"""One name in the spellings that code needs."""

from __future__ import annotations

import re

_BOUNDARY = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def snake_case(name: str) -> str:
    """``PoolStateUpdate`` to ``pool_state_update``, ``USDPrice`` to ``usd_price``."""
    return _BOUNDARY.sub("_", name).lower()


def constant_case(name: str) -> str:
    """``PoolStateUpdate`` to ``POOL_STATE_UPDATE``."""
    return snake_case(name).upper()


def camel_case(name: str) -> str:
    """``flash_arbitrage`` to ``FlashArbitrage``."""
    return "".join(part[:1].upper() + part[1:] for part in name.split("_"))


def kebab_case(name: str) -> str:
    """``MarketData`` to ``market-data``."""
    return snake_case(name).replace("_", "-")
