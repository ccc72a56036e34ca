"""Codecs of values of fixed size: the slots of a ``struct.Struct``, and the code around them.

A value is packed from one or more slots. What does not pack by itself gets statements before the
packing (checks that raise ``ValueError``, values that have to be prepared) and after the unpacking
(checks that raise ``MalformedValueError``). So a whole message, nested structs included, is packed
and unpacked by one call.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from torq_gen.model import (
    AliasType,
    ArrayType,
    BoolType,
    BytesType,
    EnumType,
    FieldType,
    FixedType,
    FloatType,
    InstrumentIdType,
    IntType,
    OptionalType,
    StructField,
    StructType,
    TimestampType,
)
from torq_gen.model.naming import constant_case
from torq_gen.model.types import resolved, size_of
from torq_gen.targets._shared.pretty import Block, Call, Code, render, tuple_of
from torq_gen.targets.python.naming import Names

_INTEGER_FORMATS: Final = {8: "B", 16: "H", 32: "I", 64: "Q"}
_LONGEST_VALUE = 28  # a longer expression gets a local name, so that lines stay short


@dataclass(frozen=True, slots=True)
class Place:
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
    values: tuple[str, ...] = ()
    before: Code = ()

    def __add__(self, other: Packing) -> Packing:
        return Packing(
            self.formats + other.formats, self.values + other.values, self.before + other.before
        )


@dataclass(frozen=True, slots=True)
class Unpacking:
    """How a value comes out of slots: ``names`` take the slots, ``after`` are statements."""

    formats: tuple[str, ...]
    names: tuple[str, ...]
    value: str
    after: Code = ()


class StructPool:
    """The ``struct.Struct`` methods that one message's code calls, each bound to a constant."""

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix
        self._constants: dict[tuple[str, str], str] = {}

    def method(self, formats: tuple[str, ...], method: str) -> str:
        """The constant of ``Struct(formats).method``."""
        key = (f"<{''.join(formats)}", method)
        if key not in self._constants:
            number = sum(1 for _, known in self._constants if known == method)
            suffix = f"_{number}" if number else ""
            self._constants[key] = f"_{self._prefix}_{method.upper()}{suffix}"
        return self._constants[key]

    def definitions(self) -> Code:
        """The constants' definitions."""
        return tuple(
            Call(f"{name}: Final = Struct(", (f'"{formats}"',), f").{method}")
            for (formats, method), name in self._constants.items()
        )


def plain_format(type_: FieldType) -> str | None:
    """The slot of a type whose packed and unpacked value is the value itself."""
    match resolved(type_):
        case IntType(bits=bits, signed=signed) if bits <= 64:
            return _INTEGER_FORMATS[bits].lower() if signed else _INTEGER_FORMATS[bits]
        case FixedType(base=base):
            return plain_format(base)
        case FloatType(bits=bits):
            return "f" if bits == 32 else "d"
        case TimestampType():
            return "Q"
    return None


