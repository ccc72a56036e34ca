"""The static type that a field has in generated code, in one line."""

from __future__ import annotations

from torq_gen.model import (
    AliasType,
    ArrayType,
    BoolType,
    BytesType,
    EnumType,
    FieldType,
    FixedType,
    FloatType,
    IntType,
    ListType,
    OptionalType,
    StringType,
    StructType,
)


def annotation(type_: FieldType) -> str:
    """``u64`` and ``i8`` are both int; aliases, enums and structs keep their names."""
    match type_:
        case AliasType(name=name) | StructType(name=name):
            return name
        case EnumType(name=name, closed=closed):
            return name if closed else f"{name} | int"
        case IntType():
            return "int"
        case FloatType():
            return "float"
        case BytesType():
            return "bytes"
        case StringType():
            return "str"
        case BoolType():
            return "bool"
        case FixedType():
            return f"Fixed{type_.scale} of {type_.base}"
        case ListType(item=item) | ArrayType(item=item):
            return f"tuple[{annotation(item)}, ...]"
        case OptionalType(item=item):
            return f"{annotation(item)} | None"
        case _:
            return {"timestamp": "Timestamp", "instrument_id": "InstrumentId"}[str(type_)]
