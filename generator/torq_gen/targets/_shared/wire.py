"""The reference encoder: neutral values to bytes, by the wire format and nothing else.

It shares no code with the generated codecs, so that golden bytes check them independently.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable

from torq_gen.model import (
    AliasType,
    ArrayType,
    BoolType,
    BytesType,
    EnumType,
    Field,
    FieldType,
    FixedType,
    FloatType,
    IntType,
    ListType,
    Message,
    OptionalType,
    StringType,
    StructType,
    TimestampType,
    Value,
)
from torq_gen.model.types import COUNT_SIZE, size_of


def encode(type_: FieldType, value: Value) -> bytes:
    """The bytes of a neutral value of the type."""
    match type_, value:
        case AliasType(target=target), _:
            return encode(target, value)
        case OptionalType(item=item), None:
            return bytes(1 + (size_of(item) or 0))
        case OptionalType(item=item), _:
            return b"\1" + encode(item, value)
        case BoolType(), bool():
            return bytes([value])
        case (IntType(bits=bits, signed=signed), int()):
            return value.to_bytes(bits // 8, "little", signed=signed)
        case ((FixedType(base=base) | EnumType(base=base)), int()):
            return encode(base, value)
        case TimestampType(), int():
            return value.to_bytes(8, "little")
        case FloatType(bits=bits), (float() | int()):
            return struct.pack("<f" if bits == 32 else "<d", value)
        case BytesType(size=None), bytes():
            return _count(value) + value
        case StringType(), str():
            return _count(value.encode()) + value.encode()
        case StructType(fields=fields), tuple():
            return b"".join(encode(f.type, v) for f, v in zip(fields, value, strict=True))
        case ListType(item=item), tuple():
            return _count(value) + b"".join(encode(item, v) for v in value)
        case ArrayType(item=item), tuple():
            return b"".join(encode(item, v) for v in value)
        case _, bytes():
            return value
    raise AssertionError(f"{value!r} is no {type_}")


def encode_tlv(message: Message, version: int, values: Iterable[Value]) -> bytes:
    """The TLV that a writer of ``version`` makes of a value for each of its fields."""
    fields: tuple[Field, ...] = message.fields_at(version)
    body = b"".join(encode(f.type, v) for f, v in zip(fields, values, strict=True))
    return struct.pack("<HBBI", message.type_id, version, 0, len(body)) + body


def _count(items: bytes | tuple[Value, ...]) -> bytes:
    return len(items).to_bytes(COUNT_SIZE, "little")
