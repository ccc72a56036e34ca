"""The pools' arithmetic against what the chain did, to the wei.

The recorded V3 files hold 10,484 swaps, and 9,161 pairs of consecutive ones of one pool that state
the same liquidity. docs/reference-system.md sets these figures beside others.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from services.flash_arbitrage.concentrated import (
    Range,
    Step,
    swap_exact_input,
    swap_exact_output,
    swap_to_price,
)
from services.flash_arbitrage.constant_product import amount_out, keeps_product
from services.flash_arbitrage.ticks import sqrt_price_at
from services.polygon_adapter.decode import decode
from services.polygon_adapter.events import Event, V2Swap, V2Sync, V3Swap
from services.polygon_adapter.logs import Log, read_log
from services.polygon_adapter.tracker import PoolState, Tracker
from tests.system.recorded import ANVIL, FULL_BLOCKS, V3_DAYS, json_logs

FEES = {
    "88e6a0c2ddd26feeb64f039a2c41296fcb3f5640": 500,
    "8ad599c3a0ff1de082011efddc58f1908eb6e6d8": 3000,
    "45dda9cb7c25131df268515131f647d726f50608": 500,
    "c0670f5f1e2ac54eff24004130138b645812017b": 500,
}


@dataclass(frozen=True)
class SwapPair:
    """A swap, and the pool as the swap before it left it."""

    log: Log
    pool: Range
    swap: V3Swap
    untouched: bool  # no mint or burn in between changed the active liquidity

    @property
    def zero_for_one(self) -> bool:
        return self.swap.amount0 > 0

    @property
    def recorded(self) -> Step:
        paid, got = self.swap.amount0, self.swap.amount1
        if not self.zero_for_one:
            paid, got = got, paid
        return Step(self.swap.sqrt_price_x96, paid, -got)


def decoded(name: str) -> Iterator[tuple[Log, Event]]:
    for value in json_logs(name):
        log = read_log(value)
        if (event := decode(log)) is not None:
            yield log, event


def swap_pairs(name: str) -> Iterator[SwapPair]:
    """Consecutive swaps of one pool whose logs state the same liquidity."""
    last: dict[bytes, V3Swap] = {}
    touched: set[bytes] = set()
    tracker = Tracker()
    for log, event in decoded(name):
        changed = tracker.apply(log.address, event) is not None
        if not isinstance(event, V3Swap):
            if changed:
                touched.add(log.address)
            continue
        before = last.get(log.address)
        last[log.address] = event
        if before is not None and before.liquidity == event.liquidity:
            pool = Range(before.sqrt_price_x96, before.liquidity, FEES[log.address.hex()])
            yield SwapPair(log, pool, event, log.address not in touched)
        touched.discard(log.address)


def agreement(pair: SwapPair) -> str:
    """How the swap follows from the state before it."""
    step, way = pair.recorded, pair.zero_for_one
    if swap_exact_input(pair.pool, step.amount_in, zero_for_one=way) == step:
        return "exact input"
    if swap_exact_output(pair.pool, step.amount_out, zero_for_one=way) == step:
        return "exact output"
    if swap_to_price(pair.pool, step.sqrt_price) == step:
        return "both prices"
    return "none" if pair.untouched else "touched"


def test_consecutive_v3_swaps_follow_from_each_other_to_the_wei() -> None:
    counts = Counter(agreement(pair) for name in V3_DAYS for pair in swap_pairs(name))
    assert counts == {
        "exact input": 7701,
        "exact output": 737,
        "both prices": 716,
        "none": 6,
        "touched": 1,
    }


def test_the_published_contracts_bytecode_does_the_same() -> None:
    """The local chain ran it; every swap pays in an exact amount."""
    assert Counter(map(agreement, swap_pairs(ANVIL))) == {"exact input": 49}


def in_two_steps(pair: SwapPair, tick: int) -> set[Step]:
    """What the contract does that stops at ``tick`` first, because a position ends there."""
    edge = swap_to_price(pair.pool, sqrt_price_at(tick))
    rest = Range(edge.sqrt_price, pair.pool.liquidity, pair.pool.fee_ppm)
    step = pair.recorded
    left = step.amount_in - edge.amount_in
    ends = (
        swap_exact_input(rest, left, zero_for_one=pair.zero_for_one),
        swap_to_price(rest, step.sqrt_price),
    )
    return {
        Step(e.sqrt_price, edge.amount_in + e.amount_in, edge.amount_out + e.amount_out)
        for e in ends
    }


def test_the_six_swaps_that_differ_cross_a_tick_at_which_liquidity_comes_and_goes_alike() -> None:
    differing = [p for name in V3_DAYS for p in swap_pairs(name) if agreement(p) == "none"]
    assert len(differing) == 6
    for pair in differing:
        assert pair.pool.sqrt_price < sqrt_price_at(194550) < pair.swap.sqrt_price_x96
        assert pair.recorded in in_two_steps(pair, 194550)


def test_swaps_start_from_the_liquidity_that_mints_and_burns_left() -> None:
    """In-range mints and burns are followed: the next swap in the same range confirms it."""
    confirmed = Counter[str]()
    for name in V3_DAYS:
        tracker = Tracker()
        touched: dict[bytes, PoolState] = {}
        for log, event in decoded(name):
            state = tracker.apply(log.address, event)
            if isinstance(event, V3Swap):
                before = touched.pop(log.address, None)
                if before is not None and before.liquidity == event.liquidity:
                    pool = Range(before.sqrt_price_x96, before.liquidity, FEES[log.address.hex()])
                    confirmed[agreement(SwapPair(log, pool, event, True))] += 1
            elif state is not None:
                touched[log.address] = state
    assert confirmed["none"] == 0
    assert sum(confirmed.values()) > 50


def test_v2_swaps_keep_the_product_and_pay_what_the_contract_pays() -> None:
    last: dict[bytes, V2Sync] = {}
    fresh: dict[bytes, V2Sync] = {}
    swaps = repeats = starts = exact = 0
    for log, event in decoded(FULL_BLOCKS):
        if isinstance(event, V2Sync):
            fresh[log.address] = event
        if not isinstance(event, V2Swap):
            continue
        swaps += 1
        after = fresh[log.address]  # the contract emits Sync before Swap
        paid = (event.amount0_in, event.amount1_in)
        got = (event.amount0_out, event.amount1_out)
        held = (after.reserve0, after.reserve1)
        before = (held[0] - paid[0] + got[0], held[1] - paid[1] + got[1])
        assert keeps_product(before, paid, held, 3000)
        if known := last.get(log.address):
            repeats += 1
            starts += (known.reserve0, known.reserve1) == before
        last[log.address] = after
        way = 0 if paid[0] else 1
        expected = amount_out(paid[way], before[way], before[1 - way], 3000)
        exact += expected == got[1 - way]
    assert (swaps, repeats, starts, exact) == (69, 31, 31, 65)
