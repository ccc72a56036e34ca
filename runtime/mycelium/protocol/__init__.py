"""Frames, messages and their errors: the wire format (Protocol V2)."""

from mycelium.protocol.errors import (
    BadMagicError,
    ChecksumMismatchError,
    DecodeError,
    EncodeError,
    InvalidMessageError,
    MalformedValueError,
    ProtocolError,
    SizeMismatchError,
    TooLargeError,
    TruncatedError,
    UnknownTypeError,
    UnsupportedProtocolError,
    WrongDomainError,
)
from mycelium.protocol.fixed import FixedPoint
from mycelium.protocol.frame import (
    DEFAULT_MAX_FRAME,
    HEADER_SIZE,
    MAGIC,
    PROTOCOL,
    Frame,
    Header,
    check_frame,
    check_single_frame,
    encode_frame,
    read_header,
)
from mycelium.protocol.instrument import InstrumentId
from mycelium.protocol.message import Message, Structure
from mycelium.protocol.registry import Registry
from mycelium.protocol.stream import RawFrame, ResyncReader, Skipped, StrictReader
from mycelium.protocol.timestamp import Timestamp

__all__ = [
    "DEFAULT_MAX_FRAME",
    "HEADER_SIZE",
    "MAGIC",
    "PROTOCOL",
    "BadMagicError",
    "ChecksumMismatchError",
    "DecodeError",
    "EncodeError",
    "FixedPoint",
    "Frame",
    "Header",
    "InstrumentId",
    "InvalidMessageError",
    "MalformedValueError",
    "Message",
    "ProtocolError",
    "RawFrame",
    "Registry",
    "ResyncReader",
    "SizeMismatchError",
    "Skipped",
    "StrictReader",
    "Structure",
    "Timestamp",
    "TooLargeError",
    "TruncatedError",
    "UnknownTypeError",
    "UnsupportedProtocolError",
    "WrongDomainError",
    "check_frame",
    "check_single_frame",
    "encode_frame",
    "read_header",
]
