"""What a source's logs give rise to, in which order, and what is counted."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

import pytest

from mycelium.protocol.timestamp import Timestamp
from services.polygon_adapter.blocks import Header
from services.polygon_adapter.feed import Feed
from services.polygon_adapter.pools import Pool, Protocol, Token
from services.polygon_adapter.source import Entry
from torq_contracts.messages import (
    BlockUpdate,
    BurnEvent,
    CollectEvent,
    EventCount,
    FeedState,
    InstrumentMeta,
    LogEvent,
    MalformedLog,
    MintEvent,
    PoolKind,
    PoolMetadata,
    PoolStateUpdate,
    SwapEvent,
    V3PoolState,
    Venue,
)

USDC = Token(b"\x0a" * 20, "USDC", 6)
WETH = Token(b"\x0c" * 20, None, None)
V2 = Pool(1, b"\x22" * 20, Protocol.SUSHISWAP_V2, USDC, WETH, 3000, None)
V3 = Pool(1, b"\x33" * 20, Protocol.UNISWAP_V3, USDC, WETH, 500, 10)
ALICE, BOB = b"\xa1" * 20, b"\xb0" * 20
TOPICS = {
    "v2 swap": "d78ad95fa46c994b6551d0da85fc275fe613ce37657fb8d5e3d130840159d822",
    "sync": "1c411e9a96e071241c2f21f7726b17ae89e3cab4c78be50e062b03a9fffbbad1",
    "v2 mint": "4c209b5fc8ad50758f13e2e1088ba56a560dff690a1c6fef26394f4c03821c4f",
    "v2 burn": "dccd412f0b1252819cb1fd330b93224ca42612892bb3f4f789976e6d81936496",
    "v3 swap": "c42079f94a6350d7e6235f29174924f928cc2ac818eb64fed8004e115fbcca67",
    "v3 mint": "7a53080ba414158be7ec69b987b5fb7d07dee101fe85488f0853ae16239d0bde",
    "v3 burn": "0c396cd989a39f4459b5fa1aed6a9a8dcdbc45908acfd67e028cd568da98982c",
    "collect": "70935338e69775456a85ddef226c395fb668b63fa0115f5f20610b388e6ca9c0",
}


def word(value: int | bytes) -> str:
    if isinstance(value, bytes):
        return value.rjust(32, b"\0").hex()
    return value.to_bytes(32, signed=value < 0).hex()


class Chain:
    """Makes well-formed logs, one after the other."""

    def __init__(self) -> None:
        self.block, self.index = 100, 0

    def log(
        self, pool: Pool, event: str, indexed: list[Any], words: list[Any], **changes: Any
    ) -> Entry:
        self.index += 1
        value = {
            "address": f"0x{pool.address.hex()}",
            "topics": [f"0x{TOPICS[event]}", *(f"0x{word(i)}" for i in indexed)],
            "data": "0x" + "".join(map(word, words)),
            "blockNumber": hex(self.block),
            "blockTimestamp": "0x10",
            "transactionHash": "0x" + "cd" * 32,
            "transactionIndex": "0x3",
            "logIndex": hex(self.index),
        }
        return Entry(f"file:{self.index}", {**value, **changes})

    def swap3(self, amount0: int = -5, amount1: int = 7, **changes: Any) -> Entry:
        data = [amount0, amount1, 1 << 96, 1000, 20]
        return self.log(V3, "v3 swap", [ALICE, BOB], data, **changes)

    def sync(self, pool: Pool = V2) -> Entry:
        return self.log(pool, "sync", [], [111, 222])


@pytest.fixture
def chain() -> Chain:
    return Chain()


def feed(*pools: Pool, headers: Mapping[int, Header] | None = None) -> Feed:
    return Feed("test", 1, {pool.address: pool for pool in pools}, headers or {})


def test_tokens_and_pool_come_once_before_the_first_state(chain: Chain) -> None:
    source = feed(V2, V3)
    first = list(source.take(chain.sync()))
    second = list(source.take(chain.sync()))
    third = list(source.take(chain.swap3()))
    kinds = [BlockUpdate, InstrumentMeta, InstrumentMeta, PoolMetadata, PoolStateUpdate]
    assert [type(m) for m in first] == kinds
    assert [type(m) for m in second] == [PoolStateUpdate]
    assert [type(m) for m in third] == [PoolMetadata, V3PoolState, SwapEvent]


def test_what_is_not_known_of_a_token_is_absent(chain: Chain) -> None:
    _, usdc, weth, pool, _ = feed(V2).take(chain.sync())
    assert isinstance(usdc, InstrumentMeta)
    assert isinstance(weth, InstrumentMeta)
    assert isinstance(pool, PoolMetadata)
    assert str(usdc.instrument) == f"1:1:0x{USDC.address.hex()}"
    assert (usdc.symbol, usdc.decimals, weth.symbol, weth.decimals) == ("USDC", 6, None, None)
    assert (pool.venue, pool.kind) == (Venue.SUSHISWAP_V2, PoolKind.CONSTANT_PRODUCT)
    assert str(pool.instrument) == f"3:2:0x{V2.address.hex()}"
    assert (pool.decimals0, pool.decimals1, pool.tick_spacing) == (6, None, None)


def test_a_block_is_announced_once_with_what_its_header_says(chain: Chain) -> None:
    source = feed(V2, headers={100: Header(9, 8, 7)})
    block = next(iter(source.take(chain.sync())))
    assert block == BlockUpdate(
        chain_id=1, number=100, time=Timestamp(16 * 10**9), base_fee=9, gas_used=8, gas_limit=7
    )
    assert not any(isinstance(m, BlockUpdate) for m in source.take(chain.sync()))
    chain.block, chain.index = 101, 0
    block = next(iter(source.take(chain.sync())))
    assert isinstance(block, BlockUpdate)
    assert (block.number, block.base_fee) == (101, None)


def test_a_sync_is_a_state_and_nothing_else(chain: Chain) -> None:
    *_, state = feed(V2).take(chain.sync())
    assert isinstance(state, PoolStateUpdate)
    assert (state.reserve0, state.reserve1, state.fee_ppm, state.venue_id) == (111, 222, 3000, 3)
    assert (state.token0, state.token1) == (USDC.address, WETH.address)
    assert state.position is not None
    assert (state.position.log_index, state.position.transaction_index) == (1, 3)


def test_a_v2_swap_says_its_four_amounts(chain: Chain) -> None:
    entry = chain.log(V2, "v2 swap", [ALICE, BOB], [1, 2, 3, 4])
    *_, swap = feed(V2).take(entry)
    assert isinstance(swap, SwapEvent)
    amounts = (swap.amount0_in, swap.amount1_in, swap.amount0_out, swap.amount1_out)
    assert amounts == (1, 2, 3, 4)
    assert (swap.sender, swap.recipient, swap.kind) == (ALICE, BOB, PoolKind.CONSTANT_PRODUCT)


@pytest.mark.parametrize(
    ("signed", "expected"),
    [((-5, 7), (0, 7, 5, 0)), ((5, -7), (5, 0, 0, 7)), ((0, 0), (0, 0, 0, 0))],
)
def test_a_v3_swap_says_what_came_in_and_what_went_out(
    chain: Chain, signed: tuple[int, int], expected: tuple[int, int, int, int]
) -> None:
    *_, state, swap = feed(V3).take(chain.swap3(*signed))
    assert isinstance(state, V3PoolState)
    assert (state.sqrt_price_x96, state.liquidity, state.tick) == (1 << 96, 1000, 20)
    assert (state.tick_spacing, state.fee_ppm) == (10, 500)
    assert isinstance(swap, SwapEvent)
    amounts = (swap.amount0_in, swap.amount1_in, swap.amount0_out, swap.amount1_out)
    assert amounts == expected


def test_a_v3_mint_in_range_is_a_new_state(chain: Chain) -> None:
    source = feed(V3)
    list(source.take(chain.swap3()))
    state, mint = source.take(chain.log(V3, "v3 mint", [BOB, -10, 30], [ALICE, 5, 6, 7]))
    assert isinstance(state, V3PoolState)
    assert state.liquidity == 1005
    assert isinstance(mint, MintEvent)
    assert (mint.sender, mint.owner, mint.amount0, mint.amount1) == (ALICE, BOB, 6, 7)
    assert mint.added is not None
    assert (mint.added.ticks.lower, mint.added.ticks.upper, mint.added.liquidity) == (-10, 30, 5)


def test_a_v3_burn_out_of_range_leaves_the_state(chain: Chain) -> None:
    source = feed(V3)
    list(source.take(chain.swap3()))
    (burn,) = source.take(chain.log(V3, "v3 burn", [BOB, 30, 40], [5, 6, 7]))
    assert isinstance(burn, BurnEvent)
    assert (burn.owner, burn.recipient) == (BOB, None)
    assert burn.removed is not None
    assert burn.removed.liquidity == 5


def test_v2_liquidity_has_no_range(chain: Chain) -> None:
    source = feed(V2)
    *_, mint = source.take(chain.log(V2, "v2 mint", [ALICE], [6, 7]))
    (burn,) = source.take(chain.log(V2, "v2 burn", [ALICE, BOB], [6, 7]))
    assert isinstance(mint, MintEvent)
    assert (mint.sender, mint.owner, mint.added) == (ALICE, None, None)
    assert isinstance(burn, BurnEvent)
    assert (burn.owner, burn.recipient, burn.removed) == (ALICE, BOB, None)


def test_a_collect_is_told(chain: Chain) -> None:
    *_, collect = feed(V3).take(chain.log(V3, "collect", [BOB, -10, 30], [ALICE, 6, 7]))
    assert isinstance(collect, CollectEvent)
    assert (collect.owner, collect.recipient) == (BOB, ALICE)
    assert (collect.ticks.lower, collect.ticks.upper) == (-10, 30)
    assert (collect.amount0, collect.amount1) == (6, 7)


def test_every_log_is_counted_as_what_it_is(chain: Chain) -> None:
    source = feed(V2)
    other = dataclasses.replace(V2, address=b"\x99" * 20)
    entries = [
        chain.sync(),
        chain.sync(other),
        chain.sync(),
        chain.swap3(topics=["0x" + "11" * 32]),
        chain.swap3(topics=[]),
        chain.swap3(data="0x"),
        Entry("file:7", error="Expecting value"),
    ]
    for entry in entries:
        list(source.take(entry))
    status = source.status(FeedState.FINISHED)
    assert (status.logs, status.unknown_topic, status.unknown_pool, status.malformed) == (
        7,
        2,
        1,
        2,
    )
    assert status.decoded == (EventCount(event=LogEvent.V2_SYNC, count=3),)
    assert (status.feed, status.chain_id, status.last_block) == ("test", 1, 100)


def test_nothing_is_said_of_an_unknown_pool(chain: Chain) -> None:
    assert [type(m) for m in feed().take(chain.sync())] == [BlockUpdate]


def test_a_malformed_log_is_reported_with_its_place_and_skipped(chain: Chain) -> None:
    source = feed(V3)
    *_, report = source.take(chain.swap3(data="0x"))
    assert report == MalformedLog(
        feed="test",
        place="file:1",
        block_number=100,
        log_index=1,
        reason="data: expected 160 bytes, found 0 bytes",
    )
    *_, state, swap = source.take(chain.swap3())
    assert (type(state), type(swap)) == (V3PoolState, SwapEvent)


def test_a_line_that_is_no_log_is_reported_without_a_block() -> None:
    (report,) = feed().take(Entry("file:9", error="Expecting value: line 1"))
    assert isinstance(report, MalformedLog)
    assert (report.place, report.block_number, report.log_index) == ("file:9", None, None)
    assert report.reason == "line: expected JSON, found Expecting value: line 1"


def test_a_report_can_be_sent_whatever_the_log_holds(chain: Chain) -> None:
    *_, report = feed(V3).take(chain.swap3(data="0x\ud800"))
    assert isinstance(report, MalformedLog)
    assert "\\ud800" in report.reason
    assert MalformedLog.from_tlv(report.to_tlv()) == report


@pytest.mark.parametrize(("block", "index"), [(99, 9), (100, 1), (100, 0)])
def test_a_log_that_comes_twice_or_too_late_is_reported(
    chain: Chain, block: int, index: int
) -> None:
    source = feed(V2)
    list(source.take(chain.sync()))
    late = chain.log(V2, "sync", [], [1, 2], blockNumber=hex(block), logIndex=hex(index))
    (report,) = source.take(late)
    assert isinstance(report, MalformedLog)
    expected = f"order: expected a log after block 100, log 1, found block {block}, log {index}"
    assert report.reason == expected


def test_a_burn_of_more_than_there_is_is_reported(chain: Chain) -> None:
    source = feed(V3)
    list(source.take(chain.swap3()))
    (report,) = source.take(chain.log(V3, "v3 burn", [BOB, -10, 30], [1001, 6, 7]))
    assert isinstance(report, MalformedLog)
    assert report.reason == "amount: expected at most the active liquidity 1000, found 1001"
    assert source.status(FeedState.LIVE).decoded == (EventCount(event=LogEvent.V3_SWAP, count=1),)
