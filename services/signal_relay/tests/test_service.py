"""Each signal is passed on once, with the route that its gain deserves."""

from __future__ import annotations

import msgspec
import pytest

import services.signal_relay.service as relay
from mycelium.protocol.timestamp import Timestamp
from mycelium.testing import run_service
from services.signal_relay.service import SignalRelay, route_of
from torq_contracts.manifest import FLASH_ARBITRAGE, MANIFEST
from torq_contracts.messages import (
    Address,
    ArbitrageSignal,
    Confidence,
    GasPriceSource,
    Hash,
    LogPosition,
    Route,
    RoutedSignal,
    UsdcAmount,
)

SIGNAL = ArbitrageSignal(
    signal_id=7,
    replaces=None,
    chain_id=1,
    block_number=9,
    position=LogPosition(
        block_time=Timestamp(1), transaction_hash=Hash(b"\0" * 32), transaction_index=0, log_index=0
    ),
    token=Address(b"\x01" * 20),
    asset=Address(b"\x03" * 20),
    legs=(),
    gap_ppm=5,
    amount_in=100,
    amount_out=110,
    gross_profit=10,
    gas_units=1,
    gas_price=2,
    gas_price_source=GasPriceSource.ASSUMED,
    gas_cost_wei=2,
    gas_cost=3,
    net_profit=7,
    net_profit_usdc=UsdcAmount(7),
    confidence=Confidence.CERTAIN,
)


async def test_a_signal_is_passed_on_with_its_figures() -> None:
    async with run_service(SignalRelay) as service:
        sent_at = service.clock.timestamp()
        await service.send(SIGNAL)
        assert await service.expect(RoutedSignal) == RoutedSignal(
            signal_id=7,
            origin=1,
            route=Route.EXECUTE,
            chain_id=1,
            block_number=9,
            token=SIGNAL.token,
            legs=(),
            amount_in=100,
            net_profit=7,
            net_profit_usdc=UsdcAmount(7),
            confidence=Confidence.CERTAIN,
            detected_at=Timestamp(sent_at),
        )
        await service.nothing_published()


async def test_a_signal_says_which_strategy_it_comes_from() -> None:
    async with run_service(SignalRelay, manifest=MANIFEST) as service:
        await service.send(SIGNAL, source="flash_arbitrage")
        assert (await service.expect(RoutedSignal)).origin == FLASH_ARBITRAGE.source


async def test_a_signal_that_comes_again_is_not_passed_on(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with run_service(SignalRelay) as service:
        await service.send(SIGNAL, SIGNAL)
        await service.send(msgspec.structs.replace(SIGNAL, chain_id=137))
        assert len(service.published()) == 2
    assert "signal 7 of chain 1 came again" in caplog.text


async def test_its_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relay, "REMEMBERED", 2)
    async with run_service(SignalRelay) as service:
        for number in (1, 2, 3, 1):
            await service.send(msgspec.structs.replace(SIGNAL, signal_id=number))
        assert len(service.published()) == 4


@pytest.mark.parametrize(
    ("net", "confidence", "route"),
    [
        (1, Confidence.CERTAIN, Route.EXECUTE),
        (0, Confidence.CERTAIN, Route.OBSERVE),
        (-1, Confidence.CERTAIN, Route.OBSERVE),
        (None, Confidence.CERTAIN, Route.OBSERVE),
        (1, Confidence.IN_RANGE_ASSUMED, Route.OBSERVE),
    ],
)
def test_only_a_certain_gain_is_to_be_executed(
    net: int | None, confidence: Confidence, route: Route
) -> None:
    signal = msgspec.structs.replace(SIGNAL, net_profit=net, confidence=confidence)
    assert route_of(signal) is route
