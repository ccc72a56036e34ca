from __future__ import annotations

import msgspec
import pytest

from mycelium.bus import Bus
from mycelium.envelope import Envelope
from mycelium.manifest import Manifest, OnFull
from mycelium.protocol import Registry
from mycelium.topology import ProcessPlan
from mycelium.transports import Put
from mycelium.transports.errors import HandshakeError
from mycelium.transports.hybrid import HybridTransport
from mycelium.transports.shared.offer import Offer
from mycelium.transports.shared.schemas import schemas
from mycelium.transports.stream import control
from mycelium.transports.stream.limits import Limits
from mycelium.transports.stream.serving import Served, Subscriber
from tests.unit.mycelium.helpers import FEED, Meta, Pair, Tick, asynchronous, manifest, settle

OFFER = Offer.of(ProcessPlan(name="adapters", services=("feed",)), manifest())


class Wire:
    """A connection whose other end reads nothing: a write may tell its protocol to pause."""

    def __init__(self, protocol: Served, room: int) -> None:
        self.written: list[bytes] = []
        self._protocol = protocol
        self._room = room

    def write(self, data: bytes) -> None:
        self.written.append(data)
        self._room -= len(data)
        if self._room < 0:
            self._protocol.pause_writing()

    def abort(self) -> None:
        """Nobody reads."""

    def set_write_buffer_limits(self, high: int) -> None:
        """As this test says."""


class There:
    """A subscribers' process that has connected and reads nothing."""

    def __init__(self, room: int, limits: Limits) -> None:
        transport = HybridTransport([])
        self.bus = Bus(manifest(), transport=transport)
        self.subscriber = Subscriber(
            "strategies", True, self.bus, transport, limits, offer=OFFER, changed=lambda: None
        )
        self.connection = Served(limits)
        self.wire = Wire(self.connection, room)
        self.connection.connection_made(self.wire)  # type: ignore[arg-type]

    def connect(self, *messages: type[Pair]) -> None:
        needs = {message.TYPE_ID: OnFull.BLOCK for message in messages}
        hello = control.Hello(1, "sample", "strategies", "1", True, needs, schemas(messages))
        self.subscriber.connect(self.connection, hello, control.Welcome("adapters", "1", 0))

    def close(self) -> None:
        self.connection.connection_lost(None)
        self.subscriber.stopping = True


@asynchronous
async def test_last_values_that_are_too_much_at_once_hold_up_what_follows() -> None:
    there = There(room=100, limits=Limits(high_bytes=200))
    publisher = there.bus.publisher(Meta)
    for number in range(3):
        await publisher.publish(Meta(number))
    there.connect(Meta)
    assert there.subscriber.outbound.paused
    await settle()
    (link,) = there.subscriber.links.values()
    outcomes = [
        link.put(
            Envelope(Meta(1), 1, n, n, False, Meta(1).to_frame(source=1, sequence=n, timestamp=n))
        )
        for n in range(4, 9)
    ]
    assert len(there.wire.written) == 1
    assert outcomes == [Put.TAKEN] * 3 + [Put.HELD] * 2
    there.close()


@asynchronous
async def test_who_asks_again_and_again_and_reads_nothing_is_cut_off() -> None:
    there = There(room=100, limits=Limits())
    there.connect(Tick)

    def want(number: int) -> None:
        there.subscriber.want(control.Want(number, {16: OnFull.BLOCK}, schemas([Tick])))

    there.connection.pause_writing()
    for number in range(64):
        want(number)
    with pytest.raises(HandshakeError, match="expected answers to be read, found 64 wants"):
        want(64)
    there.connection.resume_writing()
    want(65)
    there.close()


def test_a_handshake_may_be_as_long_as_what_there_is_to_need() -> None:
    messages = [
        type(
            f"Message{number}", (Pair,), {"TYPE_ID": number, "DOMAIN": 1, "VERSION": 1 + number % 3}
        )
        for number in range(1, 3000)
    ]
    feed = msgspec.structs.replace(FEED, publishes=tuple(messages))
    system = Manifest("sample", Registry("sample", messages), (feed,))
    offer = Offer.of(ProcessPlan(name="adapters", services=("feed",)), system)
    needs = dict.fromkeys(offer.messages, OnFull.DROP_OLDEST)
    names = "n" * 64
    hello = control.Hello(1, names, names, "i" * 32, False, needs, schemas(messages))
    assert 1 << 16 < len(control.encode(hello)) <= offer.hello_size
