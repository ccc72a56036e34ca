"""Every log of the recordings is decoded as an independent decoder does it."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

import pytest
from eth_abi.abi import decode as abi_decode
from eth_hash.auto import keccak

from services.polygon_adapter import events
from services.polygon_adapter.decode import DECODERS, decode
from services.polygon_adapter.logs import read_log
from tests.system.recorded import ANVIL, ETHEREUM_DAY, FULL_BLOCKS, POLYGON_DAYS, json_logs

# The argument names of each event's class, in the order of the contract's signature.
ARGUMENTS: dict[type[Any], tuple[str, ...]] = {
    events.V2Swap: (
        "sender",
        "amount0_in",
        "amount1_in",
        "amount0_out",
        "amount1_out",
        "recipient",
    ),
    events.V2Sync: ("reserve0", "reserve1"),
    events.V2Mint: ("sender", "amount0", "amount1"),
    events.V2Burn: ("sender", "amount0", "amount1", "recipient"),
    events.V3Swap: (
        "sender",
        "recipient",
        "amount0",
        "amount1",
        "sqrt_price_x96",
        "liquidity",
        "tick",
    ),
    events.V3Mint: (
        "sender",
        "owner",
        "tick_lower",
        "tick_upper",
        "liquidity",
        "amount0",
        "amount1",
    ),
    events.V3Burn: ("owner", "tick_lower", "tick_upper", "liquidity", "amount0", "amount1"),
    events.V3Collect: ("owner", "recipient", "tick_lower", "tick_upper", "amount0", "amount1"),
}
EXPECTED = {
    ETHEREUM_DAY: {"V3Swap": 6313, "V3Mint": 58, "V3Burn": 86, "V3Collect": 81},
    POLYGON_DAYS[0]: {"V3Swap": 199, "V3Mint": 7, "V3Burn": 2, "V3Collect": 2},
    POLYGON_DAYS[1]: {"V3Swap": 3972, "V3Mint": 64, "V3Burn": 62, "V3Collect": 60},
    FULL_BLOCKS: {"V2Swap": 69, "V2Sync": 69, "V3Swap": 10},
    ANVIL: {"V2Swap": 52, "V2Sync": 54, "V2Mint": 2, "V3Swap": 50, "V3Mint": 2},
}


def signature(event: type[Any]) -> str:
    """``Swap(address indexed,...)``, as the class's docstring states it."""
    assert event.__doc__ is not None
    return event.__doc__.split("``")[1]


def topic_of(event: type[Any]) -> bytes:
    return keccak(signature(event).replace(" indexed", "").encode())


def independently(event: type[Any], log: dict[str, Any]) -> dict[str, Any]:
    """The arguments of a log by eth_abi, addresses as bytes."""
    types = re.findall(r"[(,]([a-z0-9 ]+)", signature(event))
    indexed = [t.split()[0] for t in types if t.endswith(" indexed")]
    plain = [t for t in types if not t.endswith(" indexed")]
    topics = b"".join(bytes.fromhex(t[2:]) for t in log["topics"][1:])
    from_topics = iter(abi_decode(indexed, topics))
    from_data = iter(abi_decode(plain, bytes.fromhex(log["data"][2:])))
    values = [next(from_topics if t.endswith(" indexed") else from_data) for t in types]
    return {
        name: bytes.fromhex(value[2:]) if isinstance(value, str) else value
        for name, value in zip(ARGUMENTS[event], values, strict=True)
    }


def test_the_topics_are_the_hashes_of_the_signatures() -> None:
    assert set(DECODERS) == {topic_of(event) for event in ARGUMENTS}


@pytest.mark.parametrize("name", EXPECTED)
def test_every_log_is_decoded_as_eth_abi_does(name: str) -> None:
    by_topic = {f"0x{topic_of(event).hex()}": event for event in ARGUMENTS}
    counts: Counter[str] = Counter()
    for value in json_logs(name):
        log = read_log(value)
        found = decode(log)
        event = by_topic.get(value["topics"][0]) if value["topics"] else None
        if event is None:
            assert found is None
            continue
        counts[event.__name__] += 1
        assert type(found) is event
        expected = independently(event, value)
        assert {n: getattr(found, n) for n in ARGUMENTS[event]} == expected
        assert log.block_number == int(value["blockNumber"], 16)
        assert log.log_index == int(value["logIndex"], 16)
    assert counts == EXPECTED[name]