class Packer:
    """Writes the code that packs values of fixed size."""

    def __init__(self, names: Names, pool: StructPool) -> None:
        self._names = names
        self._pool = pool

    def pack(self, type_: FieldType, value: str, wished: str) -> Packing:
        """The packing of the expression ``value``; ``wished`` names locals that it may need."""
        if len(value) > _LONGEST_VALUE:
            name = self._names.local(wished)
            short = self._pack(type_, name, wished)
            return Packing(short.formats, short.values, (f"{name} = {value}", *short.before))
        return self._pack(type_, value, wished)

    def _pack(self, type_: FieldType, value: str, wished: str) -> Packing:
        if (format_ := plain_format(type_)) is not None:
            return Packing((format_,), (value,))
        size = size_of(type_)
        match type_:
            case AliasType(target=target):
                return self.pack(target, value, wished)
            case IntType() | FixedType():
                return Packing((f"{size}s",), (_to_bytes(type_, value),))
            case BoolType():
                check = _refuse_if(f"type({value}) is not bool")
                return Packing(("B",), (value,), check)
            case BytesType():
                return Packing((f"{size}s",), (value,), _refuse_if(f"len({value}) != {size}"))
            case InstrumentIdType():
                return Packing((f"{size}s",), (f"{value}.to_wire()",))
            case EnumType(name=name, base=base, closed=closed):
                check = _refuse_if(f"{value} not in {constant_case(name)}") if closed else ()
                inner = self._pack(base, value, wished)
                return Packing(inner.formats, inner.values, check)
            case StructType(fields=fields):
                parts = (
                    self.pack(f.type, f"{value}.{f.attribute}", f"{wished}_{f.attribute}")
                    for f in fields
                )
                return sum(parts, Packing())
            case ArrayType(item=item, length=length):
                return self._pack_array(item, length, value, wished)
            case OptionalType(item=item):
                return self._pack_optional(item, value, wished)
        raise AssertionError(f"{type_} has no fixed size")

    def _pack_array(self, item: FieldType, length: int, value: str, wished: str) -> Packing:
        blob = f"{(size_of(item) or 0) * length}s"
        if (format_ := plain_format(item)) is not None:
            pack = self._pool.method((f"{length}{format_}",), "pack")
            return Packing((blob,), (f"{pack}(*{value})",))
        parts = self._names.local(f"{wished}_parts")
        element = self._names.local("item")
        before = (
            *_refuse_if(f"len({value}) != {length}"),
            f"{parts}: list[bytes] = []",
            Block(f"for {element} in {value}:", self._append(item, element, parts)),
        )
        return Packing((blob,), (f'b"".join({parts})',), before)

    def _append(self, item: FieldType, value: str, parts: str) -> Code:
        inner = self.pack(item, value, value)
        packed = Call(f"{self._pool.method(inner.formats, 'pack')}(", inner.values)
        return (*inner.before, Call(f"{parts}.append(", (packed,)))

    def _pack_optional(self, item: FieldType, value: str, wished: str) -> Packing:
        present = self._names.local(f"{wished}_present")
        given = self._names.local(f"{wished}_given")
        if (format_ := _integer_format(item)) is not None:
            filled: Code = (f"{given} = {value}",)
            absent, slots = "0", ("B", format_)
        else:
            inner = self.pack(item, value, wished)
            pack = self._pool.method(inner.formats, "pack")
            filled = (*inner.before, Call(f"{given} = {pack}(", inner.values))
            absent, slots = f"bytes({size_of(item)})", ("B", f"{size_of(item)}s")
        before = (
            Block(f"if {value} is None:", (f"{present} = 0", f"{given}: Any = {absent}")),
            Block("else:", (f"{present} = 1", *filled)),
        )
        return Packing(slots, (present, given), before)


