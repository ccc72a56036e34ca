"""The recorded chain data, read plainly: no code of the services stands between file and test."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

DATA = Path(__file__).parents[2] / "data"
ETHEREUM_DAY = "eth_usdc_weth_v3_500_3000_2024-01-05.logs.jsonl.gz"
POLYGON_DAYS = (
    "polygon_usdc_weth_v3_500_2021-12-22.logs.jsonl.gz",
    "polygon_usdc_weth_v3_500_2022-01-05.logs.jsonl.gz",
)
FULL_BLOCKS = "eth_full_blocks_17173049_17173050.logs.jsonl.gz"
FULL_BLOCK_HEADERS = "eth_full_blocks_17173049_17173050.blocks.jsonl.gz"
ANVIL = "local_anvil_ws_frames_4pools.jsonl.gz"
V3_DAYS = (ETHEREUM_DAY, *POLYGON_DAYS)


def json_logs(name: str) -> Iterator[dict[str, Any]]:
    """The logs of a file as JSON objects; of WebSocket frames those that carry a log."""
    with gzip.open(DATA / name, "rt", encoding="utf-8") as lines:
        for line in lines:
            value = json.loads(line)
            if "jsonrpc" in value:
                value = value.get("params", {}).get("result", {})
            if "topics" in value:
                yield value
