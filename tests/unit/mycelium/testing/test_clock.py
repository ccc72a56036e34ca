from __future__ import annotations

import asyncio

import pytest

from mycelium.testing import ManualClock
from tests.unit.mycelium.helpers import asynchronous, settle


@asynchronous
async def test_sleepers_wake_when_their_time_has_come() -> None:
    clock = ManualClock(5)
    short = asyncio.create_task(clock.sleep(1))
    long = asyncio.create_task(clock.sleep(2))
    await clock.asleep()
    await settle()
    clock.advance(1)
    await short
    assert not long.done()
    clock.advance(1)
    await long
    assert clock.timestamp() == 5 + 2_000_000_000
    assert clock.monotonic() == 2.0


@asynchronous
async def test_a_cancelled_sleeper_is_forgotten() -> None:
    clock = ManualClock()
    sleeper = asyncio.create_task(clock.sleep(1))
    await clock.asleep()
    sleeper.cancel()
    with pytest.raises(asyncio.CancelledError):
        await sleeper
    waiting = asyncio.create_task(clock.asleep())
    await settle()
    assert not waiting.done()
    waiting.cancel()
    clock.advance(5)
