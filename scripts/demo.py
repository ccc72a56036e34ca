"""Replays a recorded day through all active services and prints what they found.

The day is 2024-01-05 on Ethereum, two Uniswap V3 pools of USDC/WETH; see data/README.md. It runs
twice: at full speed, which gives the message rate, and with one log in flight, which gives the
time from a log to its signal.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_DOWN, Decimal
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "runtime"), str(ROOT / "generated" / "python")]

from mycelium.bus import Bus  # noqa: E402 - the paths come first, as `torq-gen run` sets them
from mycelium.counters import Snapshot  # noqa: E402
from mycelium.recording import read_recording  # noqa: E402
from mycelium.runner import ExitCode, Process, Services  # noqa: E402
from mycelium.topology import Topology  # noqa: E402
from scripts.backtest import Ledger, Step, certain, total_usdc  # noqa: E402
from services.polygon_adapter.service import PolygonAdapter  # noqa: E402
from services.polygon_adapter.source import Entry, LogSource, RecordedLogs  # noqa: E402
from torq_contracts.manifest import MANIFEST  # noqa: E402
from torq_contracts.messages import (  # noqa: E402
    USDC_AMOUNT,
    ArbitrageSignal,
    FeedStatus,
    GasPriceSource,
    PoolKind,
    PoolMetadata,
    SignalWithdrawn,
    UsdcAmount,
)

DATA = ROOT / "data"
DAY = DATA / "eth_usdc_weth_v3_500_3000_2024-01-05.logs.jsonl.gz"
LOGS_OF_THE_DAY = 6538
RECORDING = ROOT / ".torq" / "demo.frames"
GWEI = 10**9
SETTINGS: Mapping[str, Mapping[str, Any]] = {
    "polygon_adapter": {"chain_id": 1, "pools": str(DATA / "pools.json"), "logs": str(DAY)},
    "flash_arbitrage": {
        "usd_token": "0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48",
        "wrapped_native": "0xC02aaA39b223FE8D0A0e5C4F27eAD9083C756Cc2",
        # The recording has no block headers, so no base fee.
        "assumed_gas_price_wei": 20 * GWEI,
    },
    "recorder": {"path": str(RECORDING)},
}


@dataclass(slots=True)
class Findings:
    """What a replay brought forth."""

    steps: list[Step] = field(default_factory=list)
    pools: list[PoolMetadata] = field(default_factory=list)
    seconds: float = 0.0
    counts: Snapshot | None = None


class OneInFlight:
    """A source that gives the next log once all consequences of the last are done."""

    def __init__(self, logs: LogSource) -> None:
        self.name = logs.name
        self.bus: Bus | None = None
        self.given = 0
        self._logs = logs

    async def entries(self) -> AsyncIterator[Entry]:
        """The logs, with the moment of the last one in ``given`` (ns)."""
        assert self.bus is not None, "the process has to be built before it reads"
        async for entry in self._logs.entries():
            await self.bus.idle()
            self.given = time.perf_counter_ns()
            yield entry


async def replay_day(*, progress: bool) -> Findings:
    """The day at full speed.

    Raises:
        DemoError: a service failed, or something was not delivered
    """
    RECORDING.parent.mkdir(exist_ok=True)
    RECORDING.unlink(missing_ok=True)
    found = Findings()
    process = Process(MANIFEST, Topology.of(MANIFEST, settings=SETTINGS))
    observe(process.bus, found, progress=progress)
    start = time.perf_counter()
    async with process:
        await process.finished()
        found.seconds = time.perf_counter() - start
    check(process)
    found.counts = process.bus.counts()
    return found


async def time_day() -> list[int]:
    """The day with one log in flight: the time from log to signal in ns, for each signal.

    Raises:
        DemoError: a service failed, or something was not delivered
    """
    latencies: list[int] = []
    source = OneInFlight(RecordedLogs(DAY))
    stepped: Services = {"polygon_adapter": lambda s: PolygonAdapter(s, source=source)}
    names = ("polygon_adapter", "flash_arbitrage", "signal_relay")
    topology = Topology.of(MANIFEST, names, settings=SETTINGS)
    process = Process(MANIFEST, topology, stepped)
    source.bus = process.bus

    async def on_signal(_: ArbitrageSignal) -> None:
        latencies.append(time.perf_counter_ns() - source.given)

    process.bus.subscribe(ArbitrageSignal, on_signal)
    async with process:
        await process.finished()
    check(process)
    return latencies


class DemoError(RuntimeError):
    """The replay did not go through as it must."""


def check(process: Process) -> None:
    """Refuses a run in which a service crashed or a message was lost.

    Raises:
        DemoError: it was such a run
    """
    crashes = process.bus.counts().crashes
    if process.exit_code is not ExitCode.CLEAN or crashes:
        culprits = ", ".join(crashes) or "none"
        raise DemoError(
            f"expected a clean end without crashes, found {process.exit_code.name}, "
            f"crashes of: {culprits}, {process.report}"
        )


def observe(bus: Bus, found: Findings, *, progress: bool) -> None:
    """Writes down what passes over the bus."""

    async def on_step(message: Step) -> None:
        found.steps.append(message)

    async def on_pool(message: PoolMetadata) -> None:
        found.pools.append(message)

    async def on_feed(message: FeedStatus) -> None:
        if progress:
            done = f"{message.logs * 100 // LOGS_OF_THE_DAY} %"
            print(f"\r  {message.logs:,} of {LOGS_OF_THE_DAY:,} logs, {done}", end="", flush=True)

    bus.subscribe(ArbitrageSignal, on_step, name="demo signals")
    bus.subscribe(SignalWithdrawn, on_step, name="demo withdrawals")
    bus.subscribe(PoolMetadata, on_pool, name="demo pools")
    bus.subscribe(FeedStatus, on_feed, name="demo feed")


def dollars(usdc: int) -> str:
    """Millionths of USDC as dollars and cents, cut towards zero; exact integers throughout."""
    exact = USDC_AMOUNT.to_decimal(UsdcAmount(abs(usdc)))
    return f"{'-' if usdc < 0 else ''}${exact.quantize(Decimal('0.01'), ROUND_DOWN):,}"


def percentile(values: Iterable[int], percent: int) -> int:
    """The smallest value that at least ``percent`` of a hundred values do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * percent // 100) - 1)]


