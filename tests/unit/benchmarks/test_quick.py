"""Each benchmark runs from end to end: a figure is worth nothing if it can no longer be taken."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from functools import partial
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pytest

from mycelium import _native
from tests.uncovered import uncovered

_ROOT = Path(__file__).resolve().parents[3]
_SCRIPTS = Path(sys.executable).parent
_PEERS = ("grpcio-tools", "betterproto2-compiler", "datamodel-code-generator")


def _missing(*distributions: str) -> list[str]:
    missing = []
    for name in distributions:
        try:
            distribution(name)
        except PackageNotFoundError:
            missing.append(name)
    return missing


def _needs(*distributions: str) -> None:
    if missing := _missing(*distributions):
        command = "python -m pip install -r benchmarks/requirements.txt"
        pytest.skip(f"{', '.join(missing)} not installed: {command}")


def _run(name: str, *arguments: str) -> str:
    """The output of a benchmark in its quick mode."""
    path = os.pathsep.join((str(_ROOT / "generator"), str(_ROOT / "runtime")))
    done = subprocess.run(
        [sys.executable, str(_ROOT / "benchmarks" / name), "--quick", *arguments],
        env=uncovered(PYTHONPATH=path),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def _rows(output: str) -> list[str]:
    """The first cells of the tables' rows."""
    return [line.split("|")[1].strip() for line in output.splitlines() if line.startswith("| ")]


def test_our_codec_and_that_of_msgspec_are_measured_on_every_message() -> None:
    rows = _rows(_run("codec.py"))
    assert rows.count("torq-gen, pure") == 3
    assert rows.count("msgspec msgpack in our frame") == 3


def test_protobuf_is_measured_beside_them() -> None:
    _needs("protobuf", "grpcio-tools")
    assert _rows(_run("codec.py")).count("protobuf in our frame") == 3


def test_every_way_of_the_native_codec_is_measured() -> None:
    _needs("numpy", "pyarrow")
    if _native.codec is None:
        pytest.skip(f"{_native.reason}; `python hatch_build.py` builds it")
    rows = _rows(_run("codec.py"))
    for way in ("native", "native, from_frame", "native, view"):
        assert rows.count(f"torq-gen, {way}") == 3
    assert {"PoolState", "Quote", "Route"} <= set(rows)  # in bulk


def test_other_serializers_are_measured_beside_them() -> None:
    _needs("ormsgpack", "flatbuffers", "pycapnp")
    rows = _rows(_run("codec.py"))
    for peer in ("ormsgpack", "flatbuffers", "pycapnp"):
        assert rows.count(peer) == rows.count(f"{peer} in our frame") == 3


def test_a_replay_is_measured_with_both_codecs() -> None:
    if _native.codec is None:
        pytest.skip(f"{_native.reason}; `python hatch_build.py` builds it")
    output = _run("replay.py")
    cells = {tuple(c.strip() for c in line.split("|")[1:5]) for line in output.splitlines()}
    assert {("synthetic", codec, "asyncio", "5,000") for codec in ("native", "pure")} <= cells


@pytest.mark.slow
def test_instructions_are_counted() -> None:
    _needs("protobuf", "grpcio-tools")
    if shutil.which("valgrind") is None:
        pytest.skip("valgrind not installed: apt-get install valgrind")
    assert "PoolState" in _rows(_run("codec_instructions.py"))


def test_a_synthetic_system_is_generated_in_every_situation() -> None:
    rows = _rows(_run("generate.py", "--no-peers"))
    assert {"messages and codecs", "everything", "nothing to do"} <= set(rows)


@pytest.mark.slow
def test_every_other_generator_is_measured_beside_ours() -> None:
    _needs(*_PEERS)
    rows = _rows(_run("generate.py"))
    assert {"protoc (Python)", "betterproto2", "datamodel-code-generator"} <= set(rows)


def test_start_up_is_measured_with_its_imports() -> None:
    if not (_SCRIPTS / "torq-gen").exists():
        pytest.skip("torq-gen is not installed: python -m pip install -e .")
    rows = _rows(_run("startup.py", "--scripts", str(_SCRIPTS)))
    assert rows.count("torq-gen --version") == rows.count("torq-gen check") == 2


def test_a_codec_that_reads_something_else_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(_ROOT / "benchmarks")
    from _codec.codec import Codec, WrongCodecError, prepare
    from _codec.shapes import QUOTE

    fields = tuple(f"message[{name}]" for name in "012345")
    header = ("7", "message[6]", "message[7]")
    everything = f"({', '.join(QUOTE.fields)}, sequence, timestamp)"
    rows = QUOTE.rows(2)

    def prepared(name: str, *read: str) -> None:
        prepare(Codec(name, everything, ("message = data",), read, {}), QUOTE, rows)

    prepared("a message", *fields)
    prepared("a frame", *header, *fields)
    with pytest.raises(WrongCodecError, match="other fields, Quote: expected"):
        prepared("other fields", fields[1], fields[0], *fields[2:])
    with pytest.raises(WrongCodecError, match="another header, Quote: expected"):
        prepared("another header", "8", *header[1:], *fields)


def test_the_frames_of_peers_are_sound_ones_and_broken_ones_are_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.syspath_prepend(_ROOT / "benchmarks")
    from _codec.framing import RefusedError, frame, tlv_frame, tlv_unframe, unframe
    from mycelium.protocol.frame import check_single_frame

    bare, whole = frame(b"value", 7, 1, 2), tlv_frame(b"\1\0\1\0", b"value", 7, 1, 2)
    assert unframe(bare) == (b"value", 7, 1, 2)
    assert tlv_unframe(whole) == (0x10001, b"value", 7, 1, 2)
    for data, read in ((bare, unframe), (whole, tlv_unframe)):
        header = check_single_frame(data)
        assert (header.source, header.sequence, header.timestamp) == (7, 1, 2)
        for at in range(len(data)):
            with pytest.raises(RefusedError):
                read(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])
    for write in (frame, partial(tlv_frame, b"\1\0\1\0")):
        with pytest.raises(RefusedError):
            write(b"value", 0, 1, 2)


def test_the_linter_is_measured_cold_warm_and_after_changes() -> None:
    rows = _rows(_run("lint.py", "--no-peers"))
    ours = ("cold", "warm", "three files changed")
    assert [row for row in rows if row.startswith("torq-gen check, ")] == [
        *(f"torq-gen check, {situation}" for situation in ours),
        "torq-gen check, cold: beside ast.parse",
    ]
    assert "ast.parse, one process" in rows


def test_every_transport_is_measured_beside_plain_streams() -> None:
    rows = _rows(_run("transport.py", "--only", "asyncio"))
    assert {"local, asyncio", "unix, asyncio", "tcp, asyncio", "asyncio streams, asyncio"} <= {
        *rows
    }


def test_pyzmq_is_measured_beside_them() -> None:
    _needs("pyzmq")
    rows = _rows(_run("transport.py", "--only", "pyzmq"))
    assert rows.count("pyzmq, blocking") == 2


def test_breaking_changes_are_compared_with_buf() -> None:
    rows = _rows(_run("breaking.py"))
    assert rows[2:] == [
        "message removed",
        "message renamed",
        "message moved to another file of the package",
    ]
