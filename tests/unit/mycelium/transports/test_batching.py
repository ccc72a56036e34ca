from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from mycelium.envelope import ENVELOPE, Envelope
from mycelium.protocol import DecodeError, TooLargeError, encode_frame
from mycelium.protocol.frame import HEADER_SIZE
from mycelium.transports.stream import control
from mycelium.transports.stream.batching import Batcher, Opening, cutter_of
from tests.unit.mycelium.helpers import REGISTRY, Meta, Tick
from torq_contracts.messages import BlockUpdate
from torq_contracts.registry import REGISTRY as GENERATED

LIMIT = 1000


def decode(
    piece: bytes, at: int, base: int, max_frame: int, most: int
) -> tuple[list[Envelope], int, int]:
    """What the native codec does, in Python: as far as frames are whole, sound and known."""
    made: list[Envelope] = []
    count = 0
    while count < most and len(piece) - at >= HEADER_SIZE:
        end = at + HEADER_SIZE + int.from_bytes(piece[at + 24 : at + 28], "little")
        data = piece[at:end]
        try:
            frame = REGISTRY.decode_frame(data, max_frame)
        except DecodeError:
            break
        made += [
            Envelope(message, frame.source, frame.sequence, frame.timestamp, False, data)
            for message in frame.messages
        ]
        at, count = end, count + 1
    return made, at, count


def tick(number: int) -> bytes:
    return Tick(number).to_frame(source=1, sequence=number, timestamp=number)


def spoilt(number: int) -> bytes:
    data = bytearray(tick(number))
    data[-1] ^= 1
    return bytes(data)


def strange(number: int) -> bytes:
    return encode_frame(b"\x63\0\1\0\0\0\0\0", domain=1, source=1, sequence=1, timestamp=number)


def frames_of(found: list[bytes | Envelope]) -> list[bytes]:
    return [item.to_frame() if isinstance(item, Envelope) else item for item in found]


@given(st.data())
def test_all_comes_out_in_order_and_what_is_sound_as_envelopes(data: st.DataObject) -> None:
    kinds = [tick, tick, tick, spoilt, strange, lambda _: control.encode(control.Beat())]
    made = data.draw(st.lists(st.sampled_from(kinds), max_size=30))
    frames = [make(number) for number, make in enumerate(made, 1)]
    stream = b"".join(frames)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=8)))
    batcher = Batcher(decode, LIMIT)
    found: list[bytes | Envelope] = []
    for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True):
        found += batcher.feed(stream[start:end])
    assert frames_of(found) == frames
    assert [isinstance(item, Envelope) for item in found] == [make is tick for make in made]
    assert batcher.error is None
    assert batcher.pending == 0


def test_more_frames_than_are_taken_at_once() -> None:
    frames = [tick(number) for number in range(1, 9000)]
    found = Batcher(decode, LIMIT).feed(b"".join(frames))
    assert frames_of(found) == frames
    assert all(isinstance(item, Envelope) for item in found)


def test_what_is_wrong_ends_it_after_the_frames_before() -> None:
    batcher = Batcher(decode, LIMIT)
    assert frames_of(batcher.feed(tick(1) + tick(2) + b"\0" * 40)) == [tick(1), tick(2)]
    assert batcher.error is not None
    assert batcher.feed(tick(3)) == []


def test_a_claim_that_is_too_large_is_refused_on_the_header_and_nothing_is_kept() -> None:
    batcher = Batcher(decode, LIMIT)
    head = bytearray(tick(1)[:HEADER_SIZE])
    head[24:28] = b"\xff" * 4
    assert batcher.feed(bytes(head)) == []
    assert isinstance(batcher.error, TooLargeError)
    assert batcher.pending == 0


def test_a_frame_with_several_messages_is_one_envelope() -> None:
    both = Tick(1).to_tlv() + Meta(2).to_tlv()
    data = encode_frame(both, domain=1, source=1, sequence=1, timestamp=1)
    found = Batcher(decode, LIMIT).feed(tick(1) + data + tick(2))
    assert [item.message for item in found if isinstance(item, Envelope)] == [
        Tick(1),
        Tick(1),
        Tick(2),
    ]


def test_the_native_codec_is_taken_where_there_is_one() -> None:
    cutter = cutter_of(GENERATED, LIMIT)
    assert isinstance(cutter, Opening if GENERATED.batch(ENVELOPE) is None else Batcher)
    messages = [
        BlockUpdate.from_json(
            b'{"chain_id": "1", "number": "%d", "time": "3", "base_fee": null, '
            b'"gas_used": null, "gas_limit": null}' % number
        )
        for number in range(3)
    ]
    frames = [
        message.to_frame(source=1, sequence=number, timestamp=number + 5)
        for number, message in enumerate(messages, 1)
    ]
    found = cutter.feed(b"".join(frames))
    assert found == [
        Envelope(message, 1, number, number + 5, False, data)
        for number, (message, data) in enumerate(zip(messages, frames, strict=True), 1)
    ]


def test_the_stand_in_above_stops_where_it_should() -> None:
    made, end, count = decode(tick(1) + spoilt(2) + tick(3), 0, 0, LIMIT, 10)
    assert ([envelope.sequence for envelope in made], count) == ([1], 1)
    assert end == len(tick(1))
