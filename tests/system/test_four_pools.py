"""Two V2 and two V3 pools of one pair on a local chain, with block headers: every mix of kinds."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from mycelium.protocol.message import Message
from services.polygon_adapter.service import PolygonAdapter
from services.polygon_adapter.source import Entry
from tests.system.recorded import ANVIL, DATA
from tests.system.running import messages, run_services, settings
from torq_contracts.messages import (
    ArbitrageSignal,
    FeedState,
    FeedStatus,
    GasPriceSource,
    MalformedLog,
    PoolStateUpdate,
    V3PoolState,
    Venue,
)

# The frames carry the pools' logs alone; the tokens' addresses and decimals are made up here.
TOKEN0, TOKEN1 = "0x" + "01" * 20, "0x" + "02" * 20
POOLS = {
    "0xfa803697c45c71b3f0a249db2a17d9bf2507eeea": ("uniswap_v2", 3000),
    "0xd5ab01462da740594beaf3af32c12730d6d2dc38": ("uniswap_v2", 3000),
    "0xc0670f5f1e2ac54eff24004130138b645812017b": ("uniswap_v3", 500),
    "0x83885737b45e1a8a9284067a1eb83f8b8a9e85e9": ("uniswap_v3", 3000),
}


def frames() -> list[dict[str, Any]]:
    with gzip.open(DATA / ANVIL, "rt", encoding="utf-8") as lines:
        results = [json.loads(line).get("params", {}).get("result", {}) for line in lines]
    return [r for r in results if isinstance(r, dict)]


class FrameLogs:
    """The frames' logs, as a node's subscription would give them."""

    name = "anvil"

    async def entries(self) -> AsyncIterator[Entry]:
        for number, result in enumerate(frames(), 1):
            if "topics" in result:
                yield Entry(f"frame {number}", result)


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> list[Message]:
    folder = tmp_path_factory.mktemp("anvil")
    tables = settings(
        polygon_adapter={
            "chain_id": 137,
            "pools": str(pools_file(folder)),
            "blocks": str(blocks_file(folder)),
        },
        flash_arbitrage={"usd_token": "0x" + "ff" * 20, "wrapped_native": TOKEN1},
    )
    services = {"polygon_adapter": lambda s: PolygonAdapter(s, source=FrameLogs())}
    return messages(run_services(tables, "polygon_adapter", "flash_arbitrage", services=services))


def pools_file(folder: Path) -> Path:
    common = {"chain_id": 137, "token0": TOKEN0, "token1": TOKEN1}
    pools = [
        {**common, "address": address, "protocol": protocol, "fee_pips": fee}
        for address, (protocol, fee) in POOLS.items()
    ]
    path = folder / "pools.json"
    path.write_text(json.dumps({"pools": pools}), "utf-8")
    return path


def blocks_file(folder: Path) -> Path:
    heads = [r for r in frames() if "baseFeePerGas" in r]
    lines = [
        json.dumps(
            {"number": int(h["number"], 16), "base_fee_per_gas": int(h["baseFeePerGas"], 16)}
        )
        for h in heads
    ]
    path = folder / "anvil.blocks.jsonl"
    path.write_text("\n".join(lines), "utf-8")
    return path


def test_every_log_is_understood(published: list[Message]) -> None:
    assert not [m for m in published if isinstance(m, MalformedLog)]
    last = [m for m in published if isinstance(m, FeedStatus)][-1]
    assert (last.state, last.logs, last.unknown_topic, last.unknown_pool) == (
        FeedState.FINISHED,
        160,
        0,
        0,
    )
    kinds = Counter(type(m) for m in published)
    assert kinds[PoolStateUpdate] == 54
    assert kinds[V3PoolState] == 50


def test_gaps_between_all_kinds_of_pool_are_found(published: list[Message]) -> None:
    signals = [m for m in published if isinstance(m, ArbitrageSignal)]
    kinds = {tuple(Venue(leg.venue) for leg in s.legs) for s in signals}
    v2, v3 = Venue.UNISWAP_V2, Venue.UNISWAP_V3
    assert kinds == {(v2, v2), (v3, v2)}


def test_gas_is_priced_at_the_blocks_base_fee(published: list[Message]) -> None:
    fees = {
        int(r["number"], 16): int(r["baseFeePerGas"], 16) for r in frames() if "baseFeePerGas" in r
    }
    signals = [m for m in published if isinstance(m, ArbitrageSignal)]
    assert signals
    for signal in signals:
        assert signal.gas_price_source is GasPriceSource.BLOCK_BASE_FEE
        assert signal.gas_price == fees[signal.block_number]
        assert signal.net_profit == signal.gross_profit - signal.gas_cost_wei
        assert signal.net_profit_usdc is None