def pool_lines(pools: Iterable[PoolMetadata]) -> Iterator[str]:
    """A line for each pool."""
    yield "Pools"
    for pool in pools:
        fee = Decimal(pool.fee_ppm) / 10_000
        yield f"  0x{pool.pool_address.hex()}  {PoolKind(pool.kind).name.lower()}, fee {fee:f} %"


def message_lines(counts: Snapshot, seconds: float) -> Iterator[str]:
    """A line for each type of message, and the rate of all."""
    published = {
        message: row.published for (_, message), row in counts.rows.items() if row.published
    }
    total = sum(published.values())
    yield "Messages"
    for message, count in sorted(published.items(), key=lambda item: -item[1]):
        yield f"  {message:<18}{count:>8,}"
    yield f"  {'all':<18}{total:>8,}  in {seconds:.2f} s: {round(total / seconds):,} a second"


def gas_line(signals: Iterable[ArbitrageSignal]) -> str:
    """What a transaction was taken to cost, and which of that is assumed."""
    costs = sorted({(s.gas_units, s.gas_price, s.gas_price_source) for s in signals})
    if len(costs) != 1:
        return f"Gas: {len(costs)} different costs"
    ((units, price, source),) = costs
    gwei = Decimal(price) / GWEI
    if source == GasPriceSource.ASSUMED:
        return f"Gas: {units:,} units at {gwei:f} gwei. ASSUMED: the recording has no base fee"
    return f"Gas: {units:,} units at the block's base fee of {gwei:f} gwei"


def opportunity_lines(ledger: Ledger) -> Iterator[str]:
    """What was found, and what it was worth."""
    signals, profitable = ledger.signals, ledger.profitable
    sure = certain(profitable)
    blocks = len({s.block_number for s in signals})
    lasting = sum(o.outlived_its_block for o in ledger.opportunities)
    within = len(ledger.opportunities) - len(ledger.tradable)
    yield f"Price gaps above both fees: {len(signals)} pool states in {blocks} blocks"
    yield f"Opportunities detected: {len(ledger.opportunities)}"
    yield f"  closed within their own transaction: {within}"
    yield f"  open at the end of a block: {lasting}"
    yield f"Profitable (after gas): {len(profitable)}"
    yield f"  of these within known liquidity: {len(sure)}"
    yield f"Total profit: {dollars(total_usdc(profitable))}"
    yield f"  of this within known liquidity: {dollars(total_usdc(sure))}"
    yield "  the rest assumes that the active liquidity goes on beyond the current ticks"
    yield gas_line(signals)


def latency_line(latencies: list[int]) -> str:
    """From a log that is read to its signal at a subscriber."""
    p50, p99 = (percentile(latencies, p) // 1000 for p in (50, 99))
    return f"Log to signal, one in flight: p50 {p50} us, p99 {p99} us ({len(latencies)} signals)"


def recording_line() -> str:
    """What the recorder wrote, read back."""
    frames = sum(1 for _ in read_recording(RECORDING))
    name = RECORDING.relative_to(ROOT)
    return f"Recorded: {frames:,} frames in {name} (torq-gen inspect {name})"


def main() -> int:
    """Runs the demo; 0 when it went through."""
    print(f"Replaying {DAY.name}: Ethereum, USDC/WETH, 2024-01-05")
    progress = sys.stdout.isatty()
    try:
        found = asyncio.run(replay_day(progress=progress))
        if progress:
            print("\n  once more, one log in flight", flush=True)
        latencies = asyncio.run(time_day())
    except DemoError as error:
        print(f"demo: error: {error}", file=sys.stderr)
        return 1
    assert found.counts is not None, "a replay that went through was counted"
    for lines in (
        pool_lines(found.pools),
        message_lines(found.counts, found.seconds),
        opportunity_lines(Ledger.of(found.steps)),
        (latency_line(latencies), recording_line()),
    ):
        print("", *lines, sep="\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
