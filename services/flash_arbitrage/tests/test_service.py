"""Pool states in, signals and withdrawals out."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from mycelium.protocol.instrument import InstrumentId
from mycelium.protocol.timestamp import Timestamp
from mycelium.testing import ServiceHarness, run_service
from services.flash_arbitrage.service import FlashArbitrage
from services.flash_arbitrage.settings import SettingsError
from services.flash_arbitrage.ticks import sqrt_price_at
from torq_contracts.messages import (
    Address,
    ArbitrageSignal,
    BlockUpdate,
    Confidence,
    GasPriceSource,
    Hash,
    InstrumentKind,
    LogPosition,
    PoolKind,
    PoolMetadata,
    PoolStateUpdate,
    SignalWithdrawn,
    V3PoolState,
    Venue,
)

USDC, WETH = Address(b"\x01" * 20), Address(b"\x03" * 20)
A, B = Address(b"\xaa" * 20), Address(b"\xbb" * 20)
SETTINGS = {
    "usd_token": f"0x{USDC.hex()}",
    "wrapped_native": f"0x{WETH.hex()}",
    "assumed_gas_price_wei": 20 * 10**9,
}


def metadata(address: Address, venue: Venue, decimals0: int | None = 6) -> PoolMetadata:
    concentrated = venue is Venue.UNISWAP_V3
    return PoolMetadata(
        pool_address=address,
        instrument=InstrumentId(venue, InstrumentKind.POOL, address),
        venue=venue,
        kind=PoolKind.CONCENTRATED if concentrated else PoolKind.CONSTANT_PRODUCT,
        chain_id=1,
        token0=USDC,
        token1=WETH,
        decimals0=decimals0,
        decimals1=18,
        fee_ppm=500 if concentrated else 3000,
        tick_spacing=10 if concentrated else None,
    )


def position(index: int) -> LogPosition:
    return LogPosition(
        block_time=Timestamp(1),
        transaction_hash=Hash(b"\0" * 32),
        transaction_index=0,
        log_index=index,
    )


def v2_state(price: int, index: int, block: int = 7) -> PoolStateUpdate:
    """1,000 WETH at ``price`` dollars."""
    return PoolStateUpdate(
        pool_address=A,
        venue_id=Venue.UNISWAP_V2,
        reserve0=price * 1000 * 10**6,
        reserve1=1000 * 10**18,
        block_number=block,
        token0=USDC,
        token1=WETH,
        fee_ppm=3000,
        position=position(index),
    )


def v3_state(tick: int, index: int) -> V3PoolState:
    return V3PoolState(
        pool_address=B,
        venue_id=Venue.UNISWAP_V3,
        token0=USDC,
        token1=WETH,
        sqrt_price_x96=sqrt_price_at(tick),
        liquidity=10**19,
        tick=tick,
        tick_spacing=10,
        fee_ppm=500,
        block_number=7,
        position=position(index),
    )


@asynccontextmanager
async def running() -> AsyncIterator[ServiceHarness[FlashArbitrage]]:
    """The service, which knows a pool of each kind."""
    async with run_service(FlashArbitrage, SETTINGS) as service:
        await service.send(metadata(A, Venue.UNISWAP_V2), metadata(B, Venue.UNISWAP_V3))
        yield service


# Tick 199000 is 2,280.7 dollars for one WETH.
async def test_a_gap_between_both_kinds_of_pool_is_announced_in_full() -> None:
    async with running() as service:
        await service.send(v3_state(199000, 1))
        await service.nothing_published()
        await service.send(v2_state(2250, 2))
        signal = await service.expect(ArbitrageSignal)
        assert signal.signal_id == (7 << 24) + 2
        assert (signal.token, signal.asset, signal.chain_id) == (USDC, WETH, 1)
        buy, sell = signal.legs
        assert (buy.pool_address, buy.zero_for_one, buy.venue) == (A, True, Venue.UNISWAP_V2)
        assert (sell.pool_address, sell.zero_for_one, sell.venue) == (B, False, Venue.UNISWAP_V3)
        assert (buy.paid.token, buy.paid.amount) == (USDC, signal.amount_in)
        assert buy.received == sell.paid
        assert (sell.received.token, sell.received.amount) == (USDC, signal.amount_out)
        assert signal.gross_profit == signal.amount_out - signal.amount_in > 0
        assert signal.gas_units == 60_000 + 75_000 + 100_000
        assert signal.gas_price_source is GasPriceSource.ASSUMED
        assert signal.gas_cost_wei == signal.gas_units * 20 * 10**9
        assert signal.gas_cost is not None
        assert signal.net_profit == signal.gross_profit - signal.gas_cost
        assert signal.net_profit_usdc == signal.net_profit
        assert signal.confidence is Confidence.CERTAIN
        assert 13_000 < signal.gap_ppm < 14_000


async def test_a_gap_that_closes_is_withdrawn() -> None:
    async with running() as service:
        await service.send(v3_state(199000, 1), v2_state(2250, 2), v2_state(2280, 3))
        announced = await service.expect(ArbitrageSignal)
        assert await service.expect(SignalWithdrawn) == SignalWithdrawn(
            signal_id=announced.signal_id, block_number=7, position=position(3)
        )
        await service.nothing_published()


async def test_a_gap_that_moves_replaces_the_signal_and_one_that_stays_says_nothing() -> None:
    async with running() as service:
        await service.send(v3_state(199000, 1), v2_state(2250, 2), v2_state(2250, 3))
        await service.send(v2_state(2240, 4))
        first = await service.expect(ArbitrageSignal)
        second = await service.expect(ArbitrageSignal)
        await service.nothing_published()
        assert (first.replaces, second.replaces) == (None, first.signal_id)


@pytest.mark.parametrize(
    ("number", "source", "price"),
    [(7, GasPriceSource.BLOCK_BASE_FEE, 33), (6, GasPriceSource.ASSUMED, 20 * 10**9)],
)
async def test_gas_is_priced_by_the_block_of_the_state(
    number: int, source: GasPriceSource, price: int
) -> None:
    """The fee of an older block is not taken for a newer one's."""

    async with running() as service:
        block = BlockUpdate(
            chain_id=1, number=number, time=Timestamp(1), base_fee=33, gas_used=None, gas_limit=None
        )
        await service.send(block, v3_state(199000, 1), v2_state(2250, 2))
        signal = await service.expect(ArbitrageSignal)
        assert (signal.gas_price_source, signal.gas_price) == (source, price)


