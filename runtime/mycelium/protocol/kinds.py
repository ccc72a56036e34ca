"""Field kinds: what a value of a field may be, and its form in JSON.

The codecs are generated as straight-line code and need none of this. Kinds serve what is not hot:
JSON, ``create``, and finding the field at fault when a value did not fit.
"""

from __future__ import annotations

import math
import re
import struct
from abc import ABC, abstractmethod
from collections.abc import Mapping
from decimal import Decimal
from enum import IntEnum
from typing import TYPE_CHECKING, Any, Final, TypeAlias, TypeVar

import msgspec

from mycelium.protocol.errors import EncodeError
from mycelium.protocol.fixed import FixedPoint
from mycelium.protocol.instrument import InstrumentId

if TYPE_CHECKING:
    from mycelium.protocol.message import Structure

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"

E = TypeVar("E", bound=IntEnum)

_INTEGER_TEXT: Final = re.compile(r"0|-?[1-9]\d*", re.ASCII)
_HEX_TEXT: Final = re.compile(r"0x((?:[0-9a-fA-F]{2})*)")
_NON_FINITE: Final = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}


class ValueProblem(Exception):  # noqa: N818 - not an error of the API: it always becomes one
    """A value that is not of its kind; ``where`` leads to it inside the field."""

    def __init__(self, expected: str, found: object, where: str = "") -> None:
        super().__init__(expected, found, where)
        self.expected = expected
        self.found = found
        self.where = where

    def inside(self, where: str) -> ValueProblem:
        """The same problem seen from one level further out."""
        return ValueProblem(self.expected, self.found, where + self.where)

    def __str__(self) -> str:
        return f"expected {self.expected}, found {shown(self.found)}"


def shown(value: object) -> str:
    """A value as it stands in a message: its repr, cut when long."""
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


class Kind(ABC):
    """What a field's values are. Kinds are immutable and shared."""

    __slots__ = ()

    @abstractmethod
    def check(self, value: Any) -> None:
        """Raises `ValueProblem` unless ``value`` can be encoded."""

    @abstractmethod
    def to_json(self, value: Any) -> Json:
        """The JSON form of a value that was checked."""

    @abstractmethod
    def from_json(self, value: Json) -> Any:
        """The value that a JSON form stands for; raises `ValueProblem`."""


class Integer(Kind):
    """An integer of ``bits`` bits; decimal text in JSON from 64 bits on."""

    __slots__ = ("as_text", "maximum", "minimum")

    def __init__(self, bits: int, *, signed: bool = False) -> None:
        self.minimum = -(1 << (bits - 1)) if signed else 0
        self.maximum = (1 << (bits - signed)) - 1
        self.as_text = bits >= 64

    @property
    def expected(self) -> str:
        """The range in words."""
        return f"an integer from {self.minimum} to {self.maximum}"

    def check(self, value: Any) -> None:
        if isinstance(value, bool) or not isinstance(value, int):
            raise ValueProblem(self.expected, value)
        if not self.minimum <= value <= self.maximum:
            raise ValueProblem(self.expected, value)

    def to_json(self, value: Any) -> Json:
        return str(int(value)) if self.as_text else int(value)

    def from_json(self, value: Json) -> Any:
        if isinstance(value, str) and len(value) < 90 and _INTEGER_TEXT.fullmatch(value):
            value = int(value)
        self.check(value)
        return value


class Bool(Kind):
    """True or false."""

    __slots__ = ()

    def check(self, value: Any) -> None:
        if not isinstance(value, bool):
            raise ValueProblem("true or false", value)

    def to_json(self, value: Any) -> Json:
        return bool(value)

    def from_json(self, value: Json) -> Any:
        self.check(value)
        return value


class Float(Kind):
    """A float of 32 or 64 bits."""

    __slots__ = ("bits",)

    def __init__(self, bits: int) -> None:
        self.bits = bits

    def check(self, value: Any) -> None:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise ValueProblem("a number", value)
        try:
            struct.pack("<f" if self.bits == 32 else "<d", value)
        except (OverflowError, struct.error):
            raise ValueProblem(f"a number that fits {self.bits} bits", value) from None

    def to_json(self, value: Any) -> Json:
        number = float(value)
        if math.isfinite(number):
            return number
        return "NaN" if math.isnan(number) else "Infinity" if number > 0 else "-Infinity"

    def from_json(self, value: Json) -> Any:
        if isinstance(value, str):
            if value not in _NON_FINITE:
                raise ValueProblem("a number, NaN, Infinity or -Infinity", value)
            return _NON_FINITE[value]
        self.check(value)
        return float(value)  # type: ignore[arg-type]


