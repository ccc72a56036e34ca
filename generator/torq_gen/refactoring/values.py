"""Values that a person types on a command line as a schema would state them."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from torq_gen.model import (
    ArrayType,
    BytesType,
    EnumType,
    FixedType,
    FloatType,
    InstrumentIdType,
    IntType,
    ListType,
    OptionalType,
    StringType,
    StructType,
    TimestampType,
)
from torq_gen.model.types import resolved
from torq_gen.spec.type_text import TypeTextError, parse

if TYPE_CHECKING:
    from torq_gen.formatting.tree import Plain
    from torq_gen.model import FieldType

_QUOTED_FROM = 1 << 53  # integers that not every reader of JSON keeps are written as texts
_INTEGER = re.compile(r"-?[0-9]+")


def typed(text: str, type_text: str, named: Mapping[str, FieldType]) -> Plain:
    """The text as a value of a type; as a text where it is none, which the spec's rules refuse.

    ``named`` are the types that schemas declare.
    """
    try:
        type_ = parse(type_text, named.get)
    except TypeTextError:
        return text
    return _of(text, type_)


def _of(text: str, type_: FieldType) -> Plain:
    match resolved(type_):
        case OptionalType(item=item):
            return None if text == "null" else _of(text, item)
        case StringType() | BytesType() | FixedType() | InstrumentIdType():
            return text
        case IntType() | TimestampType() | EnumType():
            return _integer(text)
        case FloatType():
            return _number(text)
        case ListType() | ArrayType() | StructType():
            return _json(text, (list, dict))
    return _json(text, (bool,))


def _integer(text: str) -> Plain:
    if _INTEGER.fullmatch(text) and abs(int(text)) < _QUOTED_FROM:
        return int(text)
    return text


def _number(text: str) -> Plain:
    found = _json(text, (int, float))
    return found if isinstance(found, (int, float)) and math.isfinite(found) else text


def _json(text: str, kinds: tuple[type, ...]) -> Plain:
    try:
        found: Plain = json.loads(text)
    except ValueError:
        return text
    return found if isinstance(found, kinds) else text
