"""Protobuf and msgspec, each bare, with our header and checksum, and in our whole frame."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

import msgspec

from _codec import framing
from _codec.codec import HEADER, Codec
from _codec.shapes import POOL_STATE, SHAPES, SOURCE, Shape, kind_of

_SCHEMAS = Path(__file__).parents[1] / "schemas"
_PARTS = f"{SOURCE}, sequence, timestamp"
U256 = ("reserve0", "reserve1")  # neither peer has integers above 64 bits: bytes stand for them


def compile_proto(folder: Path) -> None:
    """Run protoc into a folder, and let what it made be imported from there."""
    command = [sys.executable, "-m", "grpc_tools.protoc", f"-I{_SCHEMAS}"]
    subprocess.run([*command, f"--python_out={folder}", "bench.proto"], check=True)
    sys.path.insert(0, str(folder))


def protobuf(shape: Shape) -> tuple[Codec, ...]:
    """Attributes one by one, ``SerializeToString``, ``FromString``: upb's fastest forms."""
    classes = {kind_of(s): getattr(import_module("bench_pb2"), s.name) for s in SHAPES}
    message = classes[kind_of(shape)]
    return three(
        shape,
        "protobuf",
        "built.SerializeToString()",
        tuple(map(_protobuf_field, shape.fields)),
        {
            "Message": message,
            "from_bytes": message.FromString,
            "parsers": {kind: known.FromString for kind, known in classes.items()},
        },
        ("built = Message()", *map(_protobuf_assignment, shape.fields)),
    )


def protobuf_implementation() -> str:
    """``upb``, or a slower one."""
    found: str = import_module("google.protobuf.internal.api_implementation").Type()
    return found


def msgpack(shape: Shape) -> tuple[Codec, ...]:
    """Structs in their fastest form: frozen, as arrays without names, unknown to the collector."""
    classes = {kind_of(s): _struct(s) for s in SHAPES}
    decoders = {kind: msgspec.msgpack.Decoder(known).decode for kind, known in classes.items()}
    return three(
        shape,
        "msgspec msgpack",
        f"encode(Message({', '.join(map(given, shape.fields))}))",
        tuple(map(_field, shape.fields)),
        {
            "Message": classes[kind_of(shape)],
            "encode": msgspec.msgpack.Encoder().encode,
            "from_bytes": decoders[kind_of(shape)],
            "parsers": decoders,
        },
    )


def three(
    shape: Shape,
    name: str,
    build: str,
    read: tuple[str, ...],
    names: Mapping[str, Any],
    make: tuple[str, ...] = ("pass",),
) -> tuple[Codec, ...]:
    """A codec bare, with our header and checksum, and in our whole frame."""
    kind = kind_of(shape).to_bytes(4, "little")
    whole = {**names, "integer": int.from_bytes, "KIND": kind, **vars(framing)}
    framed = f"frame({build}, {_PARTS})"
    in_our_frame = f"tlv_frame(KIND, {build}, {_PARTS})"
    known = (f"value, {', '.join(HEADER)} = unframe(data)", "message = from_bytes(value)")
    found = (
        f"kind, value, {', '.join(HEADER)} = tlv_unframe(data)",
        "message = parsers[kind](value)",
    )
    return (
        Codec(name, build, ("message = from_bytes(data)",), read, whole, make),
        Codec(f"{name} + header, CRC", framed, known, (*HEADER, *read), whole, make),
        Codec(f"{name} in our frame", in_our_frame, found, (*HEADER, *read), whole, make),
    )


def given(name: str) -> str:
    """The expression of a field's value as a peer takes it."""
    return f'{name}.to_bytes(32, "little")' if name in U256 else name


def _field(name: str) -> str:
    return f'integer(message.{name}, "little")' if name in U256 else f"message.{name}"


def _protobuf_field(name: str) -> str:
    match name:
        case "hops":
            return "tuple(message.hops)"
        case "limit":
            return 'message.limit if message.HasField("limit") else None'
    return _field(name)


def _protobuf_assignment(name: str) -> str:
    match name:
        case "hops":
            return "built.hops.extend(hops)"
        case "limit":
            return "if limit is not None: built.limit = limit"
    return f"built.{name} = {given(name)}"


def _struct(shape: Shape) -> type[msgspec.Struct]:
    kinds: dict[str, Any] = dict.fromkeys(shape.fields, int)
    if shape is POOL_STATE:
        kinds |= dict.fromkeys(("pool", *U256), bytes)
    if "hops" in kinds:
        kinds |= {"name": str, "hops": tuple[int, ...], "limit": int | None}
    fields = list(kinds.items())
    return msgspec.defstruct(shape.name, fields, frozen=True, array_like=True, gc=False)
