"""Pools, headers and recordings are read as they are, and a wrong file says what is wrong where."""

from __future__ import annotations

import asyncio
import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from services.polygon_adapter.blocks import Header, read_headers
from services.polygon_adapter.pools import PoolsFileError, Protocol, read_pools
from services.polygon_adapter.source import Entry, RecordedLogs, RecordingError

USDC, WETH = "0x" + "0a" * 20, "0x" + "0c" * 20
POOL: dict[str, Any] = {
    "chain_id": 1,
    "address": "0x88e6A0c2dDD26FEEb64F039a2c41296FcB3f5640",
    "protocol": "uniswap_v3",
    "token0": USDC,
    "token1": WETH,
    "symbol0": "USDC",
    "decimals0": 6,
    "symbol1": None,
    "decimals1": None,
    "fee_pips": 500,
}
OTHER = {**POOL, "address": "0x" + "11" * 20}


def pools_file(folder: Path, *pools: object) -> Path:
    path = folder / "pools.json"
    path.write_text(json.dumps({"pools": pools}), "utf-8")
    return path


def test_pools_of_the_chain_are_read(tmp_path: Path) -> None:
    path = pools_file(
        tmp_path, POOL, {**OTHER, "chain_id": 137}, {**OTHER, "protocol": "sushiswap_v2"}
    )
    first, second = read_pools(path, 1).values()
    assert (first.fee_ppm, first.tick_spacing, first.token1.decimals) == (500, 10, None)
    assert first.token0.symbol == "USDC"
    assert (second.protocol, second.tick_spacing) == (Protocol.SUSHISWAP_V2, None)


def test_a_fee_of_another_factory_needs_its_spacing(tmp_path: Path) -> None:
    with pytest.raises(PoolsFileError, match=r"fee_pips: expected a fee of the factory, or"):
        read_pools(pools_file(tmp_path, {**POOL, "fee_pips": 700}), 1)
    path = pools_file(tmp_path, {**POOL, "fee_pips": 700, "tick_spacing": 14})
    assert [p.tick_spacing for p in read_pools(path, 1).values()] == [14]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"chain_id": 0}, r"pools\[1\]\.chain_id: expected an integer 1 to 18446744073709551615"),
        ({"chain_id": True}, r"pools\[1\]\.chain_id: expected an integer"),
        ({"address": "0x12"}, r"pools\[1\]\.address: expected an address"),
        ({"protocol": "uniswap"}, r"pools\[1\]\.protocol: expected one of uniswap_v2, "),
        ({"fee_pips": 10**6}, r"pools\[1\]\.fee_pips: expected an integer 0 to 999999"),
        ({"decimals0": "6"}, r"pools\[1\]\.decimals0: expected an integer 0 to 255, found '6'"),
        ({"symbol0": 5}, r"pools\[1\]\.symbol0: expected a text or null, found 5"),
        ({"token0": WETH}, r"pools\[1\]: expected token0 below token1"),
        ({"address": POOL["address"]}, r"pools\[1\]: expected a pool once, found '0x88e6a0c2"),
        ({"symbol0": "USDT"}, r"pools\[1\]: expected Token\(.*symbol='USDC'"),
    ],
)
def test_a_wrong_pool_is_named(tmp_path: Path, change: dict[str, object], message: str) -> None:
    with pytest.raises(PoolsFileError, match=message):
        read_pools(pools_file(tmp_path, POOL, {**OTHER, **change}), 1)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", r"pools\.json: expected JSON"),
        ("[]", r'pools\.json: expected an object with a list "pools", found \[\]'),
        ('{"pools": [3]}', r"pools\[0\]: expected an object, found 3"),
    ],
)
def test_a_wrong_pools_file_is_named(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "pools.json"
    path.write_text(text, "utf-8")
    with pytest.raises(PoolsFileError, match=message):
        read_pools(path, 1)


def test_a_missing_pools_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(PoolsFileError, match=r"none\.json: expected a file, found 'No such file"):
        read_pools(tmp_path / "none.json", 1)


def entries(path: Path) -> list[Entry]:
    async def collect() -> list[Entry]:
        return [entry async for entry in RecordedLogs(path).entries()]

    return asyncio.run(collect())


@pytest.mark.parametrize("ending", ["jsonl", "jsonl.gz"])
def test_a_recording_gives_each_line_with_its_number(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"day.logs.{ending}"
    text = b'{"a": 1}\n\n{broken\n[2]\n'
    path.write_bytes(gzip.compress(text) if ending.endswith("gz") else text)
    first, second, third = entries(path)
    assert RecordedLogs(path).name == "day"
    assert first == Entry(f"{path.name}:1", {"a": 1})
    assert (second.place, second.value) == (f"{path.name}:3", None)
    assert (second.error or "").startswith("Expecting property name")
    assert third == Entry(f"{path.name}:4", [2])


def test_a_line_that_is_nested_too_deeply_is_an_entry_with_an_error(tmp_path: Path) -> None:
    path = tmp_path / "deep.jsonl"
    path.write_text("[" * 200_000 + "\n{}\n", "utf-8")
    deep, plain = entries(path)
    assert (deep.error, plain.value) == ("nested too deeply", {})


def test_a_recording_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match=r"none\.jsonl: expected a file, found none"):
        entries(tmp_path / "none.jsonl")


def test_broken_compression_is_named_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "day.jsonl.gz"
    path.write_bytes(gzip.compress(b"1\n" * 9)[:-9])
    with pytest.raises(RecordingError, match=r"day\.jsonl\.gz:\d+: expected readable lines"):
        entries(path)


def test_headers_are_read_by_number(tmp_path: Path) -> None:
    path = tmp_path / "day.blocks.jsonl"
    path.write_text('{"number": 7, "base_fee_per_gas": 9, "gas_used": 1}\n{"number": 8}\n', "utf-8")
    assert read_headers(path) == {7: Header(9, 1, None), 8: Header(None, None, None)}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x\n", r"blocks\.jsonl:1: expected JSON"),
        ('{"number": 1}\n{}\n', r"blocks\.jsonl:2: expected an object with a block number"),
        (
            '{"number": -1}\n',
            r"blocks\.jsonl:1: number: expected an integer of 0 or more, found -1",
        ),
        (
            '{"number": 1, "base_fee_per_gas": 1.5}\n',
            r"blocks\.jsonl:1: base_fee_per_gas: expected an integer of 0 or more, found 1\.5",
        ),
    ],
)
def test_a_wrong_header_is_named(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "blocks.jsonl"
    path.write_text(text, "utf-8")
    with pytest.raises(RecordingError, match=message):
        read_headers(path)
