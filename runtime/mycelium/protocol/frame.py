"""The frame: 32 bytes of header, then a payload of TLVs.

All integers are little-endian. The first eight bytes are read as one number, since one comparison
then checks them all::

    offset  0  magic u32         16  timestamp u64 (ns since the Unix epoch)
            4  protocol u8       24  payload size u32
            5  domain u8         28  checksum u32: CRC-32 of bytes 0-27 and the payload
            6  source u16        32  payload
            8  sequence u64
"""

from __future__ import annotations

from struct import Struct
from typing import TYPE_CHECKING, Final
from zlib import crc32

import msgspec

from mycelium.protocol.errors import (
    BadMagicError,
    ChecksumMismatchError,
    MalformedValueError,
    SizeMismatchError,
    TooLargeError,
    TruncatedError,
    UnsupportedProtocolError,
)

if TYPE_CHECKING:
    from mycelium.protocol.message import Message

MAGIC: Final = 0xDEADBEEF
MAGIC_BYTES: Final = MAGIC.to_bytes(4, "little")
PROTOCOL: Final = 2
HEADER_SIZE: Final = 32
TLV_HEADER_SIZE: Final = 8
DEFAULT_MAX_FRAME: Final = 1 << 20

_HEADER: Final = Struct("<QQQII")
_HEAD: Final = Struct("<QQQI")
_CHECKED_HEAD: Final = 28  # header bytes that the checksum covers
_DOMAIN_SHIFT: Final = 40
_SOURCE_SHIFT: Final = 48


class Header(msgspec.Struct, frozen=True, gc=False):
    """Who sent a frame and when: ``source`` is the service's id, ``timestamp`` ns since 1970."""

    domain: int
    source: int
    sequence: int
    timestamp: int
    payload_size: int


class Frame(msgspec.Struct, frozen=True, gc=False):
    """A decoded frame: ``message`` is its first one, and the only one in frames of ``publish``.

    The header's parts are fields here, because building a value for them costs as much as the rest.
    """

    message: Message
    source: int
    sequence: int
    timestamp: int
    payload_size: int
    others: tuple[Message, ...] = ()

    @property
    def messages(self) -> tuple[Message, ...]:
        """Every message of the frame, in order."""
        return (self.message, *self.others)

    @property
    def header(self) -> Header:
        """The header as a value of its own."""
        return Header(
            self.message.DOMAIN, self.source, self.sequence, self.timestamp, self.payload_size
        )


def head_of(domain: int, source: int = 0) -> int:
    """Magic, protocol, domain and source as the number that the first eight bytes make."""
    return MAGIC | PROTOCOL << 32 | domain << _DOMAIN_SHIFT | source << _SOURCE_SHIFT


def encode_frame(
    payload: bytes, *, domain: int, source: int, sequence: int, timestamp: int
) -> bytes:
    """A frame around ``payload``, which has to be one or more TLVs.

    Raises:
        struct.error: a header value does not fit; `Message.to_frame` turns it into `EncodeError`.
    """
    head = _HEAD.pack(head_of(domain, source), sequence, timestamp, len(payload))
    checksum = crc32(payload, crc32(head))
    return b"%b%b%b" % (head, checksum.to_bytes(4, "little"), payload)


def append_tlvs(frame: bytes, tlvs: bytes) -> bytes:
    """The frame with protocol TLVs after its payload; as it is where it would grow too large."""
    size = len(frame) - HEADER_SIZE + len(tlvs)
    if HEADER_SIZE + size > DEFAULT_MAX_FRAME:
        return frame
    head = frame[:24] + size.to_bytes(4, "little")
    payload = frame[HEADER_SIZE:] + tlvs
    return b"%b%b%b" % (head, crc32(payload, crc32(head)).to_bytes(4, "little"), payload)


def read_header(data: bytes, at: int = 0, *, max_frame: int = DEFAULT_MAX_FRAME) -> Header:
    """The header that starts at byte ``at``; the payload is not looked at.

    Raises:
        TruncatedError, BadMagicError, UnsupportedProtocolError, MalformedValueError, TooLargeError
    """
    if len(data) - at < HEADER_SIZE:
        _refuse_start(data, at)
    head, sequence, timestamp, size, _ = _HEADER.unpack_from(data, at)
    if head & 0xFFFFFFFF != MAGIC:
        raise BadMagicError(MAGIC_BYTES.hex(), data[at : at + 4].hex(), at)
    if head >> 32 & 0xFF != PROTOCOL:
        raise UnsupportedProtocolError(str(PROTOCOL), str(head >> 32 & 0xFF), at + 4)
    if not head >> _SOURCE_SHIFT:
        raise MalformedValueError("a source from 1 to 65535", "0", at + 6)
    if HEADER_SIZE + size > max_frame:
        claimed = f"{HEADER_SIZE + size} bytes"
        raise TooLargeError(f"a frame of at most {max_frame} bytes", claimed, at + 24)
    domain = head >> _DOMAIN_SHIFT & 0xFF
    return Header(domain, head >> _SOURCE_SHIFT, sequence, timestamp, size)


def check_frame(data: bytes, header: Header, at: int = 0) -> None:
    """Checks that the payload is all there and that the checksum holds.

    Raises:
        TruncatedError, ChecksumMismatchError
    """
    found = len(data) - at - HEADER_SIZE
    if found < header.payload_size:
        raise TruncatedError(
            f"{header.payload_size} bytes of payload", f"{max(found, 0)}", at + HEADER_SIZE
        )
    stated = int.from_bytes(data[at + 28 : at + 32], "little")
    end = at + HEADER_SIZE + header.payload_size
    computed = crc32(data[at + HEADER_SIZE : end], crc32(data[at : at + _CHECKED_HEAD]))
    if stated != computed:
        raise ChecksumMismatchError(f"{computed:#010x}", f"{stated:#010x}", at + _CHECKED_HEAD)


def check_single_frame(data: bytes, *, max_frame: int = DEFAULT_MAX_FRAME) -> Header:
    """The header of bytes that hold one frame and nothing else.

    Raises:
        DecodeError: one of the errors of `read_header` and `check_frame`, or `SizeMismatchError`
    """
    header = read_header(data, max_frame=max_frame)
    whole = HEADER_SIZE + header.payload_size
    if len(data) > whole:
        raise SizeMismatchError(f"a frame of {whole} bytes", f"{len(data)}", whole)
    check_frame(data, header)
    return header


def _refuse_start(data: bytes, at: int) -> None:
    start = data[at : at + 4]
    if start and not MAGIC_BYTES.startswith(start):
        raise BadMagicError(MAGIC_BYTES.hex(), start.hex(), at)
    raise TruncatedError(f"a header of {HEADER_SIZE} bytes", f"{len(data) - at}", len(data))