class Fixed(Kind):
    """A fixed-point number: an integer in Python, a decimal text in JSON."""

    __slots__ = ("_raw", "point")

    def __init__(self, point: FixedPoint[Any]) -> None:
        self.point = point
        self._raw = Integer(
            point.maximum.bit_length() + (point.minimum < 0), signed=point.minimum < 0
        )

    def check(self, value: Any) -> None:
        self._raw.check(value)

    def to_json(self, value: Any) -> Json:
        return f"{self.point.to_decimal(value):f}"

    def from_json(self, value: Json) -> Any:
        if isinstance(value, bool) or not isinstance(value, str | int):
            raise ValueProblem("a decimal text", value)
        try:
            return self.point.from_decimal(Decimal(value) if isinstance(value, int) else value)
        except EncodeError as error:
            raise ValueProblem(error.expected, value) from None


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

    __slots__ = ("_raw", "closed", "enum")

    def __init__(self, enum: type[IntEnum], bits: int, *, closed: bool) -> None:
        self.enum = enum
        self.closed = closed
        self._raw = Integer(bits)

    @property
    def expected(self) -> str:
        """The names in words."""
        names = ", ".join(self.enum.__members__)
        return f"one of {names}" if self.closed else f"one of {names}, or {self._raw.expected}"

    def check(self, value: Any) -> None:
        if isinstance(value, bool) or not isinstance(value, int):
            raise ValueProblem(self.expected, value)
        if not self._raw.minimum <= value <= self._raw.maximum:
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


class Struct(Kind):
    """A value of a struct's class; an object in JSON."""

    __slots__ = ("structure",)

    def __init__(self, structure: type[Structure]) -> None:
        self.structure = structure

    def check(self, value: Any) -> None:
        if not isinstance(value, self.structure):
            raise ValueProblem(f"a {self.structure.__name__}", value)
        for field in self.structure.FIELDS:
            try:
                field.kind.check(getattr(value, field.attribute))
            except ValueProblem as problem:
                raise problem.inside(f".{field.name}") from None

    def to_json(self, value: Any) -> Json:
        return {f.name: f.kind.to_json(getattr(value, f.attribute)) for f in self.structure.FIELDS}

    def from_json(self, value: Json) -> Any:
        names = {f.name for f in self.structure.FIELDS}
        if not isinstance(value, Mapping) or value.keys() != names:
            raise ValueProblem(f"an object with exactly {', '.join(sorted(names))}", value)
        values = {}
        for field in self.structure.FIELDS:
            try:
                values[field.attribute] = field.kind.from_json(value[field.name])
            except ValueProblem as problem:
                raise problem.inside(f".{field.name}") from None
        return self.structure(**values)


class Sequence(Kind):
    """A tuple of items, ``length`` of them unless it is None; an array in JSON."""

    __slots__ = ("item", "length")

    def __init__(self, item: Kind, length: int | None = None) -> None:
        self.item = item
        self.length = length

    @property
    def expected(self) -> str:
        """The shape in words."""
        return "a list of items" if self.length is None else f"a list of {self.length} items"

    def check(self, value: Any) -> None:
        if not isinstance(value, tuple):
            raise ValueProblem(f"{self.expected} as a tuple", value)
        self._check_length(value)
        for index, item in enumerate(value):
            try:
                self.item.check(item)
            except ValueProblem as problem:
                raise problem.inside(f"[{index}]") from None

    def to_json(self, value: Any) -> Json:
        return [self.item.to_json(item) for item in value]

    def from_json(self, value: Json) -> Any:
        if not isinstance(value, list):
            raise ValueProblem(self.expected, value)
        self._check_length(value)
        items = []
        for index, item in enumerate(value):
            try:
                items.append(self.item.from_json(item))
            except ValueProblem as problem:
                raise problem.inside(f"[{index}]") from None
        return tuple(items)

    def _check_length(self, value: list[Json] | tuple[Any, ...]) -> None:
        if self.length is not None and len(value) != self.length:
            raise ValueProblem(self.expected, value)


class Optional(Kind):
    """A value of ``item``, or None."""

    __slots__ = ("item",)

    def __init__(self, item: Kind) -> None:
        self.item = item

    def check(self, value: Any) -> None:
        if value is not None:
            self.item.check(value)

    def to_json(self, value: Any) -> Json:
        return None if value is None else self.item.to_json(value)

    def from_json(self, value: Json) -> Any:
        return None if value is None else self.item.from_json(value)


U8, U16, U32, U64, U128, U256 = (Integer(bits) for bits in (8, 16, 32, 64, 128, 256))
I8, I16, I32, I64, I128, I256 = (Integer(bits, signed=True) for bits in (8, 16, 32, 64, 128, 256))
BOOL, F32, F64, TEXT, INSTRUMENT = Bool(), Float(32), Float(64), Text(), Instrument()


def by_value(enum: type[E]) -> Mapping[int, E]:
    """The members of an enum by their numbers."""
    return {member.value: member for member in enum}


class FieldSpec(msgspec.Struct, frozen=True):
    """One field: its name in the schema, its attribute in Python, its kind, its rule if any."""

    name: str
    kind: Kind
    rule: Rule | None = None
    attribute: str = ""
    since: int = 1

    def __post_init__(self) -> None:
        if not self.attribute:
            msgspec.structs.force_setattr(self, "attribute", self.name)


class Rule(ABC):
    """What a schema's ``validate`` asks of a value."""

    __slots__ = ()

    @property
    @abstractmethod
    def expected(self) -> str:
        """The rule in words."""

    @abstractmethod
    def holds(self, value: Any) -> bool:
        """Whether a value of the field's kind keeps the rule."""
