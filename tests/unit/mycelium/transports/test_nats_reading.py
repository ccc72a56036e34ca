"""Payloads of NATS to envelopes: one by one and many at once, the outcome is the same."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from hypothesis import given
from hypothesis import strategies as st

from mycelium.bus import Bus
from mycelium.counters import Tally
from mycelium.deadletters import MemoryDeadLetters
from mycelium.envelope import Envelope
from mycelium.mailbox import Inlet, Mailbox
from mycelium.manifest import OnFull, ServiceSpec
from mycelium.protocol import encode_frame
from mycelium.protocol.timestamp import Timestamp
from mycelium.transports.nats.feeds import Feed, LastValues
from mycelium.transports.nats.limits import NatsLimits
from mycelium.transports.nats.reading import Reader, schema_header
from mycelium.transports.nats.sieve import Sieve, one_by_one
from tests.unit.mycelium.helpers import asynchronous
from torq_contracts.manifest import MANIFEST
from torq_contracts.messages import BlockUpdate, FeedState, FeedStatus

LIMIT: Final = 1000
HOME: Final[ServiceSpec] = MANIFEST.service("polygon_adapter")
SAID: Final = schema_header(BlockUpdate)


def block(number: int, source: int = HOME.source) -> bytes:
    message = BlockUpdate(1, number, Timestamp(3), None, None, None)
    return message.to_frame(source=source, sequence=number, timestamp=number)


def status(number: int) -> bytes:
    message = FeedStatus("a", FeedState.LIVE, 1, None, 0, (), 0, 0, 0)
    return message.to_frame(source=HOME.source, sequence=number, timestamp=number)


def spoilt(number: int) -> bytes:
    data = bytearray(block(number))
    data[-1] ^= 1
    return bytes(data)


def strange(number: int) -> bytes:
    value = b"\x63\0\1\0\0\0\0\0"
    return encode_frame(value, domain=1, source=1, sequence=number, timestamp=number)


KINDS: Final[tuple[Callable[[int], bytes], ...]] = (
    block,
    block,
    block,
    status,
    spoilt,
    strange,
    lambda number: block(number, 2),
)


def read(payload: bytes, said: str, *, at_once: bool) -> tuple[list[Envelope], list[str]]:
    """The envelopes, and why others are refused, in order."""
    letters = MemoryDeadLetters()
    reader = Reader(Bus(MANIFEST, dead_letters=letters), LIMIT)
    if not at_once:
        reader._batch = None
    found = reader.read_all(payload, said, HOME, BlockUpdate)
    return found, [f"{letter.error} {letter.frame}" for letter in letters.letters]


@given(st.lists(st.sampled_from(KINDS), max_size=12), st.sampled_from([SAID, "", "other"]))
def test_many_at_once_are_read_as_one_by_one(
    kinds: list[Callable[[int], bytes]], said: str
) -> None:
    frames = [kind(number) for number, kind in enumerate(kinds, 1)]
    for payload in (b"".join(frames), b"".join(frames) + b"rest", b"".join(frames)[:-3]):
        expected = read(payload, said, at_once=False)
        assert read(payload, said, at_once=True) == expected
    found, refused = read(b"".join(frames), said, at_once=True)
    good = [frame for frame, kind in zip(frames, kinds, strict=True) if kind is block]
    assert [envelope.frame for envelope in found] == (good if said == SAID else [])
    assert len(found) + len(refused) == max(1, len(frames))


@given(
    st.lists(st.integers(1, 6), max_size=30),
    st.integers(1, 8),
    st.sampled_from(list(OnFull)),
    st.booleans(),
)
@asynchronous
async def test_some_together_end_where_each_alone_would(
    sequences: list[int], capacity: int, on_full: OnFull, watched: bool
) -> None:
    ends = []
    for together in (False, True):
        bus, mailbox = Bus(MANIFEST), Mailbox(capacity)
        if watched:
            bus.tap(lambda _: None)
        reader, sieve = Reader(bus, LIMIT), Sieve(bus)
        feed = Feed(
            BlockUpdate,
            HOME,
            reader,
            LastValues(bus, reader),
            NatsLimits(window_frames=4),
            admit=sieve.judged,
            admit_all=sieve.judged_all if together else one_by_one,
            marked=lambda *_: None,
            lost=lambda *_: None,
        )
        inlet = Inlet(mailbox, "brain", BlockUpdate, on_full, Tally())
        feed.links, feed.on_full = [inlet], on_full
        for sequence in sequences:
            feed._waiting += reader.read_all(block(sequence), SAID, HOME, BlockUpdate)
        held = feed._deliver()
        row = bus.counts().of(HOME.name, "BlockUpdate")
        ends.append(([*mailbox.items], [*feed._waiting], held == [inlet], feed.sequence, row))
    assert ends[0] == ends[1]


@asynchronous
async def test_messages_in_doubt_are_looked_at_together_once() -> None:
    bus, asked = Bus(MANIFEST), list[int]()

    def doubt(envelopes: list[Envelope]) -> bool:
        asked.append(len(envelopes))
        return False

    reader = Reader(bus, LIMIT)
    feed = Feed(
        BlockUpdate,
        HOME,
        reader,
        LastValues(bus, reader),
        NatsLimits(),
        admit=Sieve(bus).judged,
        admit_all=doubt,
        marked=lambda *_: None,
        lost=lambda *_: None,
    )
    mailbox = Mailbox(100)
    feed.links = [Inlet(mailbox, "brain", BlockUpdate, OnFull.BLOCK, Tally())]
    for sequence in range(1, 51):
        feed._waiting += reader.read_all(block(sequence), SAID, HOME, BlockUpdate)
    assert feed._deliver() == []
    assert (len(mailbox.items), feed.sequence) == (50, 50)
    assert asked == [49]
