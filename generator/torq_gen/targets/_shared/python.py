"""How a field type reads in Python: its annotation, its kind, a literal of its values."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TypeAlias, assert_never, cast

from torq_gen.model import (
    AliasType,
    ArrayType,
    BoolType,
    BytesType,
    EnumType,
    FieldType,
    FixedType,
    FloatType,
    InRange,
    InstrumentIdType,
    IntType,
    ListType,
    Matches,
    NonZero,
    OneOf,
    OptionalType,
    Predicate,
    StringType,
    StructType,
    TimestampType,
    Validation,
    Value,
)
from torq_gen.model.names import constant_case
from torq_gen.targets._shared.pretty import STEP, WIDTH, Call, prefixed, text, tuple_of, union

Expression: TypeAlias = str | Call
_MANY = 16  # longer tuples of one value are written as a product


@lru_cache(maxsize=1024)  # many fields have one type
def annotation(type_: FieldType) -> Expression:
    """The static type of the field."""
    match type_:
        case AliasType(name=name) | StructType(name=name):
            return name
        case EnumType(name=name, closed=closed):
            return name if closed else union((name, "int"))
        case FixedType():
            return fixed_name(type_)
        case IntType():
            return "int"
        case BoolType():
            return "bool"
        case FloatType():
            return "float"
        case BytesType():
            return "bytes"
        case StringType():
            return "str"
        case TimestampType():
            return "Timestamp"
        case InstrumentIdType():
            return "InstrumentId"
        case ListType(item=item) | ArrayType(item=item):
            return Call("tuple[", (annotation(item), "..."), "]")
        case OptionalType(item=EnumType(name=name, closed=False)):
            return union((name, "int", "None"))
        case OptionalType(item=item):
            return union((annotation(item), "None"))
    assert_never(type_)


def is_new_type(alias: AliasType) -> bool:
    """Whether an alias is a type of its own; unions and final classes can only be renamed."""
    match alias.target:
        case OptionalType() | BoolType() | StructType() | InstrumentIdType():
            return False
        case EnumType():
            return False
        case AliasType() as inner:
            return is_new_type(inner)
        case _:
            return True


def fixed_name(type_: FixedType) -> str:
    """The name of an unnamed fixed-point type: ``Fixed8``, ``Fixed18U128``."""
    base = "" if type_.base == IntType(64, signed=True) else str(type_.base).upper()
    return f"Fixed{type_.scale}{base}"


def fixed_point(type_: FixedType, name: str | None = None) -> str:
    """The constant that converts a fixed-point type from and to decimals."""
    if name is None:
        return fixed_name(type_).upper()
    constant = constant_case(name)
    return f"{constant}_" if constant == name else constant


def table_of(enum: EnumType) -> str:
    """The constant that holds an enum's members by value."""
    constant = constant_case(enum.name)
    return f"{constant}_" if constant == enum.name else constant


@lru_cache(maxsize=1024)
def kind(type_: FieldType, alias: str | None = None) -> Expression:
    """The expression of the field's kind."""
    match type_:
        case AliasType(name=name, target=target):
            return kind(target, name if isinstance(target, FixedType) else None)
        case IntType() | FloatType():
            return f"kinds.{str(type_).upper()}"
        case BoolType():
            return "kinds.BOOL"
        case FixedType():
            return Call("kinds.Fixed(", (fixed_point(type_, alias),))
        case BytesType(size=size):
            return f"kinds.Bytes({'' if size is None else size})"
        case StringType():
            return "kinds.TEXT"
        case TimestampType():
            return "kinds.U64"
        case InstrumentIdType():
            return "kinds.INSTRUMENT"
        case EnumType(name=name, base=base, closed=closed):
            return Call("kinds.Enumeration(", (name, str(base.bits), f"closed={closed}"))
        case StructType(name=name):
            return Call("kinds.Struct(", (name,))
        case ListType(item=item):
            return Call("kinds.Sequence(", (kind(item),))
        case ArrayType(item=item, length=length):
            return Call("kinds.Sequence(", (kind(item), str(length)))
        case OptionalType(item=item):
            return Call("kinds.Optional(", (kind(item),))
    assert_never(type_)


def rule(validation: Validation, type_: FieldType) -> Expression:
    """The expression of a field's rule."""
    match validation:
        case OneOf(values=values):
            return Call("rules.OneOf(", [literal(type_, v) for v in values])
        case InRange(low=low, high=high):
            return Call("rules.InRange(", (literal(type_, low), literal(type_, high)))
        case Matches(pattern=pattern):
            return Call("rules.Matches(", (text(pattern),))
        case NonZero():
            return "rules.NonZero()"
        case Predicate(target=target):
            return Call("rules.Predicate(", (text(target),))
    assert_never(validation)


def literal(type_: FieldType, value: Value) -> Expression:
    """The expression of a neutral value."""
    match type_, value:
        case _, None:
            return "None"
        case OptionalType(item=item), _:
            return literal(item, value)
        case AliasType(name=name, target=target), _:
            if isinstance(target, FixedType):
                return Call(f"{name}(", (repr(value),))
            inner = literal(target, value)
            return Call(f"{name}(", (inner,)) if is_new_type(type_) else inner
        case FixedType(), _:
            return Call(f"{fixed_name(type_)}(", (repr(value),))
        case TimestampType(), _:
            return f"Timestamp({value!r})"
        case EnumType(name=name, values=values), _:
            label = {number: label for label, number in values}.get(cast("int", value))
            return repr(value) if label is None else f"{name}.{label}"
        case InstrumentIdType(), bytes():
            venue = int.from_bytes(value[:2], "little")
            return Call("InstrumentId(", (str(venue), str(value[2]), _bytes(value[4:])))
        case StructType(name=name, fields=fields), tuple():
            members = [literal(f.type, v) for f, v in zip(fields, value, strict=True)]
            return Call(f"{name}(", members)
        case ((ListType(item=item) | ArrayType(item=item)), tuple()):
            if len(value) > _MANY and len(set(map(repr, value))) == 1:
                return tuple_of("(", (literal(item, value[0]),), f") * {len(value)}")
            return tuple_of("(", [literal(item, v) for v in value])
        case _, bytes():
            return _bytes(value)
        case _, str():
            return text(value)
        case _, float():
            return _float(value)
    return repr(value)


def assignment(head: str, type_: FieldType, value: Value, depth: int) -> Expression:
    """``head = value``; a literal that is too long for its line gets a call to hold it."""
    found = prefixed(f"{head} = ", literal(type_, value))
    if isinstance(found, Call) or value is None:
        return found
    if len(found) + depth * len(STEP) <= WIDTH:
        return found
    return Call(f"{head} = {type(value).__name__}(", (literal(type_, value),))


def _float(value: float) -> str:
    if math.isfinite(value):
        return repr(value).replace("e+", "e")
    return f'float("{value!r}")'


def _bytes(value: bytes) -> Expression:
    if not value:
        return 'b""'
    return (
        f"bytes({len(value)})" if not any(value) else Call("bytes.fromhex(", (f'"{value.hex()}"',))
    )
