"""Logs to events.

A log is known by its first topic, the Keccak-256 hash of the event's signature. The argument types
and which of them are indexed stand in the docstrings of ``events``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from services.polygon_adapter.abi import Words
from services.polygon_adapter.events import (
    Event,
    V2Burn,
    V2Mint,
    V2Swap,
    V2Sync,
    V3Burn,
    V3Collect,
    V3Mint,
    V3Swap,
)
from services.polygon_adapter.logs import Log


def decode(log: Log) -> Event | None:
    """The event of a log, or None when it is not one of those decoded here.

    Raises:
        MalformedLogError: the log has the event's hash, and not its arguments
    """
    decoder = DECODERS.get(log.topics[0]) if log.topics else None
    return None if decoder is None else decoder(log)


def _v2_swap(log: Log) -> V2Swap:
    words = Words.of(log, indexed=2, plain=4)
    return V2Swap(
        sender=words.indexed(0, "sender").address(),
        amount0_in=words.plain(0, "amount0In").unsigned(256),
        amount1_in=words.plain(1, "amount1In").unsigned(256),
        amount0_out=words.plain(2, "amount0Out").unsigned(256),
        amount1_out=words.plain(3, "amount1Out").unsigned(256),
        recipient=words.indexed(1, "to").address(),
    )


def _v2_sync(log: Log) -> V2Sync:
    words = Words.of(log, indexed=0, plain=2)
    return V2Sync(
        reserve0=words.plain(0, "reserve0").unsigned(112),
        reserve1=words.plain(1, "reserve1").unsigned(112),
    )


def _v2_mint(log: Log) -> V2Mint:
    words = Words.of(log, indexed=1, plain=2)
    return V2Mint(
        sender=words.indexed(0, "sender").address(),
        amount0=words.plain(0, "amount0").unsigned(256),
        amount1=words.plain(1, "amount1").unsigned(256),
    )


def _v2_burn(log: Log) -> V2Burn:
    words = Words.of(log, indexed=2, plain=2)
    return V2Burn(
        sender=words.indexed(0, "sender").address(),
        amount0=words.plain(0, "amount0").unsigned(256),
        amount1=words.plain(1, "amount1").unsigned(256),
        recipient=words.indexed(1, "to").address(),
    )


def _v3_swap(log: Log) -> V3Swap:
    words = Words.of(log, indexed=2, plain=5)
    return V3Swap(
        sender=words.indexed(0, "sender").address(),
        recipient=words.indexed(1, "recipient").address(),
        amount0=words.plain(0, "amount0").signed(256),
        amount1=words.plain(1, "amount1").signed(256),
        sqrt_price_x96=words.plain(2, "sqrtPriceX96").unsigned(160),
        liquidity=words.plain(3, "liquidity").unsigned(128),
        tick=words.plain(4, "tick").signed(24),
    )


def _v3_mint(log: Log) -> V3Mint:
    words = Words.of(log, indexed=3, plain=4)
    return V3Mint(
        sender=words.plain(0, "sender").address(),
        owner=words.indexed(0, "owner").address(),
        tick_lower=words.indexed(1, "tickLower").signed(24),
        tick_upper=words.indexed(2, "tickUpper").signed(24),
        liquidity=words.plain(1, "amount").unsigned(128),
        amount0=words.plain(2, "amount0").unsigned(256),
        amount1=words.plain(3, "amount1").unsigned(256),
    )


def _v3_burn(log: Log) -> V3Burn:
    words = Words.of(log, indexed=3, plain=3)
    return V3Burn(
        owner=words.indexed(0, "owner").address(),
        tick_lower=words.indexed(1, "tickLower").signed(24),
        tick_upper=words.indexed(2, "tickUpper").signed(24),
        liquidity=words.plain(0, "amount").unsigned(128),
        amount0=words.plain(1, "amount0").unsigned(256),
        amount1=words.plain(2, "amount1").unsigned(256),
    )


def _v3_collect(log: Log) -> V3Collect:
    words = Words.of(log, indexed=3, plain=3)
    return V3Collect(
        owner=words.indexed(0, "owner").address(),
        recipient=words.plain(0, "recipient").address(),
        tick_lower=words.indexed(1, "tickLower").signed(24),
        tick_upper=words.indexed(2, "tickUpper").signed(24),
        amount0=words.plain(1, "amount0").unsigned(128),
        amount1=words.plain(2, "amount1").unsigned(128),
    )


DECODERS: Final[Mapping[bytes, Callable[[Log], Event]]] = {
    bytes.fromhex(topic): decoder
    for topic, decoder in (
        ("d78ad95fa46c994b6551d0da85fc275fe613ce37657fb8d5e3d130840159d822", _v2_swap),
        ("1c411e9a96e071241c2f21f7726b17ae89e3cab4c78be50e062b03a9fffbbad1", _v2_sync),
        ("4c209b5fc8ad50758f13e2e1088ba56a560dff690a1c6fef26394f4c03821c4f", _v2_mint),
        ("dccd412f0b1252819cb1fd330b93224ca42612892bb3f4f789976e6d81936496", _v2_burn),
        ("c42079f94a6350d7e6235f29174924f928cc2ac818eb64fed8004e115fbcca67", _v3_swap),
        ("7a53080ba414158be7ec69b987b5fb7d07dee101fe85488f0853ae16239d0bde", _v3_mint),
        ("0c396cd989a39f4459b5fa1aed6a9a8dcdbc45908acfd67e028cd568da98982c", _v3_burn),
        ("70935338e69775456a85ddef226c395fb668b63fa0115f5f20610b388e6ca9c0", _v3_collect),
    )
}
