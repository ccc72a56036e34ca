"""What benchmarks/replay.py replays: a synthetic stream, and the recorded day."""

from __future__ import annotations

import asyncio
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

from _codec.shapes import POOL_STATE, QUOTE, ROUTE, SOURCE

_ROOT = Path(__file__).parents[2]
_ROWS = 1000
_MIX = (QUOTE, POOL_STATE, QUOTE, QUOTE, ROUTE, QUOTE, POOL_STATE, QUOTE, POOL_STATE, QUOTE)
_TIME = 1_704_412_823_000_000_000


def write_synthetic(path: Path, frames: int) -> None:
    """Six quotes of ten frames, three pool states and a route, as one service publishes them."""
    contracts: Any = import_module("bench_contracts.messages")
    messages = {
        shape: [getattr(contracts, shape.name)(*row[:-2]) for row in shape.rows(_ROWS)]
        for shape in set(_MIX)
    }
    sequences = dict.fromkeys(messages, 0)
    with path.open("wb") as file:
        for number in range(frames):
            shape = _MIX[number % len(_MIX)]
            sequence = sequences[shape] = sequences[shape] + 1
            message = messages[shape][sequence % _ROWS]
            frame = message.to_frame(
                source=SOURCE, sequence=sequence, timestamp=_TIME + 1000 * number
            )
            file.write(frame)


def write_day(path: Path) -> None:
    """Every frame of the recorded day, as scripts/demo.py brings it forth."""
    sys.path[:0] = [str(_ROOT), str(_ROOT / "generated" / "python")]
    demo: Any = import_module("scripts.demo")
    demo.RECORDING = path
    demo.SETTINGS = {**demo.SETTINGS, "recorder": {"path": str(path)}}
    asyncio.run(demo.replay_day(progress=False))
