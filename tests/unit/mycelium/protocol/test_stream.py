from __future__ import annotations

import time
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mycelium.envelope import ENVELOPE, Envelope
from mycelium.protocol import (
    BadMagicError,
    ChecksumMismatchError,
    DecodeError,
    TooLargeError,
    TruncatedError,
    UnsupportedProtocolError,
    encode_frame,
)
from mycelium.protocol.stream import (
    BatchReader,
    FrameReader,
    RawFrame,
    ResyncReader,
    StrictReader,
)
from torq_contracts import REGISTRY
from torq_contracts.messages import EmergencyStop

MAGIC = bytes.fromhex("efbeadde")


def frame(payload: bytes, sequence: int = 1) -> bytes:
    return encode_frame(payload, domain=1, source=2, sequence=sequence, timestamp=sequence)


def pieces(data: bytes, cuts: list[int]) -> list[bytes]:
    places = sorted({0, len(data), *(cut % (len(data) + 1) for cut in cuts)})
    return [data[a:b] for a, b in pairwise(places)]


def read_all(reader: FrameReader, chunks: list[bytes]) -> list[bytes]:
    found = [f.data for chunk in chunks for f in reader.feed(chunk)]
    return found + [f.data for f in reader.end()]


# Payloads that cannot hold the magic bytes by chance of the test's making.
payloads = st.lists(st.binary(min_size=0, max_size=60).filter(lambda b: MAGIC not in b), max_size=8)
cuts = st.lists(st.integers(0, 2000), max_size=20)


@settings(deadline=None)
@given(payloads=payloads, cuts=cuts, strict=st.booleans())
def test_any_chunking_gives_the_same_frames(
    payloads: list[bytes], cuts: list[int], strict: bool
) -> None:
    frames = [frame(p, n) for n, p in enumerate(payloads)]
    reader: FrameReader = StrictReader() if strict else ResyncReader()
    assert read_all(reader, pieces(b"".join(frames), cuts)) == frames
    assert reader.pending == 0


@settings(deadline=None)
@given(payloads=payloads, cuts=cuts)
def test_offsets_and_headers_are_those_of_the_stream(
    payloads: list[bytes], cuts: list[int]
) -> None:
    stream = b"".join(frame(p, n) for n, p in enumerate(payloads))
    reader = StrictReader()
    for piece in pieces(stream, cuts):
        for found in reader.feed(piece):
            assert stream[found.offset :].startswith(found.data)
            assert payloads[found.header.sequence] == found.data[32:]


@settings(max_examples=300, deadline=None)
@given(
    payloads=payloads,
    cuts=cuts,
    damage=st.lists(st.tuples(st.integers(0, 2000), st.integers(1, 255)), max_size=4),
    garbage=st.lists(st.tuples(st.integers(0, 8), st.binary(max_size=50)), max_size=3),
)
def test_corruption_never_loses_an_intact_frame(
    payloads: list[bytes],
    cuts: list[int],
    damage: list[tuple[int, int]],
    garbage: list[tuple[int, bytes]],
) -> None:
    """Flipped bits and foreign bytes cost the frames that they hit, and no other.

    Each byte of the stream is either in a frame that came or in a range that was reported.
    """
    parts = [frame(p, n) for n, p in enumerate(payloads)]
    intact = set(parts)
    stream = bytearray()
    inserts = dict(garbage)
    places = []
    for number, part in enumerate(parts):
        stream += inserts.get(number, b"")
        places.append((len(stream), len(stream) + len(part), part))
        stream += part
    for place, flip in damage:
        if stream:
            at = place % len(stream)
            stream[at] ^= flip
    intact = {part for start, end, part in places if bytes(stream[start:end]) == part}
    reader = ResyncReader()
    found = read_all(reader, pieces(bytes(stream), cuts))
    assert [part for part in parts if part in intact] == [f for f in found if f in intact]
    skipped = sum(s.end - s.start for s in reader.skipped)
    assert skipped == reader.skipped_bytes
    assert sum(map(len, found)) + skipped == len(stream)
    assert len(reader.skipped) == reader.skipped_ranges
    for one, other in pairwise(reader.skipped):
        assert one.end < other.start


def test_a_skipped_range_says_what_was_wrong_first() -> None:
    bad = bytearray(frame(b"x" * 10))
    bad[35] ^= 1
    stream = frame(b"a") + bytes(bad) + frame(b"b")
    reader = ResyncReader()
    assert len(read_all(reader, [stream])) == 2
    (skipped,) = reader.skipped
    assert (skipped.start, skipped.end) == (33, 33 + 42)
    assert isinstance(skipped.error, ChecksumMismatchError)
    assert skipped.error.offset == 33 + 28


def test_a_frame_hidden_by_a_false_length_is_found_at_the_end() -> None:
    liar = bytearray(frame(b"x"))
    liar[24:28] = (5000).to_bytes(4, "little")
    reader = ResyncReader()
    assert read_all(reader, [bytes(liar) + frame(b"y")]) == [frame(b"y")]
    assert reader.skipped_bytes == 33


