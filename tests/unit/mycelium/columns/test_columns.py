"""Columns hold what the frames hold, whichever codec gathers them, and become the same frames."""

from __future__ import annotations

import gzip
import importlib
import json
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from mycelium import _native
from mycelium.columns import (
    Columns,
    ColumnsError,
    decimals_of,
    gathering,
    integers_of,
    libraries,
    writing,
)
from mycelium.protocol import (
    ChecksumMismatchError,
    MalformedValueError,
    Message,
    Registry,
    TruncatedError,
    encode_frame,
)
from torq_contracts.messages import Address, EmergencyStop, PoolStateUpdate

np = pytest.importorskip("numpy", reason="pip install 'torq-gen[columns]'")
pa = pytest.importorskip("pyarrow", reason="pip install 'torq-gen[columns]'")

CASE = Path(__file__).parents[3] / "cases/generator/every_type/expected/generated"
HEADER = {"source": 1, "sequence": 2, "timestamp": 3}


def state(number: int, reserve: int = 10 << 200) -> PoolStateUpdate:
    return PoolStateUpdate(Address(bytes([number]) * 20), number, reserve, 2, number)


def frame(message: Message, sequence: int) -> bytes:
    return message.to_frame(source=1, sequence=sequence, timestamp=sequence * 10)


STATES = [state(number) for number in range(5)]
STOPS = [EmergencyStop("all", bool(n % 2), "é" * n) for n in range(5)]
MIXED = b"".join(
    frame(message, number)
    for pair in zip(STATES, STOPS, strict=True)
    for number, message in [
        (pair[0].block_number + 1, pair[0]),
        (pair[0].block_number + 1, pair[1]),
    ]
)


