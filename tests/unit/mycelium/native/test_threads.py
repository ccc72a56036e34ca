"""Threads share layouts, decoders and catalogs without a lock; a gatherer refuses to be shared.

On the free-threaded build they run at the same time; on others they take turns anywhere.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

import pytest

from mycelium import _native
from mycelium.protocol import DEFAULT_MAX_FRAME, Message
from mycelium.protocol.accelerated import layout_of
from tests.unit.mycelium.native.codecs import (
    HEADER,
    decoder_of,
    encoder_of,
    needs_native,
    pure_frame,
)
from torq_contracts import REGISTRY
from torq_contracts.messages import Address, EmergencyStop, PoolStateUpdate

pytestmark = needs_native

T = TypeVar("T")

THREADS = 6
TURNS = 300


@pytest.fixture(autouse=True)
def frequent_switches() -> Iterator[None]:
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    yield
    sys.setswitchinterval(before)


def at_once(work: Callable[[], T]) -> list[T]:
    """What the work gives in each of some threads that begin together."""
    barrier = Barrier(THREADS)

    def begun() -> T:
        barrier.wait()
        return work()

    with ThreadPoolExecutor(THREADS) as pool:
        return [done.result() for done in [pool.submit(begun) for _ in range(THREADS)]]


def messages() -> list[Message]:
    stops = [EmergencyStop("all", True, "é" * n) for n in range(5)]
    states = [PoolStateUpdate(Address(bytes(20)), 1, 1 << 40 * n, n, n) for n in range(5)]
    return [*stops, *states]


def test_frames_are_built_and_read_at_once() -> None:
    known = [(message, pure_frame(message)) for message in messages()]
    encoders = {kind: encoder_of(kind) for kind in {type(message) for message, _ in known}}
    decode = decoder_of(REGISTRY)  # fresh: whoever comes first finds the layouts

    def work() -> int:
        done = 0
        for turn in range(TURNS):
            message, frame = known[turn % len(known)]
            done += encoders[type(message)](message, **HEADER) == frame
            done += decode(frame).message == message == type(message).from_frame(frame)
            done += type(message).view(frame).to_message() == message
        return done

    assert at_once(work) == [3 * TURNS] * THREADS


def test_frames_are_gathered_at_once_each_by_its_own_gatherer() -> None:
    stream = b"".join(map(pure_frame, messages())) * 500

    def work() -> int:
        codec = _native.codec
        assert codec is not None
        kinds = (EmergencyStop, PoolStateUpdate)
        gatherer = codec.Gatherer({kind.TYPE_ID: layout_of(kind) for kind in kinds}, False)
        end, count = gatherer.feed(stream, 0, DEFAULT_MAX_FRAME, len(stream), len(stream))
        taken = gatherer.take()
        assert end == len(stream)
        assert count == 5000
        return sum(taken[kind.TYPE_ID][0] for kind in kinds)

    assert at_once(work) == [5000] * THREADS


def test_a_gatherer_that_is_shared_refuses_all_but_one() -> None:
    codec = _native.codec
    assert codec is not None
    gatherer = codec.Gatherer({PoolStateUpdate.TYPE_ID: layout_of(PoolStateUpdate)}, True)
    frame = pure_frame(PoolStateUpdate(Address(bytes(20)), 1, 2, 3, 4))
    stream = frame * 2000
    refusals: set[str] = set()

    def work() -> int:
        gathered = 0
        for _ in range(20):
            try:
                gathered += gatherer.feed(stream, 0, DEFAULT_MAX_FRAME, len(stream), 0)[1]
            except RuntimeError as error:
                refusals.add(str(error))
        return gathered

    gathered = sum(at_once(work))
    assert gathered
    assert refusals <= {"expected one thread at a time"}
    count, records = gatherer.take()[PoolStateUpdate.TYPE_ID]
    assert count == gathered
    assert len(records) == gathered * (18 + len(frame) - 40)
