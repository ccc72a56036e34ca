"""The frame header: one layout, and a named error with its place for each way to break it."""

from __future__ import annotations

import struct
from zlib import crc32

import pytest

from mycelium.protocol import (
    BadMagicError,
    ChecksumMismatchError,
    DecodeError,
    EncodeError,
    MalformedValueError,
    SizeMismatchError,
    TooLargeError,
    TruncatedError,
    UnknownTypeError,
    UnsupportedProtocolError,
    WrongDomainError,
    check_single_frame,
    encode_frame,
    read_header,
)
from torq_contracts import REGISTRY, decode_frame
from torq_contracts.messages import Address, PoolStateUpdate

STATE = PoolStateUpdate(Address(b"p" * 20), 1, 10, 20, 30)
FRAME = STATE.to_frame(source=7, sequence=8, timestamp=9)


def sealed(head: bytes, payload: bytes) -> bytes:
    """A frame of 28 header bytes and a payload, with the checksum that they have."""
    return head + crc32(head + payload).to_bytes(4, "little") + payload


def with_payload(payload: bytes, domain: int = 1) -> bytes:
    return encode_frame(payload, domain=domain, source=7, sequence=8, timestamp=9)


def tlv(type_id: int, value: bytes, version: int = 1, flags: int = 0) -> bytes:
    return struct.pack("<HBBI", type_id, version, flags, len(value)) + value


def test_the_header_is_laid_out_as_the_wire_format_says() -> None:
    payload = FRAME[32:]
    assert FRAME[:4] == bytes.fromhex("efbeadde")
    assert FRAME[4] == 2, "protocol"
    assert FRAME[5] == 1, "domain"
    assert struct.unpack_from("<HQQII", FRAME, 6) == (
        7,
        8,
        9,
        len(payload),
        crc32(FRAME[:28] + payload),
    )
    header = decode_frame(FRAME).header
    assert (header.domain, header.source, header.sequence, header.timestamp) == (1, 7, 8, 9)
    assert header.payload_size == len(payload)


@pytest.mark.parametrize(
    ("data", "error", "message"),
    [
        (b"", TruncatedError, "truncated at byte 0: expected a header of 32 bytes, found 0"),
        (
            FRAME[:31],
            TruncatedError,
            "truncated at byte 31: expected a header of 32 bytes, found 31",
        ),
        (b"\xef\xbe\xad", TruncatedError, "truncated at byte 3: expected a header of 32 bytes"),
        (b"GET / HTTP", BadMagicError, "bad magic at byte 0: expected efbeadde, found 47455420"),
        (b"x" * 64, BadMagicError, "bad magic at byte 0: expected efbeadde, found 78787878"),
        (
            FRAME[:4] + b"\3" + FRAME[5:],
            UnsupportedProtocolError,
            "unsupported protocol at byte 4: expected 2, found 3",
        ),
        (
            FRAME[:-1],
            TruncatedError,
            "truncated at byte 32: expected 195 bytes of payload, found 194",
        ),
        (FRAME + b"\0", SizeMismatchError, "size mismatch at byte 227: expected a frame of 227"),
        (FRAME[:8] + b"\1" + FRAME[9:], ChecksumMismatchError, "checksum mismatch at byte 28"),
        (
            with_payload(b""),
            SizeMismatchError,
            "size mismatch at byte 32: expected a payload of at least one TLV, found none",
        ),
        (
            with_payload(b"\1\0\1"),
            TruncatedError,
            "truncated at byte 32: expected a TLV header of 8 bytes, found 3",
        ),
        (
            with_payload(struct.pack("<HBBI", 16, 1, 0, 99)),
            TruncatedError,
            "truncated at byte 36: expected a TLV value of 99 bytes, found 0",
        ),
        (
            with_payload(tlv(0, b"")),
            MalformedValueError,
            "malformed value at byte 32: expected a type id from 1 to 65534, found 0",
        ),
        (
            with_payload(tlv(16, b"", version=0)),
            MalformedValueError,
            "malformed value at byte 34: expected a version from 1 to 255, found 0",
        ),
        (
            with_payload(tlv(15, b"")),
            UnknownTypeError,
            "unknown type at byte 32: expected a message type of the system torq, found 15",
        ),
        (
            with_payload(STATE.to_tlv(), domain=2),
            WrongDomainError,
            "wrong domain at byte 5: expected domain 1 of PoolStateUpdate (type 16), found 2",
        ),
    ],
)
def test_a_broken_frame_says_what_and_where(
    data: bytes, error: type[DecodeError], message: str
) -> None:
    for decode in (decode_frame, REGISTRY.decode_any):
        with pytest.raises(error) as refusal:
            decode(data)
        assert str(refusal.value).startswith(message)


def test_a_frame_that_is_too_large_is_refused_on_its_header_alone() -> None:
    claim = FRAME[:24] + (1 << 20).to_bytes(4, "little") + FRAME[28:32]
    with pytest.raises(TooLargeError, match="at byte 24: expected a frame of at most 1048576"):
        read_header(claim)
    with pytest.raises(TooLargeError):
        decode_frame(FRAME, max_frame=100)
    assert decode_frame(FRAME, max_frame=len(FRAME)).message == STATE


def test_unknown_tlvs_beside_a_known_one_are_skipped() -> None:
    payload = STATE.to_tlv() + tlv(65000, b"trace") + tlv(14, b"later")
    frame = decode_frame(with_payload(payload))
    assert frame.messages == (STATE,)


def test_several_messages_stand_in_order() -> None:
    other = PoolStateUpdate(Address(b"q" * 20), 2, 1, 2, 3)
    frame = decode_frame(with_payload(STATE.to_tlv() + other.to_tlv()))
    assert frame.messages == (STATE, other)
    assert frame.message == STATE


def test_flags_that_are_not_known_are_ignored() -> None:
    value = STATE.to_tlv()[8:]
    frame = decode_frame(with_payload(tlv(16, value, version=2, flags=0x80)))
    assert frame.message == STATE


def test_header_values_that_do_not_fit_are_refused_by_name() -> None:
    for header, name in (
        ({"source": 0, "sequence": 1, "timestamp": 1}, "source"),
        ({"source": 65536, "sequence": 1, "timestamp": 1}, "source"),
        ({"source": 1, "sequence": -1, "timestamp": 1}, "sequence"),
        ({"source": 1, "sequence": 1, "timestamp": 1 << 64}, "timestamp"),
    ):
        with pytest.raises(EncodeError) as refusal:
            STATE.to_frame(**header)
        assert refusal.value.field == name


def test_a_single_frame_is_checked_whole() -> None:
    assert check_single_frame(FRAME).source == 7
    with pytest.raises(SizeMismatchError):
        check_single_frame(FRAME + FRAME)


def test_the_checksum_covers_header_and_payload() -> None:
    resealed = sealed(FRAME[:8] + (99).to_bytes(8, "little") + FRAME[16:28], FRAME[32:])
    assert decode_frame(resealed).sequence == 99
