"""The service reads its files, publishes to the end, and says how it ended."""

from __future__ import annotations

import gzip
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from mycelium.testing import run_service
from services.polygon_adapter.pools import PoolsFileError
from services.polygon_adapter.service import PolygonAdapter
from services.polygon_adapter.settings import Settings, SettingsError
from services.polygon_adapter.source import Entry, RecordingError
from torq_contracts.messages import (
    BlockUpdate,
    FeedState,
    FeedStatus,
    MalformedLog,
    PoolStateUpdate,
)

POOL = {
    "chain_id": 1,
    "address": "0x" + "22" * 20,
    "protocol": "uniswap_v2",
    "token0": "0x" + "0a" * 20,
    "token1": "0x" + "0c" * 20,
    "symbol0": "USDC",
    "decimals0": 6,
    "symbol1": "WETH",
    "decimals1": 18,
    "fee_pips": 3000,
}


def sync(index: int) -> bytes:
    value = {
        "address": POOL["address"],
        "topics": ["0x1c411e9a96e071241c2f21f7726b17ae89e3cab4c78be50e062b03a9fffbbad1"],
        "data": "0x" + (111).to_bytes(32).hex() + (222).to_bytes(32).hex(),
        "blockNumber": "0x64",
        "blockTimestamp": "0x10",
        "transactionHash": "0x" + "cd" * 32,
        "transactionIndex": "0x3",
        "logIndex": hex(index),
    }
    return json.dumps(value).encode() + b"\n"


@pytest.fixture
def settings(tmp_path: Path) -> dict[str, object]:
    (tmp_path / "pools.json").write_text(json.dumps({"pools": [POOL]}), "utf-8")
    (tmp_path / "day.logs.jsonl").write_bytes(sync(0) + b"{broken\n" + sync(1))
    (tmp_path / "day.blocks.jsonl").write_text('{"number": 100, "base_fee_per_gas": 9}\n', "utf-8")
    return {
        "chain_id": 1,
        "pools": str(tmp_path / "pools.json"),
        "logs": str(tmp_path / "day.logs.jsonl"),
        "blocks": str(tmp_path / "day.blocks.jsonl"),
    }


async def test_a_recording_is_read_to_its_end(settings: dict[str, object]) -> None:
    async with run_service(PolygonAdapter, settings) as service:
        await service.finished()
        first, *_, last = service.published(FeedStatus)
        assert (first.state, last.state) == (FeedState.STARTING, FeedState.FINISHED)
        assert (last.feed, last.logs, last.malformed) == ("day", 3, 1)
        assert len(service.published(PoolStateUpdate)) == 2
        assert [m.base_fee for m in service.published(BlockUpdate)] == [9]
        assert [m.place for m in service.published(MalformedLog)] == ["day.logs.jsonl:2"]


async def test_another_source_can_stand_in(settings: dict[str, object]) -> None:
    class OneLog:
        name = "node"

        async def entries(self) -> AsyncIterator[Entry]:
            yield Entry("frame 1", json.loads(sync(0)))

    async with run_service(
        PolygonAdapter, settings, build=lambda s: PolygonAdapter(s, source=OneLog())
    ) as service:
        await service.finished()
        last = service.published(FeedStatus)[-1]
        assert (last.feed, last.logs) == ("node", 1)


async def test_a_recording_that_breaks_off_is_a_failed_feed(
    settings: dict[str, object], tmp_path: Path
) -> None:
    path = tmp_path / "cut.logs.jsonl.gz"
    path.write_bytes(gzip.compress(sync(0) * 9)[:-9])
    async with run_service(PolygonAdapter, {**settings, "logs": str(path)}) as service:
        with pytest.raises(RecordingError, match=r"cut\.logs\.jsonl\.gz:\d+: expected readable"):
            await service.finished()
        last = service.published()[-1]
        assert isinstance(last, FeedStatus)
        assert last.state is FeedState.FAILED


async def test_a_missing_pools_file_ends_the_start(settings: dict[str, object]) -> None:
    with pytest.raises(PoolsFileError, match="expected a file"):
        async with run_service(PolygonAdapter, {**settings, "pools": "none.json"}):
            pass


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"chain_id": None}, r"polygon_adapter\.chain_id: expected an integer 1 to 65535, found"),
        ({"chain_id": True}, r"polygon_adapter\.chain_id: expected an integer 1 to 65535, found"),
        ({"chain_id": 65536}, r"polygon_adapter\.chain_id: expected an integer 1 to 65535, found"),
        ({"pools": ""}, r"polygon_adapter\.pools: expected a file's path, found ''"),
        ({"logs": 5}, r"polygon_adapter\.logs: expected a file's path, found 5"),
        ({"logs": "a b.jsonl"}, r"polygon_adapter\.logs: expected a file whose name has letters"),
        ({"blocks": None}, r"polygon_adapter\.blocks: expected a file's path, found None"),
        ({"log": "x"}, r"polygon_adapter\.log: expected one of blocks, chain_id, logs, pools"),
    ],
)
def test_a_wrong_setting_is_named(
    settings: dict[str, object], change: dict[str, object], message: str
) -> None:
    with pytest.raises(SettingsError, match=message):
        Settings.read({**settings, **change})
