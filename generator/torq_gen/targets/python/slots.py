"""Codecs of values of fixed size: the slots of a ``struct.Struct``, and the code around them.

A value is packed from one or more slots. What does not pack by itself gets statements before the
packing (checks that raise ``ValueError``, values that have to be prepared) and after the unpacking
(checks that raise ``MalformedValueError``). So a whole message, nested structs included, is packed
and unpacked by one call.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple

from torq_gen.model import (
    AliasType,
    EnumType,
    FieldType,
    FixedType,
    FloatType,
    IntType,
    TimestampType,
)
from torq_gen.targets._shared.pretty import Call, Code
from torq_gen.targets._shared.python import Expression, table_of

_INTEGER_FORMATS: Final = {8: "B", 16: "H", 32: "I", 64: "Q"}
_LONGEST_TABLE = 32
LONGEST_VALUE = 28  # a longer expression gets a local name, so that lines stay short


class Place(NamedTuple):
    """A byte offset in generated code: a constant, or an expression plus a constant."""

    base: str
    offset: int

    def __str__(self) -> str:
        if not self.base:
            return str(self.offset)
        return f"{self.base} + {self.offset}" if self.offset else self.base

    def plus(self, count: int) -> Place:
        """The place ``count`` bytes on."""
        return Place(self.base, self.offset + count)


@dataclass(frozen=True, slots=True)
class Packing:
    """How a value gets into slots: ``before`` are statements, ``values`` one expression a slot."""

    formats: tuple[str, ...] = ()
    values: tuple[Expression, ...] = ()
    before: Code = ()

    def __add__(self, other: Packing) -> Packing:
        return Packing(
            self.formats + other.formats, self.values + other.values, self.before + other.before
        )


class Unpacking(NamedTuple):
    """How a value comes out of slots: ``names`` take the slots, ``after`` are statements."""

    formats: tuple[str, ...]
    names: tuple[str, ...]
    value: Expression
    after: Code = ()


class StructPool:
    """The ``struct.Struct`` methods that one message's code calls, each bound to a constant.

    Two underscores keep the constants of a message apart from those of any other: no name of a
    message has two.
    """

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix
        self._constants: dict[tuple[str, str], str] = {}
        self._tables: dict[str, str] = {}
        self._many: dict[str, str] = {}

    def method(self, formats: tuple[str, ...], method: str) -> str:
        """The constant of ``Struct(formats).method``."""
        key = (f"<{''.join(formats)}", method)
        if key not in self._constants:
            number = sum(1 for _, known in self._constants if known == method)
            suffix = f"_{number}" if number else ""
            self._constants[key] = f"_{self._prefix}__{method.upper()}{suffix}"
        return self._constants[key]

    def packers(self, item: str) -> str:
        """The constant that packs any number of plain items."""
        return self._many.setdefault(f'Packers("{item}")', f"_{self._prefix}__PACK_MANY_{item}")

    def unpackers(self, item: str) -> str:
        """The constant that unpacks any number of plain items."""
        return self._many.setdefault(f'Unpackers("{item}")', f"_{self._prefix}__READ_MANY_{item}")

    def table(self, enum: EnumType) -> str:
        """The lookup table of an enum, under a name that keeps lines short."""
        name = table_of(enum)
        if len(name) <= _LONGEST_TABLE:
            return name
        return self._tables.setdefault(name, f"_{self._prefix}__TABLE_{len(self._tables)}")

    def definitions(self) -> Code:
        """The constants' definitions."""
        structs = (
            Call(f"{name}: Final = Struct(", (f'"{formats}"',), f").{method}")
            for (formats, method), name in self._constants.items()
        )
        tables = (f"{alias}: Final = {name}" for name, alias in self._tables.items())
        many = (f"{name}: Final = {found}" for found, name in self._many.items())
        return (*structs, *many, *tables)


def plain_format(type_: FieldType) -> str | None:
    """The slot of a type whose packed and unpacked value is the value itself."""
    match type_:
        case IntType(bits=bits, signed=signed) if bits <= 64:
            return _INTEGER_FORMATS[bits].lower() if signed else _INTEGER_FORMATS[bits]
        case AliasType(target=target):
            return plain_format(target)
        case FixedType(base=base):
            return plain_format(base)
        case FloatType(bits=bits):
            return "f" if bits == 32 else "d"
        case TimestampType():
            return "Q"
    return None


def integer_format(type_: FieldType) -> str | None:
    """The slot of a plain integer: zero is its only value whose bytes are all zero."""
    format_ = plain_format(type_)
    return None if format_ in (None, "f", "d") else format_


def raise_malformed(expected: str, found: str, place: Place) -> Call:
    """The statement that refuses a field's bytes."""
    return Call("raise malformed(", (f'"{expected}"', found, str(place)))


def integer_of(type_: FieldType) -> IntType:
    """The integer that a type is stored as."""
    return type_.base if isinstance(type_, FixedType) else type_  # type: ignore[return-value]
