"""Run under callgrind: builds or parses messages so often, and nothing else that varies."""

from __future__ import annotations

import gc
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from _codec import ours, peers
from _codec.codec import Codec, prepare
from _codec.shapes import SHAPES, Shape

_MESSAGES = 100


def codecs(shape: Shape) -> tuple[Codec, ...]:
    """Those that are counted: ours, and the two fastest peers that have classes."""
    return (*ours.codecs(shape), peers.protobuf(shape)[0], peers.msgpack(shape)[0])


def main() -> None:
    """Build or parse."""
    folder, shape_name, codec_name, work, times = sys.argv[1:]
    sys.path[:0] = [folder, str(Path(folder) / "generated" / "python")]
    shape = next(s for s in SHAPES if s.name == shape_name)
    rows = shape.rows(_MESSAGES)
    gc.disable()
    for codec in codecs(shape):
        loops, frames = prepare(codec, shape, rows)
        if codec.name == codec_name:
            chosen = loops, frames
    loops, frames = chosen
    for _ in range(int(times) // _MESSAGES):
        if work == "build":
            loops.build(rows)
        else:
            loops.parse(frames)


if __name__ == "__main__":
    main()
