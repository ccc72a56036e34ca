"""A frame finds the message of its type, and no other, whatever buffer holds it."""

from __future__ import annotations

import array
import struct
from typing import Self

import pytest

from mycelium.protocol import (
    DEFAULT_MAX_FRAME,
    Message,
    Registry,
    TooLargeError,
    UnknownTypeError,
    encode_frame,
)
from torq_contracts import REGISTRY, decode_frame
from torq_contracts.messages import Address, PoolStateUpdate

STATE = PoolStateUpdate(Address(b"p" * 20), 1, 10, 20, 30)
FRAME = STATE.to_frame(source=7, sequence=8, timestamp=9)


class Text(Message, frozen=True, gc=False):
    """A message of variable size: its value is all its bytes."""

    data: bytes

    @classmethod
    def _decode(cls, data: bytes, at: int, end: int, version: int) -> Self:
        return cls(data[at:end])


class First(Text, frozen=True, gc=False):
    TYPE_ID = 0x0110
    DOMAIN = 1


class Second(Text, frozen=True, gc=False):
    TYPE_ID = 0x0210  # the same low byte
    DOMAIN = 1


def frame_of(type_id: int, value: bytes) -> bytes:
    payload = struct.pack("<HBBI", type_id, 1, 0, len(value)) + value
    return encode_frame(payload, domain=1, source=7, sequence=8, timestamp=9)


def test_types_with_the_same_low_byte_are_told_apart() -> None:
    registry = Registry("test", [First, Second, PoolStateUpdate])
    assert registry.decode_frame(frame_of(0x0110, b"one")).message == First(b"one")
    assert registry.decode_frame(frame_of(0x0210, b"two")).message == Second(b"two")
    assert registry.decode_frame(FRAME).message == STATE


@pytest.mark.parametrize("type_id", [0x0310, 0x0111, 0x0011])
def test_a_type_that_shares_a_byte_with_known_ones_is_unknown(type_id: int) -> None:
    registry = Registry("test", [First, Second])
    with pytest.raises(UnknownTypeError, match=f"found {type_id}"):
        registry.decode_frame(frame_of(type_id, b"one"))


def test_a_value_of_the_right_size_but_another_type_is_not_taken() -> None:
    """The low byte alone finds the parser, which has to look at the whole type."""
    other = PoolStateUpdate.TYPE_ID + 0x100
    with pytest.raises(UnknownTypeError, match=f"found {other}"):
        decode_frame(frame_of(other, STATE.to_tlv()[8:]))


def test_a_frame_above_the_default_limit_is_read_where_the_limit_is_higher() -> None:
    registry = Registry("test", [First])
    value = bytes(DEFAULT_MAX_FRAME)
    frame = frame_of(First.TYPE_ID, value)
    with pytest.raises(TooLargeError, match=f"expected a frame of at most {DEFAULT_MAX_FRAME} by"):
        registry.decode_frame(frame)
    assert registry.decode_frame(frame, max_frame=len(frame)).message == First(value)


def test_the_limit_holds_for_every_message() -> None:
    registry = Registry("test", [First, PoolStateUpdate])
    for frame in (FRAME, frame_of(First.TYPE_ID, b"one")):
        assert registry.decode_frame(frame, max_frame=len(frame)).source == 7
        with pytest.raises(TooLargeError, match=f"found {len(frame)} bytes"):
            registry.decode_frame(frame, max_frame=len(frame) - 1)


def test_buffers_of_other_shapes_are_read_as_their_bytes() -> None:
    spread = bytes(byte for pair in zip(FRAME, FRAME, strict=True) for byte in pair)
    padded = FRAME + b"\0" * (-len(FRAME) % 4)
    buffers = (
        memoryview(spread)[::2],
        memoryview(FRAME).cast("c"),
        memoryview(FRAME).cast("b"),
        memoryview(FRAME).cast("B", (1, len(FRAME))),
        array.array("B", FRAME),
        memoryview(array.array("I", padded)).cast("B")[: len(FRAME)],
    )
    for buffer in buffers:
        frame = REGISTRY.decode_frame(buffer)  # type: ignore[arg-type]
        assert frame.message == STATE
        assert (frame.source, frame.sequence, frame.timestamp) == (7, 8, 9)


def test_messages_of_any_size_keep_bytes_whatever_buffer_they_came_in() -> None:
    registry = Registry("test", [First])
    frame = frame_of(0x0110, b"one")
    for buffer in (bytearray(frame), memoryview(frame)):
        message = registry.decode_frame(buffer).message
        assert isinstance(message, First)
        assert type(message.data) is bytes
