"""ormsgpack, FlatBuffers and Cap'n Proto, each bare and framed as the other peers are.

ormsgpack has no classes for what it reads: a list is unpacked into names. FlatBuffers builds in
Python, by the calls that flatc would generate. None has integers above 64 bits.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

from _codec.codec import Codec
from _codec.peers import U256, given, three
from _codec.shapes import POOL_STATE, QUOTE, SHAPES, Shape, kind_of

_SCHEMAS = Path(__file__).parents[1] / "schemas"


def ormsgpack(shape: Shape) -> tuple[Codec, ...]:
    """Tuples as arrays."""
    library = import_module("ormsgpack")
    names: dict[str, Any] = {
        "packb": library.packb,
        "from_bytes": library.unpackb,
        "parsers": {kind_of(s): library.unpackb for s in SHAPES},
        "tuple": tuple,
    }
    values = ", ".join(map(given, shape.fields))
    read = tuple(
        f'integer(message[{index}], "little")'
        if name in U256
        else f"tuple(message[{index}])"
        if name == "hops"
        else f"message[{index}]"
        for index, name in enumerate(shape.fields)
    )
    return three(shape, "ormsgpack", f"packb(({values},))", read, names)


def capnp(shape: Shape) -> tuple[Codec, ...]:
    """pycapnp: a builder with keywords, then the bytes without packing."""
    schema = import_module("capnp").load(str(_SCHEMAS / "bench.capnp"))
    classes = {kind_of(s): getattr(schema, s.name) for s in SHAPES}
    names: dict[str, Any] = {
        "new": classes[kind_of(shape)].new_message,
        "from_bytes": _reader(classes[kind_of(shape)]),
        "parsers": {kind: _reader(known) for kind, known in classes.items()},
        "tuple": tuple,
    }
    parts = [f"{_camel(f)}={given(f)}" for f in shape.fields if f != "limit"]
    make: tuple[str, ...] = (f"built = new({', '.join(parts)})",)
    if "limit" in shape.fields:
        make += ("if limit is not None: built.limit.value = limit",)
    return three(
        shape, "pycapnp", "built.to_bytes()", tuple(map(_capnp_field, shape.fields)), names, make
    )


def flatbuffers(shape: Shape) -> tuple[Codec, ...]:
    """One builder for all messages, cleared for each."""
    library = import_module("flatbuffers")
    table = import_module("flatbuffers.table")
    types = import_module("flatbuffers.number_types")

    def table_of(data: bytes) -> Any:
        return table.Table(data, library.encode.Get(types.UOffsetTFlags.packer_type, data, 0))

    names: dict[str, Any] = {
        "b": library.Builder(512),
        "from_bytes": table_of,
        "parsers": {kind_of(s): table_of for s in SHAPES},
        "U16": types.Uint16Flags,
        "U64": types.Uint64Flags,
        "I64": types.Int64Flags,
        "vector": _vector,
        "text": _text,
        "numbers": _numbers,
        "tuple": tuple,
    }
    make, read = _FLAT[shape.name]
    return three(shape, "flatbuffers", "bytes(b.Output())", read, names, make)


def _reader(known: Any) -> Any:
    def read(data: bytes) -> Any:
        with known.from_bytes(data) as message:
            return message

    return read


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def _capnp_field(name: str) -> str:
    if name in U256:
        return f'integer(message.{name}, "little")'
    if name == "hops":
        return "tuple(message.hops)"
    if name == "limit":
        return 'message.limit.value if message.limit.which == "value" else None'
    return f"message.{_camel(name)}"


def _vector(table: Any, slot: int) -> bytes:
    offset = table.Offset(slot)
    start, size = table.Vector(offset), table.VectorLen(offset)
    return bytes(table.Bytes[start : start + size])


def _text(table: Any, slot: int) -> str:
    text: str = table.String(table.Pos + table.Offset(slot)).decode()
    return text


def _numbers(table: Any, slot: int, flags: Any) -> tuple[int, ...]:
    offset = table.Offset(slot)
    start = table.Vector(offset)
    return tuple(table.Get(flags, start + 8 * i) for i in range(table.VectorLen(offset)))


def _get(flags: str, slot: int) -> str:
    return f"message.Get({flags}, message.Offset({slot}) + message.Pos)"


_FLAT: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    POOL_STATE.name: (
        (
            "b.Clear()",
            'pool_at, low = b.CreateByteVector(pool), reserve0.to_bytes(32, "little")',
            'low, high = b.CreateByteVector(low), reserve1.to_bytes(32, "little")',
            "high = b.CreateByteVector(high)",
            "b.StartObject(5)",
            "b.PrependUOffsetTRelativeSlot(0, pool_at, 0)",
            "b.PrependUint16Slot(1, venue, 0)",
            "b.PrependUOffsetTRelativeSlot(2, low, 0)",
            "b.PrependUOffsetTRelativeSlot(3, high, 0)",
            "b.PrependUint64Slot(4, block_number, 0)",
            "b.Finish(b.EndObject())",
        ),
        (
            "vector(message, 4)",
            _get("U16", 6),
            'integer(vector(message, 8), "little")',
            'integer(vector(message, 10), "little")',
            _get("U64", 12),
        ),
    ),
    QUOTE.name: (
        (
            "b.Clear()",
            "b.StartObject(6)",
            "b.PrependUint64Slot(0, instrument, 0)",
            *(f"b.PrependInt64Slot({i}, {f}, 0)" for i, f in enumerate(QUOTE.fields[1:5], 1)),
            "b.PrependUint64Slot(5, exchange_time, 0)",
            "b.Finish(b.EndObject())",
        ),
        (
            _get("U64", 4),
            *(_get("I64", slot) for slot in (6, 8, 10, 12)),
            _get("U64", 14),
        ),
    ),
    "Route": (
        (
            "b.Clear()",
            "name_at = b.CreateString(name)",
            "b.StartVector(8, len(hops), 8)",
            "for hop in reversed(hops): b.PrependUint64(hop)",
            "hops_at = b.EndVector()",
            "b.StartObject(3)",
            "b.PrependUOffsetTRelativeSlot(0, name_at, 0)",
            "b.PrependUOffsetTRelativeSlot(1, hops_at, 0)",
            "if limit is not None: b.PrependInt64Slot(2, limit, None)",
            "b.Finish(b.EndObject())",
        ),
        (
            "text(message, 4)",
            "numbers(message, 6, U64)",
            f"{_get('I64', 8)} if message.Offset(8) else None",
        ),
    ),
}
