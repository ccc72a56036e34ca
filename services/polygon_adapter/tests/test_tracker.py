"""Mints and burns change the active liquidity just when the current tick lies in their range."""

from __future__ import annotations

import pytest

from services.polygon_adapter.events import Event, V2Sync, V3Burn, V3Mint, V3Swap
from services.polygon_adapter.logs import MalformedLogError
from services.polygon_adapter.tracker import PoolState, Tracker

POOL, OTHER, WHO = b"p" * 20, b"q" * 20, b"w" * 20
SWAP = V3Swap(WHO, WHO, -5, 7, 1 << 96, 1000, 20)


def mint(lower: int, upper: int, liquidity: int) -> V3Mint:
    return V3Mint(WHO, WHO, lower, upper, liquidity, 1, 1)


def burn(lower: int, upper: int, liquidity: int) -> V3Burn:
    return V3Burn(WHO, lower, upper, liquidity, 1, 1)


def test_nothing_is_known_before_the_first_swap() -> None:
    tracker = Tracker()
    assert tracker.apply(POOL, mint(0, 40, 5)) is None
    assert tracker.apply(POOL, SWAP) == PoolState(1 << 96, 1000, 20)
    assert tracker.apply(OTHER, mint(0, 40, 5)) is None


@pytest.mark.parametrize(
    ("event", "liquidity"),
    [
        (mint(0, 40, 5), 1005),
        (mint(20, 40, 5), 1005),
        (mint(0, 20, 5), None),
        (mint(21, 40, 5), None),
        (burn(0, 40, 1000), 0),
        (burn(0, 40, 0), None),
        (V2Sync(1, 2), None),
    ],
)
def test_liquidity_follows_ranges_that_hold_the_tick(event: Event, liquidity: int | None) -> None:
    tracker = Tracker()
    tracker.apply(POOL, SWAP)
    state = tracker.apply(POOL, event)
    assert (None if state is None else state.liquidity) == liquidity


def test_a_burn_of_more_than_is_active_shows_that_a_log_is_missing() -> None:
    tracker = Tracker()
    tracker.apply(POOL, SWAP)
    with pytest.raises(
        MalformedLogError, match="expected at most the active liquidity 1000, found 1001"
    ):
        tracker.apply(POOL, burn(0, 40, 1001))
    assert tracker.apply(POOL, mint(0, 40, 5)) is None
