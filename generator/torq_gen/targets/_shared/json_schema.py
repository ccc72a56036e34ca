"""The JSON form of messages as JSON Schema.

The schemas describe what ``to_json`` writes. They keep to what draft 7 and 2020-12 have in common,
so that AsyncAPI can carry them. What JSON Schema cannot say of a decimal text, its range above all,
is said in the description.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Final

from torq_gen.model import (
    ArrayType,
    BoolType,
    BytesType,
    EnumType,
    Field,
    FieldType,
    FixedType,
    FloatType,
    InRange,
    InstrumentIdType,
    IntType,
    ListType,
    Matches,
    Message,
    NonZero,
    OneOf,
    OptionalType,
    Predicate,
    StringType,
    StructField,
    StructType,
    TimestampType,
    Validation,
    Value,
)
from torq_gen.model.types import named_types, resolved
from torq_gen.targets._shared.jsonform import object_to_json, to_json

Schema = dict[str, Any]

_TEXT_BITS: Final = 64  # integers of that many bits are texts in JSON
_HEX: Final = "[0-9a-f]{2}"
_INTEGER: Final = "^(?:0|-?[1-9][0-9]*)$"
_NATURAL: Final = "^(?:0|[1-9][0-9]*)$"
_INSTRUMENT: Final = "^(?:0|[1-9][0-9]{0,4}):(?:0|[1-9][0-9]{0,2}):0x[0-9a-f]{40}$"
_ZERO_TEXT: Final = r"^(?:-?0(?:\.0+)?|0x(?:00)*)$"
# What Python's expressions have and those of JSON Schema lack, or mean otherwise.
_ONLY_PYTHON: Final = re.compile(r"\\[AZaN]|\(\?(?!:|=|!|<=|<!)|[*+?}]\+")


def message_schema(message: Message, refs: str) -> Schema:
    """A message's JSON object; named types are referred to at ``refs``: ``#/$defs/``."""
    schema: Schema = {"title": message.name, "type": "object"}
    if message.doc:
        schema["description"] = message.doc
    schema["properties"] = {f.name: _field(f, refs) for f in message.fields}
    schema["required"] = [f.name for f in message.fields if f.default is None]
    schema["additionalProperties"] = False
    if message.examples:
        examples = [object_to_json(message.fields, e) for e in message.examples]
        schema["examples"] = examples
    return schema


def definitions(messages: Iterable[Message], refs: str) -> dict[str, Schema]:
    """The enums and structs that messages mention, by name, inner ones first."""
    found: dict[str, Schema] = {}
    for message in messages:
        for field in message.fields:
            for type_ in named_types(field.type):
                if isinstance(type_, EnumType) and type_.name not in found:
                    found[type_.name] = _enum(type_)
                elif isinstance(type_, StructType) and type_.name not in found:
                    found[type_.name] = _struct(type_, refs)
    return found


def _struct(struct: StructType, refs: str) -> Schema:
    schema: Schema = {"title": struct.name, "type": "object"}
    if struct.doc:
        schema["description"] = struct.doc
    schema["properties"] = {f.name: _described(_type(f.type, refs), f) for f in struct.fields}
    schema["required"] = [f.name for f in struct.fields]
    schema["additionalProperties"] = False
    return schema


def _enum(enum: EnumType) -> Schema:
    schema: Schema = {"title": enum.name}
    if enum.doc:
        schema["description"] = enum.doc
    names = {"enum": [name for name, _ in enum.values]}
    if enum.closed:
        return {**schema, "type": "string", **names}
    # Written as a number whatever its size, unlike an integer of 64 bits.
    unknown = {**_number(enum.base), "description": "A value that this schema does not know."}
    return {**schema, "anyOf": [{"type": "string", **names}, unknown]}


def _field(field: Field, refs: str) -> Schema:
    type_ = resolved(field.type)
    optional = isinstance(type_, OptionalType)
    inner = type_.item if isinstance(type_, OptionalType) else field.type
    schema, remark = _type(inner, refs), ""
    if field.validate is not None:
        more, remark = _rule(field.validate, inner)
        schema = {"allOf": [schema, more]} if more and "$ref" in schema else schema | more
    if optional:
        schema = {"anyOf": [schema, {"type": "null"}]}
    schema = _described(schema, field, remark)
    if field.default is not None:
        schema["default"] = to_json(field.type, field.default.value)
    if field.deprecated:
        schema["deprecated"] = True
    return schema


