"""Expressions that construct the system's messages."""

from __future__ import annotations

from torq_gen.model import System
from torq_gen.model.types import (
    AliasType,
    ArrayType,
    BoolType,
    BytesType,
    EnumType,
    FieldType,
    FixedType,
    FloatType,
    IntType,
    OptionalType,
    StringType,
    StructType,
)


def arguments(system: System, message: str) -> str:
    """Keyword arguments that a message's constructor takes; named types are numbers and bytes."""
    fields = system.messages[message].fields
    return ", ".join(f"{f.attribute}={_value(f.type)}" for f in fields if f.default is None)


def constructed(system: System, message: str) -> str:
    """A call of a message's constructor."""
    return f"{message}({arguments(system, message)})"


def _value(kind: FieldType) -> str:
    match kind:
        case AliasType(target=target):
            return _value(target)
        case OptionalType():
            return "None"
        case BoolType():
            return "True"
        case StringType():
            return '"a"'
        case BytesType(size=size):
            return f"bytes({size or 0})"
        case IntType() | FixedType() | FloatType() | EnumType():
            return "1"
        case StructType():
            return "None"
        case ArrayType(item=item, length=length):
            return f"({_value(item)},) * {length}"
        case _:
            return "()" if type(kind).__name__ == "ListType" else "1"
