"""The recorded day from log to signal: what is found is what the chain's figures say."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from itertools import groupby
from pathlib import Path

import pytest

from mycelium.bus import Bus
from mycelium.protocol.message import Message
from mycelium.recording import read_recording
from mycelium.replay import replay
from mycelium.runner import Process
from mycelium.supervisor import Supervisor
from mycelium.topology import Topology
from mycelium.worker import Worker
from services.flash_arbitrage.concentrated import Range, swap_exact_input
from services.flash_arbitrage.curves import Concentrated
from services.flash_arbitrage.service import FlashArbitrage
from services.flash_arbitrage.sizing import best_size
from tests.system.recorded import ETHEREUM_DAY, json_logs
from tests.system.running import FLASH_ARBITRAGE, messages, run_services, settings
from torq_contracts.manifest import MANIFEST
from torq_contracts.messages import (
    ArbitrageSignal,
    Confidence,
    GasPriceSource,
    InstrumentMeta,
    PoolMetadata,
    RoutedSignal,
    SignalWithdrawn,
    V3PoolState,
)

SWAP = "0xc42079f94a6350d7e6235f29174924f928cc2ac818eb64fed8004e115fbcca67"
CHEAP = "0x88e6a0c2ddd26feeb64f039a2c41296fcb3f5640"
DEAR = "0x8ad599c3a0ff1de082011efddc58f1908eb6e6d8"
BOTH_FEES = Fraction(10_035, 10_000)


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[bytes], Path]:
    """The frames of the day, and the recorder's file."""
    path = tmp_path_factory.mktemp("day") / "day.frames"
    tables = settings(recorder={"path": str(path)})
    names = ("polygon_adapter", "flash_arbitrage", "signal_relay", "recorder")
    return run_services(tables, *names), path


@pytest.fixture(scope="module")
def published(day: tuple[list[bytes], Path]) -> list[Message]:
    return messages(day[0])


@pytest.fixture(scope="module")
def signals(published: list[Message]) -> list[ArbitrageSignal]:
    return [m for m in published if isinstance(m, ArbitrageSignal)]


def gaps() -> Iterator[tuple[int, int, int]]:
    """Block, transaction and log index of swaps after which prices differ by more than 35 bps.

    Computed from the logs alone: the last square-root price that each pool's Swap logs state.
    """
    prices: dict[str, int] = {}
    for log in json_logs(ETHEREUM_DAY):
        if log["topics"][0] != SWAP:
            continue
        prices[log["address"]] = int(log["data"][2 + 128 : 2 + 192], 16) ** 2
        if len(prices) == 2 and Fraction(max(prices.values()), min(prices.values())) > BOTH_FEES:
            yield tuple(int(log[k], 16) for k in ("blockNumber", "transactionIndex", "logIndex"))  # type: ignore[misc]


def test_the_days_messages(published: list[Message]) -> None:
    assert Counter(type(m).__name__ for m in published) == {
        "V3PoolState": 6407,
        "SwapEvent": 6313,
        "BlockUpdate": 4055,
        "BurnEvent": 86,
        "CollectEvent": 81,
        "MintEvent": 58,
        "ArbitrageSignal": 51,
        "RoutedSignal": 51,
        "SignalWithdrawn": 32,
        "FeedStatus": 15,
        "InstrumentMeta": 2,
        "PoolMetadata": 2,
    }


def test_signals_are_the_51_gaps_in_31_blocks(signals: list[ArbitrageSignal]) -> None:
    expected = list(gaps())
    assert (len(expected), len({block for block, _, _ in expected})) == (51, 31)
    found = [(s.block_number, s.position.transaction_index, s.position.log_index) for s in signals]
    assert found == expected


def test_no_gap_of_the_day_is_open_at_the_end_of_a_block(published: list[Message]) -> None:
    """Each signal is replaced or withdrawn by a log of its own block."""
    steps = [m for m in published if isinstance(m, ArbitrageSignal | SignalWithdrawn)]
    for _, group in groupby(steps, key=lambda m: m.block_number):
        assert isinstance(list(group)[-1], SignalWithdrawn)


def curves_of(
    published: list[Message],
) -> Iterator[tuple[ArbitrageSignal, dict[bytes, Concentrated]]]:
    """Each signal with the pools as their last states left them."""
    by_position = {}
    states: dict[bytes, Concentrated] = {}
    for message in published:
        if isinstance(message, V3PoolState):
            states[message.pool_address] = Concentrated(
                message.sqrt_price_x96,
                message.liquidity,
                message.tick,
                message.tick_spacing,
                message.fee_ppm,
            )
            by_position[message.block_number, message.position.log_index] = dict(states)
        elif isinstance(message, ArbitrageSignal):
            yield message, by_position[message.block_number, message.position.log_index]


