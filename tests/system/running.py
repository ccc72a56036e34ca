"""Runs services of the reference system on recorded logs and gives what they published."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from mycelium.protocol.message import Message
from mycelium.runner import ExitCode, Process, Services
from mycelium.topology import Topology
from tests.system.recorded import DATA, ETHEREUM_DAY
from torq_contracts.manifest import MANIFEST
from torq_contracts.registry import REGISTRY

USDC = "0xa0b86991c6218b36c1d19d4a2e9eb0ce3606eb48"
WETH = "0xc02aaa39b223fe8d0a0e5c4f27ead9083c756cc2"
FLASH_ARBITRAGE = {
    "usd_token": USDC,
    "wrapped_native": WETH,
    "assumed_gas_price_wei": 20 * 10**9,
}


def settings(logs: str = ETHEREUM_DAY, **more: Mapping[str, object]) -> dict[str, dict[str, Any]]:
    """What the services need to read a file of ``data``."""
    adapter = {"chain_id": 1, "pools": str(DATA / "pools.json"), "logs": str(DATA / logs)}
    own: dict[str, dict[str, Any]] = {
        "polygon_adapter": adapter,
        "flash_arbitrage": FLASH_ARBITRAGE,
    }
    for name, table in more.items():
        own[name] = {**own.get(name, {}), **table}
    return own


def run_services(
    tables: Mapping[str, Mapping[str, Any]],
    *names: str,
    services: Services | None = None,
) -> list[bytes]:
    """The frames that the named services published until all was read and handled."""
    frames: list[bytes] = []

    async def run() -> None:
        process = Process(MANIFEST, Topology.of(MANIFEST, names, settings=tables), services)
        process.bus.tap(frames.append)
        async with process:
            await process.finished()
        assert process.exit_code is ExitCode.CLEAN
        assert not process.bus.counts().crashes

    asyncio.run(run())
    return frames


def messages(frames: list[bytes]) -> list[Message]:
    """The messages of frames."""
    return [REGISTRY.decode_frame(frame).message for frame in frames]