async def test_a_state_that_no_log_is_named_for_is_taken_and_not_judged() -> None:
    """As a version 1 writer sends it."""

    async with running() as service:
        old = PoolStateUpdate(
            pool_address=A,
            venue_id=1,
            reserve0=2250 * 10**9,
            reserve1=1000 * 10**18,
            block_number=7,
        )
        await service.send(v3_state(199000, 1), old)
        await service.nothing_published()
        await service.send(v3_state(199001, 2))
        assert len(service.published(ArbitrageSignal)) == 1


async def test_a_state_of_a_pool_without_metadata_is_left_alone() -> None:
    async with run_service(FlashArbitrage, SETTINGS) as service:
        await service.send(v3_state(199000, 1), v2_state(2250, 2))
        await service.nothing_published()


async def test_what_a_retained_state_shows_is_not_announced_again() -> None:
    async with run_service(FlashArbitrage, SETTINGS) as service:
        await service.send(
            metadata(A, Venue.UNISWAP_V2), metadata(B, Venue.UNISWAP_V3), retained=True
        )
        await service.send(v3_state(199000, 1), v2_state(2250, 2), retained=True)
        await service.nothing_published()
        await service.send(v2_state(2240, 3))
        await service.expect(ArbitrageSignal)


async def test_a_dollar_token_of_other_decimals_is_refused() -> None:
    text = "usd_token: expected a token of 6 decimals, found 18"
    async with run_service(FlashArbitrage, SETTINGS) as service:
        with pytest.raises(SettingsError, match=text):
            await service.send(metadata(A, Venue.UNISWAP_V2, decimals0=18))


async def test_it_does_not_start_without_its_settings() -> None:
    with pytest.raises(SettingsError, match="usd_token: expected an address"):
        async with run_service(FlashArbitrage, {}):
            pass
