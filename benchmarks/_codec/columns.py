"""Whole buffers of frames: to columns and back, and to objects."""

from __future__ import annotations

import time
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec

from _codec import ours
from _codec.shapes import SHAPES, Shape
from _harness.chart import Bar
from _harness.peers import missing
from _harness.table import table

_ROWS = 10_000
_HEAD = ("message", "way", "frames/s", "GB/s of frames", "ns a frame")


def measure(frames: int, rounds: int, bars: list[Bar]) -> str:
    """The table; thread CPU time, the best round of each. Its bars are added."""
    for package in ("numpy", "pyarrow"):
        if find_spec(package) is None:
            return missing(package)
    return table(_HEAD, [row for shape in SHAPES for row in _rows(shape, frames, rounds, bars)])


def _rows(shape: Shape, frames: int, rounds: int, bars: list[Bar]) -> list[tuple[str, ...]]:
    kind = ours.class_of(shape)
    some = ours.frames_of(shape, shape.rows(min(frames, _ROWS)))
    data = some * max(1, frames // _ROWS)
    count = min(frames, _ROWS) * max(1, frames // _ROWS)
    ways: dict[str, Callable[[], object]] = {}
    if kind.SIZE is not None:
        array = kind.read_columns(data)
        ways["read_columns, numpy"] = lambda: kind.read_columns(data)
        ways["write_columns, numpy"] = lambda: kind.write_columns(array)
    ways["read_columns, arrow"] = lambda: kind.read_columns(data, into="arrow")
    ways["objects, in batches"] = lambda: _objects(data)
    rows = []
    for way, work in ways.items():
        spent = _best(work, rounds)
        bars.append(Bar("In bulk", f"{shape.name}, {way}", (1e3 * count / spent,), ours=True))
        rows.append(_row(shape, way, spent, count, len(data)))
    return rows


def _objects(data: bytes) -> int:
    """Every frame to an envelope, as a replay makes them."""
    from mycelium.envelope import ENVELOPE
    from mycelium.protocol.stream import BatchReader

    registry = import_module("bench_contracts").REGISTRY
    reader: BatchReader[object] = BatchReader(registry.batch(ENVELOPE))  # type: ignore[type-var]
    for at in range(0, len(data), 1 << 16):
        for _ in reader.feed_batches(data[at : at + (1 << 16)]):
            pass
    return reader.frames


def _best(work: Callable[[], object], rounds: int) -> int:
    best = 0
    for _ in range(rounds):
        start = time.thread_time_ns()
        work()
        spent = time.thread_time_ns() - start
        best = min(best, spent) if best else spent
    return best


def _row(shape: Shape, way: str, spent: int, count: int, size: int) -> tuple[str, ...]:
    each = spent / count
    return (shape.name, way, f"{1e3 / each:.1f} M", f"{size / spent:.2f}", f"{each:.0f}")
