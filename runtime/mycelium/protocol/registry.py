"""The messages of one system, and the way from a frame's bytes to them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from struct import Struct
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias, TypeVar
from zlib import crc32

import msgspec

from mycelium.protocol.accelerated import Batch, Catalog, Shape
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
from mycelium.protocol.tlv import read_tlv

if TYPE_CHECKING:
    from pathlib import Path

T = TypeVar("T", bound=msgspec.Struct)
FrameParser: TypeAlias = Callable[[Any], Frame | None]  # of any buffer
_OVERHEAD: Final = HEADER_SIZE + TLV_HEADER_SIZE
_FRAME_START: Final = Struct("<6sHQQIIII").unpack_from
_CHECKED_HEAD: Final = slice(28)  # kept, since making a slice takes a third as long as using it
_PAYLOAD: Final = slice(HEADER_SIZE, None)

_FRAME: Final = Shape(
    Frame,
    tuple((name, name) for name in Frame.__struct_fields__),
    lambda frame, data: frame,
)

# What finding and calling a parser raises on bytes that are too short, and on rare buffers.
_NOT_TAKEN: Final = (IndexError, TypeError, BufferError, NotImplementedError)


class Registry:
    """Decodes the frames of one system.

    A frame that carries one message, in today's version, and nothing else has a parser of its own.
    It is found by the low byte of the type, which is read and looked up much faster than the whole
    TLV header is; the parser then checks all of that. None takes a frame above the default limit.
    What no parser takes goes the general way, which says what is wrong.
    """

    def __init__(self, system: str, messages: Iterable[type[Message]]) -> None:
        self.system = system
        self.messages: Mapping[int, type[Message]] = MappingProxyType(
            {m.TYPE_ID: m for m in messages}
        )
        self._parsers = _by_low_byte({t: _parser(m) for t, m in self.messages.items()})
        self._catalog = Catalog.of(self.messages)
        if self._catalog is not None:  # calls of the instance's own attribute find no method first
            vars(self)["decode_frame"] = self._catalog.decoder(_FRAME, self.decode_frame)

    def decoder(self, shape: Shape[T]) -> Callable[[bytes, int], T]:
        """What decodes a frame of at most so many bytes to an object of the shape.

        It raises what `decode_frame` raises.
        """
        decode, make = self.decode_frame, shape.make

        def pure(data: bytes, max_frame: int = DEFAULT_MAX_FRAME) -> T:
            return make(decode(data, max_frame), data)

        return pure if self._catalog is None else self._catalog.decoder(shape, pure)

    def batch(self, shape: Shape[T]) -> Batch[T] | None:
        """What a `BatchReader` makes objects of the shape with, one a message.

        None where there is no native codec; the reader then gives raw frames.
        """
        return None if self._catalog is None else self._catalog.batch(shape)

    def read_columns(
        self,
        source: bytes | bytearray | memoryview | str | Path,
        *,
        into: Literal["numpy", "arrow"] = "arrow",
        wide: Literal["binary", "decimal"] = "binary",
        strict: bool = True,
    ) -> dict[type[Message], Any]:
        """Every message of a buffer or a file as columns, one table for each class.

        Classes that do not occur have an empty one. See `Message.read_columns`.

        Raises:
            DecodeError, ColumnsError, OSError: as there
        """
        from mycelium.columns import read_all

        messages = tuple(self.messages.values())
        return read_all(messages, source, into=into, wide=wide, strict=strict)

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
        try:
            if max_frame == DEFAULT_MAX_FRAME or len(data) <= max_frame:
                frame = self._parsers[data[32]](data)
            else:
                frame = None
        except _NOT_TAKEN:
            frame = None
        if frame is None:
            frame = self.decode_any(bytes(data), max_frame)
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


def _by_low_byte(parsers: Mapping[int, FrameParser]) -> list[FrameParser]:
    """The parsers of types by the types' low bytes; where it is one of several, what looks on."""
    groups: dict[int, dict[int, FrameParser]] = {}
    for type_id, parser in parsers.items():
        groups.setdefault(type_id & 0xFF, {})[type_id >> 8] = parser
    table: list[FrameParser] = [_takes_nothing] * 256
    for low, group in groups.items():
        table[low] = next(iter(group.values())) if len(group) == 1 else _by_high_byte(group)
    return table


def _by_high_byte(parsers: Mapping[int, FrameParser]) -> FrameParser:
    def parse(data: bytes) -> Frame | None:
        return parsers.get(data[33], _takes_nothing)(data)

    return parse


def _takes_nothing(data: bytes) -> Frame | None:
    return None


def _parser(kind: type[Message]) -> FrameParser:
    if kind.SIZE is None:
        return _variable_parser(kind)
    return kind._parse_frame if _OVERHEAD + kind.SIZE <= DEFAULT_MAX_FRAME else _takes_nothing


def _variable_parser(kind: type[Message]) -> FrameParser:
    """The parser of a frame that carries one message of variable size and nothing else."""
    expected = head_of(kind.DOMAIN).to_bytes(8, "little")[:6]
    expected_kind = kind.TYPE_ID | kind.VERSION << 16  # and no flags
    decode, version = kind._decode, kind.VERSION

    def parse(data: bytes) -> Frame | None:
        if type(data) is not bytes:
            data = bytes(data)
        end = len(data)
        if not _OVERHEAD <= end <= DEFAULT_MAX_FRAME:
            return None
        start, source, sequence, timestamp, size, checksum, found, length = _FRAME_START(data)
        if start != expected or not source or size != end - HEADER_SIZE:
            return None
        if found != expected_kind or length != size - TLV_HEADER_SIZE:
            return None
        if crc32(data[_CHECKED_HEAD] + data[_PAYLOAD]) != checksum:
            return None
        return Frame(decode(data, _OVERHEAD, end, version), source, sequence, timestamp, size)

    return parse
