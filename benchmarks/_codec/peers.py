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
from _codec.codec import Codec
from _codec.shapes import POOL_STATE, SHAPES, SOURCE, Shape

_SCHEMAS = Path(__file__).parents[1] / "schemas"
_PARTS = f"{SOURCE}, sequence, timestamp"
_U256 = ("reserve0", "reserve1")  # neither peer has integers above 64 bits: bytes stand for them


def compile_proto(folder: Path) -> None:
    """Run protoc into a folder, and let what it made be imported from there."""
    command = [sys.executable, "-m", "grpc_tools.protoc", f"-I{_SCHEMAS}"]
    subprocess.run([*command, f"--python_out={folder}", "bench.proto"], check=True)
    sys.path.insert(0, str(folder))


def protobuf(shape: Shape) -> tuple[Codec, ...]:
    """Keyword construction, ``SerializeToString``, ``FromString``: the upb implementation."""
    classes = {s.type_id: getattr(import_module("bench_pb2"), s.name) for s in SHAPES}
    values = ", ".join(f"{name}={_given(name)}" for name in shape.fields)
    return _three(
        shape,
        "protobuf",
        f"Message({values}).SerializeToString()",
        tuple(map(_protobuf_field, shape.fields)),
        {
            "Message": classes[shape.type_id],
            "from_bytes": classes[shape.type_id].FromString,
            "parsers": {number: kind.FromString for number, kind in classes.items()},
        },
    )


def protobuf_implementation() -> str:
    """``upb``, or a slower one."""
    found: str = import_module("google.protobuf.internal.api_implementation").Type()
    return found


def msgpack(shape: Shape) -> tuple[Codec, ...]:
    """Structs in their fastest form: frozen, as arrays without names, unknown to the collector."""
    classes = {s.type_id: _struct(s) for s in SHAPES}
    decoders = {number: msgspec.msgpack.Decoder(kind).decode for number, kind in classes.items()}
    return _three(
        shape,
        "msgspec msgpack",
        f"encode(Message({', '.join(map(_given, shape.fields))}))",
        tuple(map(_field, shape.fields)),
        {
            "Message": classes[shape.type_id],
            "encode": msgspec.msgpack.Encoder().encode,
            "from_bytes": decoders[shape.type_id],
            "parsers": decoders,
        },
    )


def _three(
    shape: Shape, name: str, build: str, read: tuple[str, ...], names: Mapping[str, Any]
) -> tuple[Codec, ...]:
    whole = {**names, "integer": int.from_bytes, **vars(framing)}
    found = "parsers[(found := tlv_unframe(data))[0]](found[1])"
    return (
        Codec(name, build, "from_bytes(data)", read, whole),
        Codec(
            f"{name} + header, CRC",
            f"frame({build}, {_PARTS})",
            "from_bytes(unframe(data))",
            read,
            whole,
        ),
        Codec(
            f"{name} in our frame",
            f"tlv_frame({shape.type_id}, {build}, {_PARTS})",
            found,
            read,
            whole,
        ),
    )


def _given(name: str) -> str:
    return f'{name}.to_bytes(32, "little")' if name in _U256 else name


def _field(name: str) -> str:
    return f'integer(message.{name}, "little")' if name in _U256 else f"message.{name}"


def _protobuf_field(name: str) -> str:
    match name:
        case "hops":
            return "tuple(message.hops)"
        case "limit":
            return 'message.limit if message.HasField("limit") else None'
    return _field(name)


def _struct(shape: Shape) -> type[msgspec.Struct]:
    kinds: dict[str, Any] = dict.fromkeys(shape.fields, int)
    if shape is POOL_STATE:
        kinds |= dict.fromkeys(("pool", *_U256), bytes)
    if "hops" in kinds:
        kinds |= {"name": str, "hops": tuple[int, ...], "limit": int | None}
    fields = list(kinds.items())
    return msgspec.defstruct(shape.name, fields, frozen=True, array_like=True, gc=False)
