"""The layout of a message's class, as the native codec is told it once.

A type is a tuple that begins with what it is: ``("uint", 8)``, ``("bytes", 20)`` (0 when the length
varies), ``("items", item, 3)`` (likewise), ``("optional", item)``, ``("struct", class, fields)``
and so on. A field is its attribute, its type, the version that added it, and the default that a
value of an older writer gets.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import msgspec

from mycelium.protocol.instrument import InstrumentId
from mycelium.protocol.kinds import (
    Bool,
    Bytes,
    Enumeration,
    FieldSpec,
    Fixed,
    Float,
    Instrument,
    Integer,
    Kind,
    Optional,
    Sequence,
    Struct,
    Text,
    by_value,
)

if TYPE_CHECKING:
    from mycelium.protocol.message import Message, Structure

Tree: TypeAlias = tuple[Any, ...]

_INSTRUMENT: Tree = (
    "struct",
    InstrumentId,
    (
        ("venue", ("uint", 2), 1),
        ("kind", ("uint", 1), 1),
        (None, ("reserved",), 1),
        ("asset", ("bytes", 20), 1),
    ),
)


class NoLayoutError(Exception):
    """A class that only Python code can read and write, and why."""


def tree_of(message: type[Message]) -> Tree:
    """The layout of a message's fields.

    Raises:
        NoLayoutError: objects of the class cannot be made by filling its slots
    """
    return _struct(message)


def _struct(owner: type[Structure]) -> Tree:
    if owner.__struct_fields__ != tuple(f.attribute for f in owner.FIELDS):
        raise NoLayoutError(f"{owner.__name__}: FIELDS does not name its fields")
    if hasattr(owner, "__post_init__"):
        raise NoLayoutError(f"{owner.__name__}: it has a __post_init__")
    defaults = {f.name: f.default for f in msgspec.structs.fields(owner)}
    return ("struct", owner, tuple(_field(f, defaults[f.attribute]) for f in owner.FIELDS))


def _field(field: FieldSpec, default: object) -> Tree:
    placed = (field.attribute, _type(field.kind), field.since)
    if field.since == 1:
        return placed
    if default is msgspec.NODEFAULT:
        raise NoLayoutError(f"{field.name}: an older writer's value has no default")
    return (*placed, default)


def _type(kind: Kind) -> Tree:
    match kind:
        case Integer():
            return _integer(kind)
        case Fixed():
            return _integer(kind.raw)
        case Bool():
            return ("bool",)
        case Float(bits=bits):
            return ("float", bits // 8)
        case Bytes(size=size):
            return ("bytes", size or 0)
        case Text():
            return ("text",)
        case Instrument():
            return _INSTRUMENT
        case Enumeration(enum=enum, closed=closed):
            return ("enum", kind.raw.size, by_value(enum), closed)
        case Struct(structure=structure):
            return _struct(structure)
        case Sequence(item=item, length=length):
            return ("items", _type(item), length or 0)
        case Optional(item=item):
            return ("optional", _type(item))
    raise NoLayoutError(f"{type(kind).__name__}: a kind of its own")


def _integer(kind: Integer) -> Tree:
    return ("int" if kind.minimum < 0 else "uint", kind.size)