def test_a_torn_last_frame_is_reported() -> None:
    reader = ResyncReader()
    assert read_all(reader, [frame(b"a"), frame(b"bcd")[:-1]]) == [frame(b"a")]
    (torn,) = reader.skipped
    assert (torn.start, torn.end) == (33, 33 + 34)
    assert isinstance(torn.error, TruncatedError)


def test_only_the_first_thousand_ranges_are_kept_but_all_are_counted() -> None:
    reader = ResyncReader()
    assert len(read_all(reader, [(b"?" + frame(b"")) * 1500])) == 1500
    assert len(reader.skipped) == 1000
    assert reader.skipped_ranges == reader.skipped_bytes == 1500


def wrong(at: int, value: int) -> bytes:
    data = bytearray(frame(b"payload"))
    data[at] = value
    return bytes(data)


@pytest.mark.parametrize(
    ("data", "error", "offset"),
    [
        (wrong(0, 1), BadMagicError, 0),
        (wrong(4, 9), UnsupportedProtocolError, 4),
        (wrong(27, 0x7F), TooLargeError, 24),
        (wrong(33, 0), ChecksumMismatchError, 28),
    ],
)
def test_a_strict_reader_raises_with_the_place_in_the_stream(
    data: bytes, error: type[DecodeError], offset: int
) -> None:
    """Frames before the wrong one are given first."""
    good = frame(b"good")
    reader = StrictReader()
    frames = reader.feed(good + data)
    assert next(frames).data == good
    with pytest.raises(error) as caught:
        next(frames)
    assert caught.value.offset == len(good) + offset


def test_too_large_a_claim_is_refused_on_the_header_alone() -> None:
    head = frame(b"x" * 100)[:32]
    with pytest.raises(TooLargeError, match="at most 131 bytes, found 132 bytes"):
        list(StrictReader(max_frame=131).feed(head))
    assert list(StrictReader(max_frame=132).feed(head)) == []


def test_a_stream_that_ends_within_a_frame_is_truncated() -> None:
    reader = StrictReader()
    assert list(reader.feed(frame(b"abc")[:33])) == []
    with pytest.raises(TruncatedError, match="truncated at byte 0: expected 35 bytes, found 33"):
        list(reader.end())


def test_frames_that_were_not_asked_for_come_with_the_next_piece() -> None:
    reader = StrictReader()
    reader.feed(frame(b"a"))
    assert [f.data for f in reader.feed(frame(b"b"))] == [frame(b"a"), frame(b"b")]


def test_time_grows_with_the_bytes_and_not_with_the_pieces() -> None:
    """A megabyte byte by byte: a reader that copied what it has each time would need hours."""
    whole = frame(bytes(1_000_000))
    reader = StrictReader()
    view = memoryview(whole)
    start = time.process_time()
    found = [f for at in range(0, len(whole), 7) for f in reader.feed(view[at : at + 7])]
    assert time.process_time() - start < 20
    assert [f.data for f in found] == [whole]


@settings(deadline=None)
@given(
    kinds=st.lists(st.sampled_from("muxg"), max_size=12),
    cuts=cuts,
    damage=st.lists(st.tuples(st.integers(0, 5000), st.integers(1, 255)), max_size=2),
)
def test_batches_hold_what_single_frames_would(
    kinds: list[str], cuts: list[int], damage: list[tuple[int, int]]
) -> None:
    """Messages, frames of unknown type, two messages in one frame, garbage; pieces and damage."""
    stop = EmergencyStop("all", True, "why")
    parts = {
        "m": stop.to_frame(source=2, sequence=1, timestamp=1),
        "u": frame(b"\x63\0\1\0\0\0\0\0"),
        "x": encode_frame(stop.to_tlv() * 2, domain=3, source=2, sequence=1, timestamp=1),
        "g": b"garbage",
    }
    stream = bytearray(b"".join(parts[kind] for kind in kinds))
    for place, flip in damage:
        if stream:
            stream[place % len(stream)] ^= flip
    chunks = pieces(bytes(stream), cuts)
    plain = ResyncReader()
    expected = read_all(plain, chunks)
    reader: BatchReader[Envelope] = BatchReader(REGISTRY.batch(ENVELOPE))
    found: list[bytes] = []
    for part in [p for chunk in chunks for p in reader.feed_batches(chunk)] + [
        *reader.end_batches()
    ]:
        if isinstance(part, RawFrame):
            found.append(part.data)
            continue
        for envelope in part:
            assert envelope.message == stop
            assert envelope.frame is not None
            if not (found and found[-1] is envelope.frame):
                found.append(envelope.frame)
    assert found == expected
    assert reader.frames == len(expected)
    assert reader.skipped_bytes == plain.skipped_bytes
    assert [(s.start, s.end) for s in reader.skipped] == [(s.start, s.end) for s in plain.skipped]


def test_an_older_iteration_gives_nothing_twice() -> None:
    frames = [frame(b"abc", n) for n in range(5)]
    reader = StrictReader()
    first = reader.feed(b"".join(frames))
    assert next(first).data == frames[0]
    assert reader.offset == len(frames[0])
    assert [f.data for f in reader.feed(frame(b"last", 9))] == [*frames[1:], frame(b"last", 9)]
    assert list(first) == []
