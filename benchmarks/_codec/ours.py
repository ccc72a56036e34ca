"""What torq-gen generates from schemas/bench.yaml."""

from __future__ import annotations

import shutil
import sys
from importlib import import_module
from pathlib import Path

from _codec.codec import HEADER, Codec
from _codec.shapes import SOURCE, Shape

_BENCHMARKS = Path(__file__).parents[1]


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


def codec(shape: Shape) -> Codec:
    """Ours: the constructor, ``to_frame``, ``decode_frame``."""
    header = f"source={SOURCE}, sequence=sequence, timestamp=timestamp"
    package = import_module("bench_contracts")
    messages = import_module("bench_contracts.messages")
    return Codec(
        "torq-gen",
        f"Message({', '.join(shape.fields)}).to_frame({header})",
        ("frame = decode_frame(data)", "message = frame.message"),
        (*(f"frame.{name}" for name in HEADER), *(f"message.{name}" for name in shape.fields)),
        {"Message": getattr(messages, shape.name), "decode_frame": package.decode_frame},
    )