@pytest.fixture(params=["native", "pure"])
def codec(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    if request.param == "pure":
        monkeypatch.setattr(gathering, "codec", None)
        monkeypatch.setattr(writing, "codec", None)
    elif _native.codec is None:
        pytest.skip(f"{_native.reason}; `python hatch_build.py` builds it")
    return str(request.param)


@pytest.fixture(scope="module")
def every_type() -> Iterator[Registry]:
    sys.path.insert(0, str(CASE / "python"))
    (name,) = (p.name for p in (CASE / "python").iterdir() if (p / "registry.py").is_file())
    try:
        yield importlib.import_module(f"{name}.registry").REGISTRY
    finally:
        sys.path.remove(str(CASE / "python"))


def golden(registry: Registry) -> dict[type[Message], list[bytes]]:
    """A frame for each golden vector of each message."""
    by_name = {m.__name__: m for m in registry.messages.values()}
    found: dict[type[Message], list[bytes]] = {}
    for file in sorted((CASE / "golden").glob("*.json")):
        for name, entry in json.loads(file.read_bytes())["messages"].items():
            kind = by_name[name]
            for version in entry["versions"].values():
                tlvs = [bytes.fromhex(vector["tlv"]) for vector in version["vectors"]]
                frames = [encode_frame(tlv, domain=kind.DOMAIN, **HEADER) for tlv in tlvs]
                found.setdefault(kind, []).extend(frames)
    return found


def test_every_type_goes_through_arrow_and_back(codec: str, every_type: Registry) -> None:
    vectors = golden(every_type)
    assert len(vectors) == len(every_type.messages)
    for kind, frames in vectors.items():
        stream = b"".join(frames)
        table = kind.read_columns(stream, into="arrow")
        table.validate(full=True)
        assert table.num_rows == len(frames)
        assert kind.write_columns(table) == stream, kind


def test_both_codecs_make_the_same_tables(
    every_type: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    stream = b"".join(frame for frames in golden(every_type).values() for frame in frames)
    native = every_type.read_columns(stream)
    monkeypatch.setattr(gathering, "codec", None)
    pure = every_type.read_columns(stream)
    for kind, table in native.items():
        assert table.schema == pure[kind].schema
        assert repr(table.to_pylist()) == repr(pure[kind].to_pylist()), kind  # NaN and -0.0, too


def test_fixed_messages_go_through_numpy_and_back(codec: str, every_type: Registry) -> None:
    fixed = {k: frames for k, frames in golden(every_type).items() if k.SIZE is not None}
    assert fixed
    for kind, frames in fixed.items():
        stream = b"".join(frames)
        array = kind.read_columns(stream)
        assert len(array) == len(frames)
        assert kind.write_columns(array) == stream, kind


def test_a_column_is_the_fields_values(codec: str) -> None:
    array = PoolStateUpdate.read_columns(MIXED)
    assert array["block_number"].tolist() == [0, 1, 2, 3, 4]
    assert array["_sequence"].tolist() == [1, 2, 3, 4, 5]
    assert array["_timestamp"].tolist() == [10, 20, 30, 40, 50]
    assert set(array["_source"].tolist()) == {1}
    assert integers_of(array["reserve0"]) == [10 << 200] * 5
    assert array["position"]["present"].tolist() == [False] * 5


def test_arrow_takes_what_varies_in_size(codec: str) -> None:
    table = EmergencyStop.read_columns(MIXED, into="arrow")
    assert table["reason"].to_pylist() == ["", "é", "éé", "ééé", "éééé"]
    assert table["stopped"].to_pylist() == [False, True, False, True, False]
    assert table.schema.metadata[b"torq.message"] == b"EmergencyStop"
    with pytest.raises(ColumnsError, match="EmergencyStop: expected a message of fixed size"):
        EmergencyStop.read_columns(MIXED)


@pytest.mark.parametrize("form", [bytes, bytearray, memoryview, "file", "gzip"])
def test_frames_come_from_buffers_and_files(codec: str, form: Any, tmp_path: Path) -> None:
    if isinstance(form, str):
        path = tmp_path / ("day.torq.gz" if form == "gzip" else "day.torq")
        path.write_bytes(gzip.compress(MIXED) if form == "gzip" else MIXED)
        source: Any = path
    else:
        source = form(MIXED)
    assert len(PoolStateUpdate.read_columns(source)) == 5


def test_an_older_version_gets_its_defaults(codec: str) -> None:
    now = STATES[0].to_tlv()
    size = 20 + 2 + 32 + 32 + 8
    then = now[:2] + b"\1\0" + size.to_bytes(4, "little") + now[8 : 8 + size]
    stream = encode_frame(then, domain=1, **HEADER)
    assert PoolStateUpdate.read_columns(stream)["fee_ppm"].tolist() == [3000]
    assert PoolStateUpdate.read_columns(stream, into="arrow")["fee_ppm"].to_pylist() == [3000]


@pytest.mark.parametrize("into", ["numpy", "arrow"])
def test_what_is_wrong_is_raised_with_its_place(codec: str, into: Any) -> None:
    broken = bytearray(MIXED)
    broken[300] ^= 1
    start = len(frame(STATES[0], 1))
    with pytest.raises(ChecksumMismatchError) as error:
        PoolStateUpdate.read_columns(broken, into=into)
    assert error.value.offset > start
    with pytest.raises(TruncatedError):
        PoolStateUpdate.read_columns(MIXED[:-1], into=into)
    assert len(PoolStateUpdate.read_columns(broken, into=into, strict=False)) == 4


@pytest.mark.parametrize("cut", [-4, 5], ids=["torn", "no gzip"])
def test_a_damaged_gzip_file_is_not_taken_for_a_whole_one(
    codec: str, cut: int, tmp_path: Path
) -> None:
    path = tmp_path / "day.torq.gz"
    member = gzip.compress(MIXED)
    path.write_bytes(member[:cut] if cut < 0 else member + b"xxxxx")
    with pytest.raises(TruncatedError, match="expected a whole gzip file, found damage: ") as error:
        PoolStateUpdate.read_columns(path)
    assert error.value.offset == len(MIXED)
    assert len(PoolStateUpdate.read_columns(path, strict=False)) == 5
    reader = Columns([PoolStateUpdate], strict=False)
    reader.read(path)
    assert reader.gathering.damage is not None
    assert reader.gathering.skipped_bytes == 0


def test_a_misspelt_word_is_refused() -> None:
    with pytest.raises(ColumnsError, match="into: expected 'numpy' or 'arrow', found 'pandas'"):
        PoolStateUpdate.read_columns(MIXED, into="pandas")  # type: ignore[arg-type]
    with pytest.raises(ColumnsError, match="wide: expected 'binary' or 'decimal', found 'text'"):
        PoolStateUpdate.read_columns(MIXED, into="arrow", wide="text")  # type: ignore[arg-type]


def test_an_array_of_arrays_is_refused() -> None:
    array = PoolStateUpdate.read_columns(MIXED)
    with pytest.raises(ColumnsError, match="expected an array of one dimension, found 2"):
        PoolStateUpdate.write_columns(array[:4].reshape(2, 2))
    with pytest.raises(ColumnsError, match="expected an array of one dimension, found 0"):
        PoolStateUpdate.write_columns(array[0])


def test_a_malformed_value_is_raised_with_its_place(codec: str) -> None:
    tlv = bytearray(STATES[0].to_tlv())
    tlv[8 + PoolStateUpdate.SIZE - 49] = 2  # type: ignore[operator]
    bad = encode_frame(bytes(tlv), domain=1, **HEADER)
    good = frame(STATES[1], 2)
    with pytest.raises(MalformedValueError, match="0 or 1 as presence, found 2") as error:
        PoolStateUpdate.read_columns(good + bad)
    assert error.value.offset == len(good) + 32 + 8 + PoolStateUpdate.SIZE - 49  # type: ignore[operator]
    assert len(PoolStateUpdate.read_columns(good + bad, strict=False)) == 1


def test_wide_integers_are_decimals_where_they_fit(codec: str) -> None:
    stream = frame(state(1, 10**76 - 1), 1)
    table = PoolStateUpdate.read_columns(stream, into="arrow", wide="decimal")
    assert table["reserve0"].to_pylist() == [Decimal(10**76 - 1)]
    assert PoolStateUpdate.write_columns(table) == stream
    stream += frame(state(2, 10**76), 2)
    with pytest.raises(
        ColumnsError, match=r"PoolStateUpdate\.reserve0: expected at most 76 digits"
    ):
        PoolStateUpdate.read_columns(stream, into="arrow", wide="decimal")


def test_decimals_of_a_column_are_exact() -> None:
    array = np.frombuffer((-5).to_bytes(16, "little", signed=True) + bytes(16), "V16")
    assert decimals_of(array, 2, signed=True) == [Decimal("-0.05"), Decimal("0.00")]
    assert integers_of(pa.array([b"\2" + bytes(31), None], pa.binary(32))) == [2, None]


def test_a_file_is_written_whole_or_not_at_all(codec: str, tmp_path: Path) -> None:
    path = tmp_path / "day.torq.gz"
    array = PoolStateUpdate.read_columns(MIXED)
    assert PoolStateUpdate.write_columns(array, path) == 5
    assert len(PoolStateUpdate.read_columns(path)) == 5
    wrong = array.copy()
    wrong["position"]["present"][3] = np.frombuffer(b"\2", "?")[0]
    raw = np.frombuffer(bytearray(wrong.tobytes()), wrong.dtype)
    raw["_source"][3] = 0
    before = path.read_bytes()
    with pytest.raises(ColumnsError, match="PoolStateUpdate, row 3: "):
        PoolStateUpdate.write_columns(raw, path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_columns_of_another_message_are_refused(codec: str) -> None:
    with pytest.raises(ColumnsError, match="EmergencyStop: expected the columns"):
        EmergencyStop.write_columns(PoolStateUpdate.read_columns(MIXED, into="arrow"))
    with pytest.raises(ColumnsError, match="PoolStateUpdate: expected "):
        PoolStateUpdate.write_columns(np.zeros(3))


def test_a_missing_library_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(name: str) -> Any:
        raise ImportError(name)

    monkeypatch.setattr(libraries, "import_module", absent)
    with pytest.raises(ColumnsError, match=r"expected numpy, found none: pip install"):
        PoolStateUpdate.read_columns(MIXED)
