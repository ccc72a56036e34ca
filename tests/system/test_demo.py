"""The demo says what it found; each opportunity is counted once, and money is exact."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from mycelium.protocol.timestamp import Timestamp
from scripts import demo
from scripts.backtest import Ledger, certain, total_usdc
from torq_contracts.messages import (
    Address,
    ArbitrageSignal,
    Confidence,
    GasPriceSource,
    Hash,
    LogPosition,
    SignalWithdrawn,
    UsdcAmount,
)


def at(transaction: int, log: int) -> LogPosition:
    return LogPosition(
        block_time=Timestamp(1),
        transaction_hash=Hash(bytes([transaction]) * 32),
        transaction_index=transaction,
        log_index=log,
    )


def signal(number: int, transaction: int, net: int | None = 5, **changes: Any) -> ArbitrageSignal:
    made = ArbitrageSignal(
        signal_id=number,
        replaces=None,
        chain_id=1,
        block_number=7,
        position=at(transaction, number),
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
        net_profit=net,
        net_profit_usdc=None if net is None else UsdcAmount(net),
        confidence=Confidence.CERTAIN,
    )
    return msgspec.structs.replace(made, **changes)


def withdrawn(number: int, transaction: int, log: int, block: int = 7) -> SignalWithdrawn:
    return SignalWithdrawn(signal_id=number, block_number=block, position=at(transaction, log))


def test_a_run_of_signals_is_one_opportunity() -> None:
    """Its worth is that of the first signal that a transaction's end left standing."""
    first, second = signal(1, transaction=1, net=9), signal(2, transaction=1, net=5, replaces=1)
    third = signal(3, transaction=2, net=7, replaces=2)
    ledger = Ledger.of([withdrawn(3, 3, 4), third, first, second])
    (opportunity,) = ledger.opportunities
    assert opportunity.signals == ledger.signals == [first, second, third]
    assert ledger.tradable == ledger.profitable == [second]
    assert total_usdc(ledger.profitable) == 5
    assert not opportunity.outlived_its_block


def test_what_closes_within_its_transaction_is_not_tradable() -> None:
    ledger = Ledger.of([signal(1, transaction=1), withdrawn(1, 1, 2)])
    assert len(ledger.opportunities) == 1
    assert ledger.tradable == []


def test_what_stands_at_the_end_is_tradable() -> None:
    ledger = Ledger.of([signal(1, transaction=1)])
    assert ledger.tradable == ledger.signals
    assert ledger.opportunities[0].outlived_its_block


def test_a_new_signal_after_a_withdrawal_is_another_opportunity() -> None:
    ledger = Ledger.of(
        [signal(1, 1), withdrawn(1, 2, 2), signal(3, 3), withdrawn(3, 1, 1, block=8)]
    )
    assert len(ledger.opportunities) == 2
    assert [o.outlived_its_block for o in ledger.opportunities] == [False, True]


@pytest.mark.parametrize("net", [0, -5, None])
def test_what_does_not_gain_after_gas_is_not_profitable(net: int | None) -> None:
    ledger = Ledger.of([signal(1, 1, net=net)])
    assert len(ledger.tradable) == 1
    assert ledger.profitable == []


def test_doubtful_sizes_are_told_apart() -> None:
    doubtful = signal(1, 1, confidence=Confidence.IN_RANGE_ASSUMED)
    assert certain([doubtful, signal(2, 2)]) == [signal(2, 2)]


@pytest.mark.parametrize(
    ("usdc", "text"),
    [
        (0, "$0.00"),
        (1_239_999, "$1.23"),
        (-1_239_999, "-$1.23"),
        (7_996_055_000_000, "$7,996,055.00"),
    ],
)
def test_dollars_are_cut_and_not_rounded(usdc: int, text: str) -> None:
    assert demo.dollars(usdc) == text


@pytest.mark.parametrize(("percent", "expected"), [(1, 1), (50, 2), (75, 3), (99, 4), (100, 4)])
def test_percentiles(percent: int, expected: int) -> None:
    assert demo.percentile([4, 3, 2, 1], percent) == expected


def test_a_known_base_fee_is_not_called_assumed() -> None:
    known = signal(1, 1, gas_price_source=GasPriceSource.BLOCK_BASE_FEE, gas_price=33 * 10**9)
    assert demo.gas_line([known]) == "Gas: 1 units at the block's base fee of 33 gwei"
    assert demo.gas_line([known, signal(2, 2)]) == "Gas: 2 different costs"


def test_the_demo_prints_what_the_day_holds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(demo, "ROOT", tmp_path)
    monkeypatch.setattr(demo, "RECORDING", tmp_path / "demo.frames")
    tables = {**demo.SETTINGS, "recorder": {"path": str(tmp_path / "demo.frames")}}
    monkeypatch.setattr(demo, "SETTINGS", tables)
    assert demo.main() == 0
    printed = capsys.readouterr().out
    for line in (
        "  0x8ad599c3a0ff1de082011efddc58f1908eb6e6d8  concentrated, fee 0.3 %",
        "  V3PoolState          6,407",
        "Price gaps above both fees: 51 pool states in 31 blocks",
        "Opportunities detected: 32",
        "  open at the end of a block: 0",
        "Profitable (after gas): 26",
        "Total profit: $7,996.05",
        "  of this within known liquidity: $581.23",
        "Gas: 260,000 units at 20 gwei. ASSUMED: the recording has no base fee",
        "Recorded: 17,153 frames in demo.frames (torq-gen inspect demo.frames)",
    ):
        assert line in printed.splitlines()
    assert "(51 signals)" in printed
    assert "\r" not in printed


def test_a_failing_service_fails_the_demo(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(demo, "RECORDING", tmp_path / "demo.frames")
    tables = {**demo.SETTINGS, "recorder": {"path": str(tmp_path / "demo.frames")}}
    tables["flash_arbitrage"] = {}
    monkeypatch.setattr(demo, "SETTINGS", tables)
    assert demo.main() == 1
    assert "demo: error: expected a clean end without crashes" in capsys.readouterr().err
