from __future__ import annotations

import asyncio

import pytest

from mycelium.counters import Tally
from mycelium.envelope import Envelope
from mycelium.mailbox import Inlet, Mailbox
from mycelium.manifest import OnFull
from mycelium.transports import Put
from tests.unit.mycelium.helpers import Meta, Pair, Tick, asynchronous, settle


def inlet(box: Mailbox, on_full: OnFull, message: type[Pair] = Tick) -> Inlet:
    return Inlet(box, "reader", message, on_full, Tally())


def sent(message: Pair) -> Envelope:
    return Envelope(message, 1, message.value, message.value)


def waiting(box: Mailbox) -> list[Pair]:
    return [e.message for e in box.items if isinstance(e.message, Pair)]


def test_drop_oldest_drops_its_own_subscriptions_messages_only() -> None:
    """A message of a blocking subscription may not be lost for it."""
    box = Mailbox(3)
    keep, drop = inlet(box, OnFull.BLOCK, Meta), inlet(box, OnFull.DROP_OLDEST)
    keep.put(sent(Meta(1)))
    for number in range(4):
        assert drop.put(sent(Tick(number))) is Put.TAKEN
    assert waiting(box) == [Meta(1), Tick(2), Tick(3)]
    assert drop.tally.dropped == 2
    assert keep.tally.dropped == 0


def test_drop_oldest_drops_the_new_message_when_it_has_none_waiting() -> None:
    box = Mailbox(1)
    keep, drop = inlet(box, OnFull.BLOCK, Meta), inlet(box, OnFull.DROP_OLDEST)
    keep.put(sent(Meta(1)))
    assert drop.put(sent(Tick(1))) is Put.TAKEN
    assert waiting(box) == [Meta(1)]
    assert drop.tally.dropped == 1


def test_block_takes_the_message_and_holds_its_publisher() -> None:
    box = Mailbox(1)
    block = inlet(box, OnFull.BLOCK)
    assert block.put(sent(Tick(1))) is Put.TAKEN
    assert block.put(sent(Tick(2))) is Put.HELD
    assert waiting(box) == [Tick(1), Tick(2)]


def test_fail_refuses_and_counts() -> None:
    box = Mailbox(1)
    fail = inlet(box, OnFull.FAIL)
    fail.put(sent(Tick(1)))
    assert fail.put(sent(Tick(2))) is Put.REFUSED
    assert waiting(box) == [Tick(1)]
    assert fail.tally.dropped == 1


@asynchronous
async def test_publishers_wait_until_there_is_room_again() -> None:
    box = Mailbox(1)
    block = inlet(box, OnFull.BLOCK)
    for number in range(3):
        block.put(sent(Tick(number)))
    publishers = [asyncio.create_task(block.room()) for _ in range(2)]
    await settle()
    box.items.popleft()
    box.release()
    await settle()
    assert not any(p.done() for p in publishers)
    box.items.popleft()
    box.release()
    await asyncio.gather(*publishers)
    await block.room()


@asynchronous
async def test_a_publisher_that_is_cancelled_leaves_the_queue() -> None:
    box = Mailbox(1)
    block = inlet(box, OnFull.BLOCK)
    block.put(sent(Tick(1)))
    block.put(sent(Tick(2)))
    publisher = asyncio.create_task(block.room())
    await settle()
    publisher.cancel()
    with pytest.raises(asyncio.CancelledError):
        await publisher
    assert box.waiting == []


@asynchronous
async def test_a_closed_mailbox_lets_publishers_go_and_counts_what_still_comes() -> None:
    box = Mailbox(1)
    block = inlet(box, OnFull.BLOCK)
    block.put(sent(Tick(1)))
    block.put(sent(Tick(2)))
    publisher = asyncio.create_task(block.room())
    await settle()
    assert [e.message for e in box.close()] == [Tick(1), Tick(2)]
    await publisher
    assert block.put(sent(Tick(3))) is Put.TAKEN
    assert block.tally.undelivered == 1
    assert box.idle
    assert waiting(box) == []


@asynchronous
async def test_the_reader_sleeps_until_something_comes() -> None:
    box = Mailbox()
    idle = asyncio.create_task(box.until_idle())
    await settle()
    assert not idle.done()
    reader = asyncio.create_task(box.sleep())
    await idle
    assert box.idle
    inlet(box, OnFull.BLOCK).put(sent(Tick(1)))
    assert not box.idle
    await reader


@asynchronous
async def test_a_reader_that_is_cancelled_no_longer_sleeps() -> None:
    box = Mailbox()
    reader = asyncio.create_task(box.sleep())
    await settle()
    reader.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reader
    assert not box.idle
    inlet(box, OnFull.BLOCK).put(sent(Tick(1)))
    assert waiting(box) == [Tick(1)]


def test_a_checkpoint_is_reached_when_what_was_there_has_been_handled() -> None:
    box = Mailbox(10)
    way = inlet(box, OnFull.BLOCK)
    assert way.checkpoint()()
    way.put_all([sent(Tick(1)), sent(Tick(2))])
    reached = way.checkpoint()
    way.put(sent(Tick(3)))
    box.in_hand = box.items.popleft()
    assert not reached()
    box.in_hand = box.items.popleft()
    assert not reached()
    in_hand = way.checkpoint()
    box.in_hand = box.items.popleft()
    assert reached()
    assert not in_hand()
    box.close()
    assert in_hand()


@pytest.mark.parametrize(("capacity", "free"), [(5, 3), (2, 0), (1, 0)])
def test_what_is_free_is_never_less_than_nothing(capacity: int, free: int) -> None:
    box = Mailbox(capacity)
    way = inlet(box, OnFull.BLOCK)
    way.put_all([sent(Tick(1)), sent(Tick(2))])
    assert way.free == free
    box.close()
    assert way.free == 0
