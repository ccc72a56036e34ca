"""The messages of one system, and the way from a frame's bytes to them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from struct import Struct
from types import MappingProxyType
from typing import Final, TypeAlias
from zlib import crc32

from mycelium.protocol.errors import (
    SizeMismatchError,
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
from mycelium.protocol.tlv import TLV_HEADER, read_tlv

FrameParser: TypeAlias = Callable[[bytes], Frame | None]
_OVERHEAD: Final = HEADER_SIZE + TLV_HEADER_SIZE
_FRAME_START: Final = Struct("<6sHQQII4xI").unpack_from


class Registry:
    """Decodes the frames of one system.

    A frame that carries one message, in today's version, and nothing else has a parser of its own.
    A message of fixed size is found by the eight bytes of its TLV header, whose equality checks
    type, version, flags and length at once; one of variable size by the first four. What its parser
    does not take goes the general way, which says what is wrong.
    """

    def __init__(self, system: str, messages: Iterable[type[Message]]) -> None:
        self.system = system
        self.messages: Mapping[int, type[Message]] = MappingProxyType(
            {m.TYPE_ID: m for m in messages}
        )
        self._fixed: dict[bytes, FrameParser] = {
            TLV_HEADER.pack(m.TYPE_ID, m.VERSION, 0, m.SIZE): m._parse_frame
            for m in self.messages.values()
            if m.SIZE is not None
        }
        self._variable: dict[bytes, FrameParser] = {
            TLV_HEADER.pack(m.TYPE_ID, m.VERSION, 0, 0)[:4]: _variable_parser(m)
            for m in self.messages.values()
            if m.SIZE is None
        }

    def decode_frame(
        self,
        data: bytes | bytearray | memoryview,
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
        # No parameter is keyword-only: the interpreter calls such functions a tenth slower.
        if type(data) is not bytes:
            data = bytes(data)
        parse = self._fixed.get(data[32:40]) or self._variable.get(data[32:36])
        if parse is None or len(data) > max_frame or (frame := parse(data)) is None:
            frame = self.decode_any(data, max_frame)
        if validate:
            for message in frame.messages:
                check_message(message)
        return frame

    def decode_any(self, data: bytes, max_frame: int = DEFAULT_MAX_FRAME) -> Frame:
        """The frame of ``data`` by the general way: any TLVs, any versions; full errors."""
        header = check_single_frame(data, max_frame=max_frame)
        first, *others = self._messages(data, header)
        return Frame(
            first,
            header.source,
            header.sequence,
            header.timestamp,
            header.payload_size,
            tuple(others),
        )

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


def _variable_parser(kind: type[Message]) -> FrameParser:
    """The parser of a frame that carries one message of variable size and nothing else."""
    expected = head_of(kind.DOMAIN).to_bytes(8, "little")[:6]
    decode, version = kind._decode, kind.VERSION

    def parse(data: bytes) -> Frame | None:
        end = len(data)
        if end < _OVERHEAD:
            return None
        start, source, sequence, timestamp, size, checksum, length = _FRAME_START(data)
        if start != expected or not source or size != end - HEADER_SIZE:
            return None
        if length != size - TLV_HEADER_SIZE:
            return None
        if crc32(data[:28] + data[32:]) != checksum:
            return None
        return Frame(decode(data, _OVERHEAD, end, version), source, sequence, timestamp, size)

    return parse
