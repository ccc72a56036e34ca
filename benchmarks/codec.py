"""How fast messages become framed bytes, and bytes become messages again, beside other codecs.

Build: field values to object to framed bytes with checksum. Parse: bytes to verified header to
object, and every field read. One process, interleaved rounds, thread CPU time, medians; the cyclic
garbage collector is off for all.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from statistics import median

from _codec import columns, ours
from _codec.codec import Codec, prepare
from _codec.shapes import POOL_STATE, SHAPES, Shape
from _harness.chart import Bar, write_chart
from _harness.machine import machine
from _harness.peers import has_project, missing, version_of
from _harness.rounds import Work, median_ratio, thread_times
from _harness.table import table

_HEAD = (
    "codec",
    "bytes",
    "build, ns",
    "parse, ns",
    "built/s",
    "parsed/s",
    "build, x ours",
    "parse, x ours",
)
_RUST = ("source system, Rust (its claim)", "", "917", "610", "1.09 M", "1.64 M", "", "")


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="see that it runs, in a second")
    parser.add_argument("--rounds", type=int, default=41)
    parser.add_argument("--messages", type=int, default=5000, help="messages a round and codec")
    parser.add_argument("--bulk", type=int, default=1_000_000, help="frames of the bulk table")
    parser.add_argument("--bulk-rounds", type=int, default=5)
    parser.add_argument("--plot", type=Path, metavar="SVG", help="write a chart of the tables")
    options = parser.parse_args()
    rounds, messages = (3, 20) if options.quick else (options.rounds, options.messages)
    bulk = 1000 if options.quick else options.bulk
    if not has_project():
        print("torq_gen cannot be imported: python -m pip install -e .", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as folder:
        ours.generate(Path(folder))
        with_protobuf = _prepare_protobuf(Path(folder))
        print(f"{machine()}\n{_versions(with_protobuf)}")
        print(f"{rounds} interleaved rounds of {messages} messages; medians of thread CPU time")
        bars: list[Bar] = []
        for shape in SHAPES:
            print(f"\n{shape.name}: {shape.title}\n")
            print(_measure(shape, with_protobuf, rounds, messages, bars))
        print(f"\nIn bulk: buffers of {bulk:,} frames, best of {options.bulk_rounds}\n")
        print(columns.measure(bulk, options.bulk_rounds, bars))
        if options.plot is not None:
            title = "Millions of messages a second, one by one and in bulk; more is better"
            write_chart(options.plot, title, ("built", "parsed and read"), bars)
    return 0


def _prepare_protobuf(folder: Path) -> bool:
    for needed in ("protobuf", "grpcio-tools"):
        if version_of(needed) is None:
            print(missing(needed))
            return False
    from _codec import peers

    peers.compile_proto(folder)
    return True


def _versions(with_protobuf: bool) -> str:
    from _codec import peers

    versions = f"msgspec {version_of('msgspec')}"
    if not with_protobuf:
        return versions
    return f"{versions}, protobuf {version_of('protobuf')} ({peers.protobuf_implementation()})"


def _codecs(shape: Shape, with_protobuf: bool) -> tuple[Codec, ...]:
    from _codec import others, peers

    found = [*ours.codecs(shape)]
    found += peers.protobuf(shape) if with_protobuf else ()
    found += peers.msgpack(shape)
    for package, module, codecs in (
        ("ormsgpack", "ormsgpack", others.ormsgpack),
        ("flatbuffers", "flatbuffers", others.flatbuffers),
        ("pycapnp", "capnp", others.capnp),
    ):
        if find_spec(module) is None:
            print(missing(package))
        else:
            found += codecs(shape)
    return tuple(found)


def _measure(shape: Shape, with_protobuf: bool, rounds: int, messages: int, bars: list[Bar]) -> str:
    """The table of a message; its bars are added."""
    rows = shape.rows(messages)
    builds: dict[str, Work] = {}
    parses: dict[str, Work] = {}
    sizes: dict[str, float] = {}
    for codec in _codecs(shape, with_protobuf):
        loops, frames = prepare(codec, shape, rows)
        builds[codec.name] = partial(loops.build, rows)
        parses[codec.name] = partial(loops.parse, frames)
        sizes[codec.name] = sum(map(len, frames)) / messages
    built, parsed = thread_times(builds, rounds), thread_times(parses, rounds)
    first = next(iter(builds))
    for name in builds:
        rates = (1e3 * messages / median(times[name]) for times in (built, parsed))
        group = f"{shape.name}: {shape.title}"
        bars.append(Bar(group, name, tuple(rates), ours=name.startswith("torq-gen")))
    found = [
        _row(
            name, sizes[name], (built[name], parsed[name]), (built[first], parsed[first]), messages
        )
        for name in builds
    ]
    return table(_HEAD, [*found, *([_RUST] if shape is POOL_STATE else [])])


def _row(
    name: str,
    size: float,
    times: tuple[list[int], list[int]],
    ours: tuple[list[int], list[int]],
    messages: int,
) -> tuple[str, ...]:
    each = [median(t) / messages for t in times]
    ratios = [median_ratio(t, o) for t, o in zip(times, ours, strict=True)]
    return (
        name,
        f"{size:.0f}",
        *(f"{ns:.0f}" for ns in each),
        *(f"{1e3 / ns:.2f} M" for ns in each),
        *(f"{ratio:.2f}" for ratio in ratios),
    )


if __name__ == "__main__":
    sys.exit(main())
