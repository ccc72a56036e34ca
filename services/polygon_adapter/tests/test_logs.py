"""A log that is not what JSON-RPC and the ABI say is refused, and the error names the part."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.polygon_adapter.decode import decode
from services.polygon_adapter.events import V3Swap
from services.polygon_adapter.logs import MalformedLogError, read_log

SWAP = "0xc42079f94a6350d7e6235f29174924f928cc2ac818eb64fed8004e115fbcca67"
SYNC = "0x1c411e9a96e071241c2f21f7726b17ae89e3cab4c78be50e062b03a9fffbbad1"
SENDER = "0x" + "00" * 12 + "3fc91a3afd70395cd496c647d5a6cc9d4b2b7fad"


def word(value: int) -> str:
    return value.to_bytes(32, signed=value < 0).hex()


def swap_data(
    amount0: int = -5, amount1: int = 7, price: int = 1 << 96, liquidity: int = 9, tick: int = -1
) -> str:
    return "0x" + "".join(map(word, (amount0, amount1, price, liquidity, tick)))


def log(**changes: object) -> dict[str, object]:
    """A well-formed V3 swap, with changes; a value of None takes the key away."""
    value: dict[str, object] = {
        "address": "0x88e6a0c2ddd26feeb64f039a2c41296fcb3f5640",
        "topics": [SWAP, SENDER, SENDER],
        "data": swap_data(),
        "blockNumber": "0x120f626",
        "blockTimestamp": "0x65974697",
        "transactionHash": "0x" + "ab" * 32,
        "transactionIndex": "0x21",
        "logIndex": "0xa9",
        "removed": False,
    }
    value.update(changes)
    return {key: item for key, item in value.items() if item is not None}


def test_a_swap_is_read() -> None:
    read = read_log(log())
    assert read.place == "block 18937382, log 169"
    assert read.time == 0x65974697
    address = bytes.fromhex(SENDER[26:])
    assert decode(read) == V3Swap(address, address, -5, 7, 1 << 96, 9, -1)


@pytest.mark.parametrize("key", [k for k in log() if k != "removed"])
def test_a_missing_key_is_named(key: str) -> None:
    with pytest.raises(MalformedLogError, match=f"^{key}: expected a value, found no such key$"):
        read_log(log(**{key: None}))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"address": "0x88"}, "address: expected 20 bytes, found 1 bytes"),
        ({"address": 5}, "address: expected 0x and an even number of hex digits, found 5"),
        ({"data": "0x123"}, "data: expected 0x and an even number of hex digits, found '0x123'"),
        ({"data": "0xzz"}, "data: expected 0x and an even number of hex digits, found '0xzz'"),
        ({"data": "0x12\n"}, "data: expected 0x and an even number of hex digits"),
        ({"topics": SWAP}, "topics: expected a list of at most 4"),
        ({"topics": [SWAP] * 5}, "topics: expected a list of at most 4"),
        ({"topics": ["0x12"]}, r"topics\[0\]: expected 32 bytes, found 1 bytes"),
        ({"blockNumber": 18937382}, "blockNumber: expected a hex quantity without leading zeros"),
        ({"blockNumber": "0x01"}, "blockNumber: expected a hex quantity without leading zeros"),
        ({"blockNumber": "0x"}, "blockNumber: expected a hex quantity without leading zeros"),
        ({"blockNumber": "0x" + "f" * 17}, "blockNumber: expected at most 64 bits"),
        ({"logIndex": "0x1000000"}, "logIndex: expected at most 24 bits, found '0x1000000'"),
        ({"removed": True}, r"removed: expected false \(undone blocks are not followed\)"),
    ],
)
def test_a_wrong_value_is_named(changes: dict[str, object], message: str) -> None:
    with pytest.raises(MalformedLogError, match=f"^{message}"):
        read_log(log(**changes))


@pytest.mark.parametrize("value", [None, [], "0x", 5])
def test_what_is_no_object_is_no_log(value: object) -> None:
    with pytest.raises(MalformedLogError, match=r"^log: expected an object"):
        read_log(value)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"topics": [SWAP, SENDER]}, "topics: expected 3 topics, found 2 topics"),
        ({"data": swap_data()[:-2]}, "data: expected 160 bytes, found 159 bytes"),
        ({"data": swap_data() + "00"}, "data: expected 160 bytes, found 161 bytes"),
        ({"data": "0x"}, "data: expected 160 bytes, found 0 bytes"),
        (
            {"topics": [SWAP, SENDER, "0x" + "01" * 32]},
            r"topics\[2\] \(recipient\): expected an address behind 12 zero bytes",
        ),
        ({"data": swap_data(price=1 << 160)}, r"data\[2\] \(sqrtPriceX96\): expected a uint160"),
        ({"data": swap_data(liquidity=1 << 128)}, r"data\[3\] \(liquidity\): expected a uint128"),
        ({"data": swap_data(liquidity=-1)}, r"data\[3\] \(liquidity\): expected a uint128"),
        ({"data": swap_data(tick=1 << 23)}, r"data\[4\] \(tick\): expected a sign-extended int24"),
        (
            {"data": swap_data(tick=-(1 << 23) - 1)},
            r"data\[4\] \(tick\): expected a sign-extended int24",
        ),
        # 0x00ffffff is -1 in 24 bits, and not sign-extended to 256.
        ({"data": swap_data(tick=0xFFFFFF)}, r"data\[4\] \(tick\): expected a sign-extended int24"),
        (
            {"topics": [SYNC], "data": "0x" + word(1 << 112) + word(1)},
            r"data\[0\] \(reserve0\): expected a uint112",
        ),
    ],
)
def test_arguments_that_the_event_cannot_have_are_named(
    changes: dict[str, object], message: str
) -> None:
    with pytest.raises(MalformedLogError, match=f"^{message}"):
        decode(read_log(log(**changes)))


def test_a_long_value_is_cut_in_the_message() -> None:
    with pytest.raises(MalformedLogError) as caught:
        read_log(log(topics="x" * 5000))
    assert len(str(caught.value)) < 200


@pytest.mark.parametrize("topics", [[], ["0x" + "11" * 32]])
def test_other_events_are_not_decoded(topics: list[str]) -> None:
    assert decode(read_log(log(topics=topics))) is None


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=8,
)


@given(st.sampled_from(sorted(log())), json_values)
def test_no_value_of_any_key_brings_it_down(key: str, value: object) -> None:
    with suppress(MalformedLogError):
        decode(read_log({**log(), key: value}))
