"""One name in the spellings that code and topics need."""

from __future__ import annotations

import re

LIFE_CYCLE = ("on_start", "on_stop")
"""The methods of a service that handle no message: what the runtime calls besides."""
_WORD_START = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def snake_case(name: str) -> str:
    """``InstrumentMeta`` to ``instrument_meta``, ``UniswapV2Swap`` to ``uniswap_v2_swap``."""
    return _WORD_START.sub("_", name).lower()


def constant_case(name: str) -> str:
    """``InstrumentMeta`` to ``INSTRUMENT_META``."""
    return snake_case(name).upper()


def kebab_case(name: str) -> str:
    """``MarketData`` to ``market-data``."""
    return snake_case(name).replace("_", "-")


def pascal_case(name: str) -> str:
    """``flash_arbitrage`` to ``FlashArbitrage``."""
    return "".join(part[:1].upper() + part[1:] for part in name.split("_"))


def handler_name(message: str) -> str:
    """``InstrumentMeta`` to ``on_instrument_meta``: the method of a service that handles it."""
    return f"on_{snake_case(message)}"
