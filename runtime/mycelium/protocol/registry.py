"""The messages of one system, and the way from a frame's bytes to them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from struct import Struct
from types import MappingProxyType
from typing import Final, TypeAlias

from mycelium.protocol.errors import (
    MalformedValueError,
    SizeMismatchError,
    TruncatedError,
    UnknownTypeError,
    WrongDomainError,
)
from mycelium.protocol.frame import (
    DEFAULT_MAX_FRAME,
    HEADER_SIZE,
    TLV_HEADER_SIZE,
    Frame,
    Header,
    check_single_frame,
    head_of,
)
from mycelium.protocol.message import Message, check_message

FrameParser: TypeAlias = Callable[[bytes], Frame]
FIRST_PROTOCOL_TYPE: Final = 65000  # protocol TLVs: trace context and the like, never messages
_LAST_PROTOCOL_TYPE: Final = 65534
_OVERHEAD: Final = HEADER_SIZE + TLV_HEADER_SIZE
_TLV_HEADER: Final = Struct("<HBBI")


class Registry:
    """Decodes the frames of one system.

    A frame that carries one message of fixed size, in today's version, and nothing else has a
    parser of its own: it is found by the eight bytes of the TLV header, whose equality checks type,
    version, flags and length at once.
    """

    def __init__(self, system: str, messages: Iterable[type[Message]]) -> None:
        self.system = system
        self.messages: Mapping[int, type[Message]] = MappingProxyType(
            {m.TYPE_ID: m for m in messages}
        )
        self._fused: dict[bytes, tuple[int, FrameParser]] = {
            _TLV_HEADER.pack(m.TYPE_ID, m.VERSION, 0, m.SIZE): (_OVERHEAD + m.SIZE, m._parse_frame)
            for m in self.messages.values()
            if m.SIZE is not None
        }

    def decode_frame(
        self,
        data: bytes | bytearray | memoryview,
        *,
        max_frame: int = DEFAULT_MAX_FRAME,
        validate: bool = False,
    ) -> Frame:
        """The frame that ``data`` holds, and nothing besides.

        Messages of older and newer writers are read as this system's version. ``validate`` checks
        the rules of the schema too; without it only the form is checked.

        Raises:
            DecodeError: what is wrong, what was expected, and at which byte
            InvalidMessageError: a rule does not hold
        """
        if type(data) is not bytes:
            data = bytes(data)
        fused = self._fused.get(data[HEADER_SIZE:_OVERHEAD])
        if fused is not None and len(data) == fused[0] <= max_frame:
            frame = fused[1](data)
        else:
            frame = self.decode_any(data, max_frame)
        if validate:
            for message in frame.messages:
                check_message(message)
        return frame

    def decode_any(self, data: bytes, max_frame: int = DEFAULT_MAX_FRAME) -> Frame:
        """The frame of ``data`` by the general way: any TLVs, any versions; full errors."""
        header = check_single_frame(data, max_frame=max_frame)
        messages = tuple(self._messages(data, header))
        head = head_of(header.domain, header.source)
        return Frame(messages, head, header.sequence, header.timestamp, header.payload_size)

    def _messages(self, data: bytes, header: Header) -> list[Message]:
        at, end = HEADER_SIZE, len(data)
        if at == end:
            raise SizeMismatchError("a payload of at least one TLV", "none", at)
        found: list[Message] = []
        unknown = 0
        while at < end:
            type_id, version, value_at, value_end = read_tlv(data, at, end)
            kind = self.messages.get(type_id)
            if kind is None:
                unknown = unknown or type_id
            elif header.domain != kind.DOMAIN:
                expected = f"domain {kind.DOMAIN} of {kind.__name__} (type {type_id})"
                raise WrongDomainError(expected, str(header.domain), 5)
            else:
                found.append(kind._decode(data, value_at, value_end, version))
            at = value_end
        if not found:
            expected = f"a message type of the system {self.system}"
            raise UnknownTypeError(expected, str(unknown), HEADER_SIZE)
        return found


def read_tlv(data: bytes, at: int, end: int) -> tuple[int, int, int, int]:
    """Type, version, start and end of the value of the TLV at byte ``at``.

    Raises:
        TruncatedError, MalformedValueError
    """
    if end - at < TLV_HEADER_SIZE:
        raise TruncatedError(f"a TLV header of {TLV_HEADER_SIZE} bytes", f"{end - at}", at)
    type_id, version, _, length = _TLV_HEADER.unpack_from(data, at)
    if type_id in (0, 0xFFFF):
        raise MalformedValueError("a type id from 1 to 65534", str(type_id), at)
    if version == 0:
        raise MalformedValueError("a version from 1 to 255", "0", at + 2)
    value_at = at + TLV_HEADER_SIZE
    if end - value_at < length:
        raise TruncatedError(f"a TLV value of {length} bytes", f"{end - value_at}", at + 4)
    return type_id, version, value_at, value_at + length