def _described(schema: Schema, field: Field | StructField, remark: str = "") -> Schema:
    unit = f"Unit: {field.unit}." if field.unit else ""
    text = " ".join(filter(None, (field.doc, unit, remark)))
    if not text:
        return schema
    # Beside a reference nothing else counts in draft 7.
    base = {"allOf": [schema]} if "$ref" in schema else schema
    inner = schema.get("description")
    return {**base, "description": f"{text} {inner}" if inner else text}


def _type(type_: FieldType, refs: str) -> Schema:
    match resolved(type_):
        case IntType() as integer:
            return _integer(integer)
        case TimestampType():
            nanoseconds = "Nanoseconds since the Unix epoch."
            return {"type": "string", "pattern": _NATURAL, "description": nanoseconds}
        case BoolType():
            return {"type": "boolean"}
        case FloatType():
            return {"anyOf": [{"type": "number"}, {"enum": ["NaN", "Infinity", "-Infinity"]}]}
        case FixedType() as fixed:
            return {"type": "string", "pattern": _decimal(fixed)}
        case BytesType(size=size):
            count = "*" if size is None else f"{{{size}}}"
            return {"type": "string", "pattern": f"^0x(?:{_HEX}){count}$"}
        case StringType():
            return {"type": "string"}
        case InstrumentIdType():
            return {"type": "string", "pattern": _INSTRUMENT}
        case EnumType(name=name) | StructType(name=name):
            return {"$ref": f"{refs}{name}"}
        case ListType(item=item):
            return {"type": "array", "items": _type(item, refs)}
        case ArrayType(item=item, length=length):
            items = {"items": _type(item, refs)}
            return {"type": "array", **items, "minItems": length, "maxItems": length}
        case OptionalType(item=item):
            return {"anyOf": [_type(item, refs), {"type": "null"}]}
        case other:
            raise AssertionError(f"{other} is not a field type")


def _integer(type_: IntType) -> Schema:
    if type_.bits < _TEXT_BITS:
        return _number(type_)
    digits = max(len(str(type_.minimum)), len(str(type_.maximum)))
    pattern = _INTEGER if type_.signed else _NATURAL
    return {"type": "string", "pattern": pattern, "maxLength": digits}


def _number(type_: IntType) -> Schema:
    return {"type": "integer", "minimum": type_.minimum, "maximum": type_.maximum}


def _decimal(type_: FixedType) -> str:
    sign = "-?" if type_.base.signed else ""
    places = rf"\.[0-9]{{{type_.scale}}}" if type_.scale else ""
    return f"^{sign}(?:0|[1-9][0-9]*){places}$"


def _rule(rule: Validation, type_: FieldType) -> tuple[Schema, str]:
    """What a field's rule adds to its schema, and what it adds to the description."""
    kind = resolved(type_)
    match rule:
        case OneOf(values=values):
            return {"enum": [to_json(type_, value) for value in values]}, ""
        case InRange(low=low, high=high):
            ends = [to_json(type_, end) for end in (low, high)]
            if isinstance(kind, IntType) and kind.bits < _TEXT_BITS:
                return {"minimum": ends[0], "maximum": ends[1]}, ""
            return {}, f"From {ends[0]} to {ends[1]}."
        case Matches(pattern=pattern):
            if _ONLY_PYTHON.search(pattern):
                return {}, f"Matches the Python expression {pattern}"
            return {"pattern": f"^(?:{pattern})$"}, ""
        case NonZero():
            return {"not": _zero(kind, type_)}, ""
        case Predicate(target=target):
            return {}, f"Accepted by {target}."


def _zero(kind: FieldType, type_: FieldType) -> Schema:
    match kind:
        case IntType(bits=bits) if bits < _TEXT_BITS:
            return {"const": 0}
        case FloatType():
            return {"const": 0}
        case EnumType():
            zero: Value = 0
            return {"enum": list({0: None, to_json(type_, zero): None})}
        case _:
            return {"pattern": _ZERO_TEXT}
