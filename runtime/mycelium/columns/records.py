"""Messages of fixed size as packed numpy structures: each record is the wire's bytes."""

from __future__ import annotations

import struct
from typing import Any, Final

from mycelium.columns.gathering import Heap, Native
from mycelium.columns.libraries import ColumnsError, numpy
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
)
from mycelium.protocol.message import Message

HEADER: Final = (("_source", "<u2"), ("_sequence", "<u8"), ("_timestamp", "<u8"))
HEAD: Final = struct.Struct("<HQQ")

_INSTRUMENT: Final = [
    ("venue", "<u2"),
    ("kind", "u1"),
    ("reserved", "u1"),
    ("asset", f"V{len(InstrumentId(0, 0, bytes(20)).asset)}"),
]


def dtype_of(message: type[Message]) -> Any:
    """The numpy structure of a message: source, sequence, timestamp, then its fields.

    Integers above 64 bits and bytes are ``V``; what is optional is ``present`` and ``value``.

    Raises:
        ColumnsError: the message varies in size, or numpy is not installed
    """
    if message.SIZE is None:
        raise ColumnsError(
            f"{message.__name__}: expected a message of fixed size for numpy, found one that"
            " varies; into='arrow' takes it"
        )
    dtype = numpy().dtype([*HEADER, *map(_field, message.FIELDS)])
    assert dtype.itemsize == HEAD.size + message.SIZE
    return dtype


def array_of(message: type[Message], heaps: list[Heap]) -> Any:
    """The structured array of what was gathered."""
    parts = [_records(heap) for heap in heaps]
    data = parts[0] if len(parts) == 1 else b"".join(parts)
    return numpy().frombuffer(data, dtype_of(message))


def _records(heap: Heap) -> Any:
    if isinstance(heap, Native):
        return heap.parts[0]
    return b"".join(
        HEAD.pack(h.source, h.sequence, h.timestamp) + m.to_tlv()[8:] for h, m in heap.rows
    )


def _field(field: FieldSpec) -> tuple[Any, ...]:
    return (field.attribute, *_dtype(field.kind))


def _dtype(kind: Kind) -> tuple[Any, ...]:
    """A type, and a shape where there is one."""
    match kind:
        case Integer():
            return (_integer(kind),)
        case Fixed() | Enumeration():
            return (_integer(kind.raw),)
        case Bool():
            return ("?",)
        case Float(bits=bits):
            return (f"<f{bits // 8}",)
        case Bytes(size=int(size)):
            return (f"V{size}",)
        case Instrument():
            return (_INSTRUMENT,)
        case Struct(structure=structure):
            return (list(map(_field, structure.FIELDS)),)
        case Sequence(item=item, length=int(length)):
            return (numpy().dtype([("item", *_dtype(item))])["item"], (length,))
        case Optional(item=item):
            return ([("present", "?"), ("value", *_dtype(item))],)
    raise AssertionError(f"{kind!r} has no fixed size")


def _integer(kind: Integer) -> str:
    size = kind.size
    if size > 8:
        return f"V{size}"
    return f"<{'i' if kind.minimum < 0 else 'u'}{size}"
