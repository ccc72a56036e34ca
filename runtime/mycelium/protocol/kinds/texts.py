"""Kinds of bytes, texts and names."""

from __future__ import annotations

import re
import struct
from collections.abc import Mapping
from enum import IntEnum
from typing import Any, Final, TypeVar

from mycelium.protocol.errors import EncodeError
from mycelium.protocol.instrument import InstrumentId
from mycelium.protocol.kinds.base import Json, Kind, ValueProblem
from mycelium.protocol.kinds.numbers import Integer

E = TypeVar("E", bound=IntEnum)

_HEX_TEXT: Final = re.compile(r"0x((?:[0-9a-fA-F]{2})*)")


class Bytes(Kind):
    """Bytes, ``size`` of them unless it is None; ``0x`` hex in JSON."""

    __slots__ = ("size",)

    def __init__(self, size: int | None = None) -> None:
        self.size = size

    @property
    def expected(self) -> str:
        """The length in words."""
        return "bytes" if self.size is None else f"{self.size} bytes"

    def check(self, value: Any) -> None:
        if not isinstance(value, bytes):
            raise ValueProblem(self.expected, value)
        if self.size is not None and len(value) != self.size:
            raise ValueProblem(self.expected, value)

    def to_json(self, value: Any) -> Json:
        return f"0x{value.hex()}"

    def from_json(self, value: Json) -> Any:
        match = _HEX_TEXT.fullmatch(value) if isinstance(value, str) else None
        if match is None:
            raise ValueProblem(f"{self.expected} as 0x and pairs of hex digits", value)
        found = bytes.fromhex(match[1])
        if self.size is not None and len(found) != self.size:
            raise ValueProblem(self.expected, value)
        return found


class Text(Kind):
    """Text that UTF-8 can carry."""

    __slots__ = ()

    def check(self, value: Any) -> None:
        if not isinstance(value, str):
            raise ValueProblem("text", value)
        try:
            value.encode()
        except UnicodeEncodeError:
            raise ValueProblem("text without lone surrogates", value) from None

    def to_json(self, value: Any) -> Json:
        return str(value)

    def from_json(self, value: Json) -> Any:
        self.check(value)
        return value


class Enumeration(Kind):
    """A named value of ``enum``; an open one takes any integer of ``bits`` bits too."""

    __slots__ = ("closed", "enum", "raw")

    def __init__(self, enum: type[IntEnum], bits: int, *, closed: bool) -> None:
        self.enum = enum
        self.closed = closed
        self.raw = Integer(bits)

    @property
    def expected(self) -> str:
        """The names in words."""
        names = ", ".join(self.enum.__members__)
        return f"one of {names}" if self.closed else f"one of {names}, or {self.raw.expected}"

    def check(self, value: Any) -> None:
        if isinstance(value, bool) or not isinstance(value, int):
            raise ValueProblem(self.expected, value)
        if not self.raw.minimum <= value <= self.raw.maximum:
            raise ValueProblem(self.expected, value)
        if self.closed and value not in self.enum.__members__.values():
            raise ValueProblem(self.expected, value)

    def to_json(self, value: Any) -> Json:
        try:
            return self.enum(value).name
        except ValueError:
            return int(value)

    def from_json(self, value: Any) -> Any:
        if isinstance(value, str):
            if value not in self.enum.__members__:
                raise ValueProblem(self.expected, value)
            return self.enum[value]
        self.check(value)
        try:
            return self.enum(value)
        except ValueError:
            return value


class Instrument(Kind):
    """An instrument id; its text in JSON."""

    __slots__ = ()

    def check(self, value: Any) -> None:
        if not isinstance(value, InstrumentId):
            raise ValueProblem("an InstrumentId", value)
        try:
            value.to_wire()
        except (struct.error, ValueError, TypeError):
            raise ValueProblem("venue u16, kind u8 and an asset of 20 bytes", value) from None

    def to_json(self, value: Any) -> Json:
        return str(value)

    def from_json(self, value: Json) -> Any:
        if not isinstance(value, str):
            raise ValueProblem("the text of an instrument id", value)
        try:
            return InstrumentId.parse(value)
        except EncodeError as error:
            raise ValueProblem(error.expected, value) from None


def by_value(enum: type[E]) -> Mapping[int, E]:
    """The members of an enum by their numbers."""
    return {member.value: member for member in enum}
