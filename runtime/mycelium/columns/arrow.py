"""Messages as Arrow tables: the columns that the native codec gathers are Arrow's own layout."""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

from mycelium.columns import fields
from mycelium.columns.gathering import Heap, Native
from mycelium.columns.libraries import numpy, pyarrow
from mycelium.protocol.kinds import Optional
from mycelium.protocol.message import Message

Wide: TypeAlias = Literal["binary", "decimal"]


def schema_of(message: type[Message], wide: Wide) -> Any:
    """The schema of a message's table; its metadata names message, type and version."""
    pa = pyarrow()
    header = [
        pa.field("_source", pa.uint16(), nullable=False),
        pa.field("_sequence", pa.uint64(), nullable=False),
        pa.field("_timestamp", pa.uint64(), nullable=False),
    ]
    own = [
        pa.field(f.attribute, fields.type_of(f.kind, wide), nullable=isinstance(f.kind, Optional))
        for f in message.FIELDS
    ]
    facts = {
        "torq.message": message.__name__,
        "torq.type": str(message.TYPE_ID),
        "torq.version": str(message.VERSION),
    }
    return pa.schema([*header, *own], metadata=facts)


def table_of(message: type[Message], heaps: list[Heap], wide: Wide) -> Any:
    """The table of what was gathered."""
    pa = pyarrow()
    schema = schema_of(message, wide)
    batches = [_batch(message, heap, schema, wide) for heap in heaps if heap.size]
    return pa.Table.from_batches(batches, schema)


def _batch(message: type[Message], heap: Heap, schema: Any, wide: Wide) -> Any:
    pa, np = pyarrow(), numpy()
    if isinstance(heap, Native):
        sources, sequences, timestamps, (_, _, _, _, children) = heap.parts
        header = [
            pa.array(np.frombuffer(data, form))
            for data, form in ((sources, "<u2"), (sequences, "<u8"), (timestamps, "<u8"))
        ]
        own = [
            fields.array_of(f.kind, column, wide, f"{message.__name__}.{f.name}")
            for f, column in zip(message.FIELDS, children, strict=True)
        ]
    else:
        names = ("source", "sequence", "timestamp")
        header = [
            pa.array([getattr(h, name) for h, _ in heap.rows], schema.field(index).type)
            for index, name in enumerate(names)
        ]
        own = [
            fields.array_from(
                f.kind,
                [getattr(m, f.attribute) for _, m in heap.rows],
                wide,
                f"{message.__name__}.{f.name}",
            )
            for f in message.FIELDS
        ]
    return pa.record_batch([*header, *own], schema=schema)
