from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mycelium.protocol import MAGIC, BadMagicError, TooLargeError, encode_frame
from mycelium.transports.stream.cutting import Cutter


def frame(number: int, size: int) -> bytes:
    return encode_frame(b"x" * size, domain=1, source=1, sequence=number, timestamp=number)


@given(st.data())
def test_frames_come_out_as_they_went_in_whatever_the_pieces_are(data: st.DataObject) -> None:
    sizes = data.draw(st.lists(st.sampled_from([0, 8, 8, 8, 40, 300]), max_size=60))
    frames = [frame(number, size) for number, size in enumerate(sizes)]
    stream = b"".join(frames)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=8)))
    cutter = Cutter(1000)
    found = []
    for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True):
        found += cutter.feed(stream[start:end])
    assert found == frames
    assert cutter.error is None
    assert cutter.pending == 0


@given(place=st.integers(0, 5), equal=st.booleans())
def test_what_is_wrong_ends_it_after_the_frames_before(place: int, equal: bool) -> None:
    frames = [frame(number, 8 if equal else number) for number in range(6)]
    stream = b"".join(frames[:place]) + b"\xee" + b"".join(frames[place:])[1:] + b"\0" * 32
    cutter = Cutter(1000)
    assert cutter.feed(stream) == frames[:place]
    assert isinstance(cutter.error, BadMagicError)
    assert cutter.feed(frames[0]) == []


def test_a_claim_that_is_too_large_is_refused_on_the_header_and_nothing_is_kept() -> None:
    head = MAGIC.to_bytes(4, "little") + b"\2\1\1\0" + b"\0" * 16 + b"\xff" * 4 + b"\0" * 4
    cutter = Cutter(1000)
    assert cutter.feed(head) == []
    assert isinstance(cutter.error, TooLargeError)
    assert cutter.pending == 0


@pytest.mark.parametrize("size", [968, 969])
def test_the_limit_is_on_the_whole_frame(size: int) -> None:
    cutter = Cutter(1000)
    assert len(cutter.feed(frame(1, size))) == (size == 968)


def test_bytes_that_come_one_by_one_cost_no_more_than_one_frame() -> None:
    cutter = Cutter(1000)
    data = frame(1, 900)
    for byte in data[:-1]:
        assert cutter.feed(bytes([byte])) == []
    assert cutter.pending == len(data) - 1
    assert cutter.feed(data[-1:]) == [data]
