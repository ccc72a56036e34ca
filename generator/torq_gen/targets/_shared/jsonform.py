"""Neutral values in the JSON form of the wire format.

Integers of 64 bits and more and fixed-point numbers are decimal texts, bytes ``0x`` hex, enums
their names (a number when unknown), non-finite floats ``NaN``, ``Infinity`` and ``-Infinity``.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import Decimal, localcontext
from typing import TypeAlias

from torq_gen.model import (
    AliasType,
    ArrayType,
    EnumType,
    Field,
    FieldType,
    FixedType,
    InstrumentIdType,
    IntType,
    ListType,
    OptionalType,
    StructField,
    StructType,
    TimestampType,
    Value,
)

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"


def to_json(type_: FieldType, value: Value) -> Json:
    """The JSON form of a neutral value of the type."""
    match type_, value:
        case _, None:
            return None
        case ((AliasType(target=inner) | OptionalType(item=inner)), _):
            return to_json(inner, value)
        case IntType(bits=bits), int():
            return str(value) if bits >= 64 else value
        case TimestampType(), int():
            return str(value)
        case FixedType(scale=scale), int():
            return decimal_text(value, scale)
        case EnumType(values=values), int():
            return {number: name for name, number in values}.get(value, value)
        case InstrumentIdType(), bytes():
            venue = int.from_bytes(value[:2], "little")
            return f"{venue}:{value[2]}:0x{value[4:].hex()}"
        case ((ListType(item=item) | ArrayType(item=item)), tuple()):
            return [to_json(item, v) for v in value]
        case StructType(fields=fields), tuple():
            return {f.name: to_json(f.type, v) for f, v in zip(fields, value, strict=True)}
    return _plain(value)


def object_to_json(
    fields: Sequence[Field | StructField], values: tuple[Value, ...]
) -> dict[str, Json]:
    """The JSON object of a message's or struct's values."""
    return {f.name: to_json(f.type, v) for f, v in zip(fields, values, strict=True)}


def decimal_text(value: int, scale: int) -> str:
    """A scaled integer as decimal text with exactly ``scale`` places."""
    with localcontext() as context:
        context.prec = 120
        return f"{Decimal(value).scaleb(-scale):f}"


def _plain(value: Value) -> Json:
    match value:
        case bytes():
            return f"0x{value.hex()}"
        case float() if not math.isfinite(value):
            return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
        case bool() | int() | float() | str():
            return value
    raise AssertionError(f"{value!r} has no JSON form")