class Unpacker:
    """Writes the code that unpacks values of fixed size."""

    def __init__(self, names: Names, pool: StructPool) -> None:
        self._names = names
        self._pool = pool

    def unpack(self, type_: FieldType, wished: str, place: Place) -> Unpacking:
        """The unpacking of a value whose bytes start at ``place``."""
        size = size_of(type_)
        match type_:
            case AliasType(target=target):
                return self.unpack(target, wished, place)
            case StructType(name=name, fields=fields):
                return self._unpack_struct(name, fields, wished, place)
            case ArrayType(item=item, length=length):
                return self._unpack_array(item, length, wished, place)
            case OptionalType(item=item):
                return self._unpack_optional(item, wished, place)
        name = self._names.local(wished)
        if (format_ := plain_format(type_)) is not None:
            return Unpacking((format_,), (name,), name)
        match type_:
            case IntType() | FixedType():
                return Unpacking((f"{size}s",), (name,), _from_bytes(type_, name))
            case BoolType():
                check = _malformed_if(f"{name} > 1", "0 or 1", name, place)
                return Unpacking(("B",), (name,), f"{name} == 1", check)
            case BytesType():
                return Unpacking((f"{size}s",), (name,), name)
            case InstrumentIdType():
                reserved, found = place.plus(3), f"{name}[3]"
                check = _malformed_if(found, "0 in the reserved byte", found, reserved)
                return Unpacking((f"{size}s",), (name,), f"InstrumentId.from_wire({name})", check)
            case EnumType():
                return self._unpack_enum(type_, name, place)
        raise AssertionError(f"{type_} has no fixed size")

    def _unpack_enum(self, type_: EnumType, name: str, place: Place) -> Unpacking:
        table = constant_case(type_.name)
        format_ = plain_format(type_.base) or f"{type_.base.bits // 8}s"
        raw = name if len(format_) == 1 else _from_bytes(type_.base, name)
        convert = () if raw == name else (f"{name} = {raw}",)
        if not type_.closed:
            return Unpacking((format_,), (name,), f"{table}.get({name}, {name})", convert)
        check = _malformed_if(f"{name} not in {table}", f"a {type_.name}", name, place)
        return Unpacking((format_,), (name,), f"{table}[{name}]", convert + check)

    def _unpack_struct(
        self, name: str, fields: tuple[StructField, ...], wished: str, place: Place
    ) -> Unpacking:
        members = []
        for field in fields:
            members.append(self.unpack(field.type, f"{wished}_{field.attribute}", place))
            place = place.plus(size_of(field.type) or 0)
        result = self._names.local(wished)
        build = Call(f"{result} = {name}(", [m.value for m in members])
        return Unpacking(
            tuple(f for m in members for f in m.formats),
            tuple(n for m in members for n in m.names),
            result,
            (*(node for m in members for node in m.after), build),
        )

    def _unpack_array(self, item: FieldType, length: int, wished: str, place: Place) -> Unpacking:
        size = size_of(item) or 0
        name = self._names.local(wished)
        if (format_ := plain_format(item)) is not None:
            unpack = self._pool.method((f"{length}{format_}",), "unpack")
            return Unpacking((f"{size * length}s",), (name,), f"{unpack}({name})")
        items = self._names.local(f"{wished}_items")
        after = self.loop(item, items, name, place)
        return Unpacking((f"{size * length}s",), (name,), f"tuple({items})", after)

    def loop(self, item: FieldType, items: str, data: str, place: Place) -> Code:
        """Statements that fill the list ``items`` from the bytes ``data`` found at ``place``."""
        start = self._names.local("item_at")
        inner = self.unpack(item, "item", Place(start, 0))
        unpack = self._pool.method(inner.formats, "iter_unpack")
        offset = f"{start} = {place} + {size_of(item)} * len({items})"
        body = (
            *((offset,) if start in render(inner.after) else ()),
            *inner.after,
            Call(f"{items}.append(", (inner.value,)),
        )
        if len(inner.names) == 1:
            loop = Block(f"for ({inner.names[0]},) in {unpack}({data}):", body)
        else:
            slots = self._names.local("slots")
            taken = tuple_of("(", inner.names, f") = {slots}")
            loop = Block(f"for {slots} in {unpack}({data}):", (taken, *body))
        return (f"{items}: list[Any] = []", loop)

    def _unpack_optional(self, item: FieldType, wished: str, place: Place) -> Unpacking:
        present = self._names.local(f"{wished}_present")
        given = self._names.local(f"{wished}_given")
        result = self._names.local(wished)
        if (format_ := _integer_format(item)) is not None:
            filled: Code = (f"{result} = {given}",)
            slots, nothing = ("B", format_), "0"
        else:
            inner = self.unpack(item, f"{wished}_value", place.plus(1))
            unpack = self._pool.method(inner.formats, "unpack")
            found = tuple_of("(", inner.names, f") = {unpack}({given})")
            filled = (found, *inner.after, f"{result} = {inner.value}")
            slots, nothing = ("B", f"{size_of(item)}s"), f"bytes({size_of(item)})"
        wrong = raise_malformed("0 or 1 as presence", present, place)
        not_zero = raise_malformed("zeros in an absent value", given, place.plus(1))
        after = (
            f"{result}: Any = None",
            Block(f"if {present} == 1:", filled),
            Block(f"elif {present}:", (wrong,)),
            Block(f"elif {given} != {nothing}:", (not_zero,)),
        )
        return Unpacking(slots, (present, given), result, after)


def _integer_format(type_: FieldType) -> str | None:
    """The slot of a plain integer: zero is its only value whose bytes are all zero."""
    format_ = plain_format(type_)
    return None if format_ in (None, "f", "d") else format_


def raise_malformed(expected: str, found: str, place: Place) -> Call:
    """The statement that refuses a field's bytes."""
    return Call("raise malformed(", (f'"{expected}"', found, str(place)))


def _malformed_if(condition: str, expected: str, found: str, place: Place) -> Code:
    return (Block(f"if {condition}:", (raise_malformed(expected, found, place),)),)


def _refuse_if(condition: str) -> Code:
    return (Block(f"if {condition}:", ("raise ValueError",)),)


def _integer_of(type_: FieldType) -> IntType:
    return type_.base if isinstance(type_, FixedType) else type_  # type: ignore[return-value]


def _to_bytes(type_: FieldType, value: str) -> str:
    base = _integer_of(type_)
    signed = ", signed=True" if base.signed else ""
    return f'{value}.to_bytes({base.bits // 8}, "little"{signed})'


def _from_bytes(type_: FieldType, name: str) -> str:
    signed = ", signed=True" if _integer_of(type_).signed else ""
    return f'from_bytes({name}, "little"{signed})'
