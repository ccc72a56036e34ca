"""What torq-gen generates from schemas/bench.yaml, by each of its ways."""

from __future__ import annotations

import shutil
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

from _codec.codec import HEADER, Codec
from _codec.shapes import SOURCE, Row, Shape

_BENCHMARKS = Path(__file__).parents[1]
_HEADER = f"source={SOURCE}, sequence=sequence, timestamp=timestamp"


class UnusableSpecError(Exception):
    """The benchmark's own spec has errors."""


def generate(folder: Path) -> None:
    """Generate the package into a folder, and let it be imported from there.

    Raises:
        UnusableSpecError: schemas/bench.yaml has errors
    """
    from torq_gen import spec, targets

    shutil.copy(_BENCHMARKS / "system.yaml", folder)
    shutil.copytree(_BENCHMARKS / "schemas", folder / "schemas")
    loaded = spec.load(folder)
    if loaded.system is None:
        raise UnusableSpecError("\n".join(str(d) for d in loaded.diagnostics))
    for path, content in targets.render(loaded.system, ("python",)).items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
    sys.path.insert(0, str(folder / "generated" / "python"))


def codecs(shape: Shape) -> tuple[Codec, ...]:
    """Native by its three ways where it is built, then pure.

    ``decode_frame`` gives the header too. ``from_frame`` gives the message to who knows its class,
    and ``view`` the fields as they are read; both check the header, and make nothing of it.
    """
    from mycelium._native import codec

    message = class_of(shape)
    registry = import_module("bench_contracts").REGISTRY
    fields = tuple(f"message.{name}" for name in shape.fields)
    read = (*(f"frame.{name}" for name in HEADER), *fields)
    made = f"Message({', '.join(shape.fields)})"
    build = f"{made}.to_frame({_HEADER})"
    names = {"Message": message, "decode_frame": registry.decode_frame}
    names |= {name: getattr(message, name) for name in ("from_frame", "view")}
    decode = ("frame = decode_frame(data)", "message = frame.message")
    if codec is None:
        return (Codec("torq-gen, pure", build, decode, read, names),)
    pure = {
        "Message": message,
        "to_frame": vars(message)["to_frame"].__wrapped__,
        "decode_frame": type(registry).decode_frame.__get__(registry),
    }
    opened = ("message = from_frame(data)",)
    viewed = ("message = view(data)",)
    return (
        Codec("torq-gen, native", build, decode, read, names),
        Codec("torq-gen, native, from_frame", build, opened, fields, names),
        Codec("torq-gen, native, view", build, viewed, fields, names),
        Codec("torq-gen, pure", f"to_frame({made}, {_HEADER})", decode, read, pure),
    )


def class_of(shape: Shape) -> Any:
    """The generated class of a shape."""
    return getattr(import_module("bench_contracts.messages"), shape.name)


def frames_of(shape: Shape, rows: list[Row]) -> bytes:
    """The frames of rows, back to back."""
    message = class_of(shape)
    return b"".join(
        message(*fields).to_frame(source=SOURCE, sequence=sequence, timestamp=timestamp)
        for *fields, sequence, timestamp in rows
    )