def test_every_size_is_what_the_contracts_would_pay_and_proven_best(
    published: list[Message],
) -> None:
    count = 0
    for signal, pools in curves_of(published):
        count += 1
        amount = signal.amount_in
        for leg in signal.legs:
            pool = pools[leg.pool_address]
            state = Range(pool.sqrt_price, pool.liquidity, leg.fee_ppm)
            assert leg.paid.amount == amount
            step = swap_exact_input(state, amount, zero_for_one=leg.zero_for_one)
            amount = step.amount_out
            assert leg.received.amount == amount
        assert signal.amount_out == amount
        first, second = (pools[leg.pool_address] for leg in signal.legs)
        size = best_size(first, second, zero_for_one=True)
        assert size is not None
        assert signal.gross_profit == size.gain == size.bound
    assert count == 51


def test_gas_is_assumed_and_says_so(signals: list[ArbitrageSignal]) -> None:
    """The recording has no block headers."""
    assert {s.gas_price_source for s in signals} == {GasPriceSource.ASSUMED}
    assert {s.gas_cost_wei for s in signals} == {260_000 * 20 * 10**9}
    for signal in signals:
        assert signal.gas_cost is not None
        assert signal.net_profit == signal.gross_profit - signal.gas_cost
        assert signal.net_profit_usdc == signal.net_profit


def test_tokens_and_pools_come_before_their_states(published: list[Message]) -> None:
    known: set[bytes] = set()
    for message in published:
        match message:
            case InstrumentMeta(token=token):
                assert token not in known
                known.add(token)
            case PoolMetadata(pool_address=pool):
                assert pool not in known
                known.add(pool)
            case V3PoolState(pool_address=pool, token0=token0, token1=token1):
                assert {pool, token0, token1} <= known


def test_every_signal_is_routed_once(
    published: list[Message], signals: list[ArbitrageSignal]
) -> None:
    routed = [m for m in published if isinstance(m, RoutedSignal)]
    assert [r.signal_id for r in routed] == [s.signal_id for s in signals]
    assert {r.origin for r in routed} == {MANIFEST.service("flash_arbitrage").source}
    assert all(r.legs == s.legs for r, s in zip(routed, signals, strict=True))


def test_the_recording_is_what_was_published_bit_for_bit(day: tuple[list[bytes], Path]) -> None:
    """Services run side by side, so order holds per source and type, as the bus promises."""
    frames, path = day
    recording = read_recording(path)
    recorded = [bytes(frame.data) for frame in recording]
    assert recording.skipped_bytes == 0
    assert sorted(recorded) == sorted(frames)
    for key in {frame[6:8] + frame[32:34] for frame in frames}:
        assert [f for f in recorded if f[6:8] + f[32:34] == key] == [
            f for f in frames if f[6:8] + f[32:34] == key
        ]


def test_a_replayed_recording_gives_the_same_signals(
    day: tuple[list[bytes], Path], signals: list[ArbitrageSignal]
) -> None:
    found: list[Message] = []

    async def scenario() -> None:
        settings = {"flash_arbitrage": FLASH_ARBITRAGE}
        topology = Topology.of(MANIFEST, ("flash_arbitrage",), settings=settings)
        process = Process(MANIFEST, topology)

        async def keep(message: ArbitrageSignal) -> None:
            found.append(message)

        process.bus.subscribe(ArbitrageSignal, keep)
        async with process:
            report = await replay(process.bus, read_recording(day[1]))
            await process.bus.idle()
        assert (report.unreadable, report.own) == (0, 51 + 32)

    asyncio.run(scenario())
    assert found == signals


def test_a_late_strategy_knows_the_pools_and_announces_nothing_old(
    published: list[Message],
) -> None:
    """Retained states fill its book; the gap that they show was announced when it arose."""
    inputs = [m for m in published if isinstance(m, PoolMetadata | V3PoolState)]
    gap = next(m for m in published if isinstance(m, ArbitrageSignal))
    at = next(
        i
        for i, m in enumerate(inputs)
        if isinstance(m, V3PoolState)
        and (m.block_number, m.position) == (gap.block_number, gap.position)
    )
    found: list[ArbitrageSignal] = []

    async def keep(message: ArbitrageSignal) -> None:
        found.append(message)

    async def scenario() -> None:
        bus = Bus(MANIFEST)
        adapter = {
            kind: bus.publisher(kind, service="polygon_adapter")
            for kind in (PoolMetadata, V3PoolState)
        }
        for message in inputs[: at + 1]:
            await adapter[type(message)].publish(message)
        bus.subscribe(ArbitrageSignal, keep)
        worker = Worker(bus, FlashArbitrage.SPEC, lambda: FlashArbitrage(FLASH_ARBITRAGE), 16)
        supervisor = Supervisor(bus, [worker])
        await supervisor.start()
        await bus.idle()
        assert found == []
        again = inputs[at]
        await adapter[type(again)].publish(again)
        await supervisor.stop()

    asyncio.run(scenario())
    assert [(s.signal_id, s.gross_profit) for s in found] == [(gap.signal_id, gap.gross_profit)]


def test_some_sizes_stay_within_known_liquidity(signals: list[ArbitrageSignal]) -> None:
    assert Counter(s.confidence for s in signals) == {
        Confidence.CERTAIN: 21,
        Confidence.IN_RANGE_ASSUMED: 30,
    }
