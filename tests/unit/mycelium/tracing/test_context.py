"""The trace context in a frame: W3C's fields, skipped by who does not know them."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mycelium.envelope import Envelope
from mycelium.protocol import encode_frame
from mycelium.protocol.frame import DEFAULT_MAX_FRAME, append_tlvs
from mycelium.tracing.context import TRACE_CONTEXT, TraceContext, of_frame, of_tlvs
from tests.unit.mycelium.helpers import REGISTRY, Tick

CONTEXT = TraceContext(0x4BF92F3577B34DA6A3CE929D0E0E4736, 0x00F067AA0BA902B7, 1)
PARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


def tlv(value: bytes, type_id: int = TRACE_CONTEXT) -> bytes:
    return struct.pack("<HBBI", type_id, 1, 0, len(value)) + value


def test_the_tlv_is_the_bytes_of_the_traceparent_header() -> None:
    assert CONTEXT.traceparent == PARENT
    value = bytes.fromhex(PARENT.replace("-", ""))
    assert CONTEXT.to_tlv() == bytes.fromhex("e8fd 01 00 1a000000") + value


@given(trace=st.integers(1, 2**128 - 1), span=st.integers(1, 2**64 - 1), flags=st.integers(0, 255))
def test_a_context_is_read_back(trace: int, span: int, flags: int) -> None:
    context = TraceContext(trace, span, flags)
    assert of_tlvs(context.to_tlv()) == context


def test_a_frame_carries_it_and_a_reader_that_does_not_know_it_gets_the_message() -> None:
    plain = Envelope(Tick(1, 2), 1, 3, 4)
    traced = Envelope(Tick(1, 2), 1, 3, 4, extra=CONTEXT.to_tlv())
    assert len(traced.to_frame()) == len(plain.to_frame()) + 34
    assert of_frame(traced.to_frame()) == CONTEXT
    assert of_frame(plain.to_frame()) is None
    frame = REGISTRY.decode_frame(traced.to_frame())
    assert (frame.messages, frame.source, frame.sequence) == ((Tick(1, 2),), 1, 3)
    assert traced.as_retained().to_frame() == traced.to_frame()


def test_a_frame_that_would_grow_too_large_goes_without() -> None:
    room = DEFAULT_MAX_FRAME - 32 - 33
    full = encode_frame(bytes(room), domain=1, source=1, sequence=1, timestamp=1)
    assert append_tlvs(full, CONTEXT.to_tlv()) is full
    fits = encode_frame(bytes(room - 1), domain=1, source=1, sequence=1, timestamp=1)
    assert len(append_tlvs(fits, CONTEXT.to_tlv())) == DEFAULT_MAX_FRAME


@pytest.mark.parametrize(
    "data",
    [
        b"",
        tlv(b"other", 65001),
        tlv(b"\0" * 26),
        tlv(bytes.fromhex("ff") + CONTEXT.to_tlv()[9:]),
        tlv(CONTEXT.to_tlv()[8:-1]),
        CONTEXT.to_tlv()[:-1],
        b"\1",
    ],
)
def test_what_is_no_context_is_none(data: bytes) -> None:
    assert of_tlvs(data) is None


def test_a_later_version_is_read_as_far_as_it_is_known() -> None:
    later = tlv(b"\x01" + CONTEXT.to_tlv()[9:] + b"more")
    assert of_tlvs(tlv(b"other", 65001) + later) == CONTEXT
