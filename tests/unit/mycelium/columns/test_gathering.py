"""Frames are gathered many at once, and what comes between them changes nothing but itself."""

from __future__ import annotations

import gzip
from itertools import chain
from pathlib import Path
from random import Random
from typing import Any

import pytest

from mycelium import _native
from mycelium.columns import Columns, gathering
from mycelium.protocol import ChecksumMismatchError, Message, TruncatedError, encode_frame
from mycelium.protocol.accelerated import layout_of
from torq_contracts.messages import Address, EmergencyStop, PoolStateUpdate

np = pytest.importorskip("numpy", reason="pip install 'torq-gen[columns]'")
pytest.importorskip("pyarrow", reason="pip install 'torq-gen[columns]'")

needs_native = pytest.mark.skipif(
    _native.codec is None, reason=f"{_native.reason}; `python hatch_build.py` builds it"
)

FORMS = ("bytes", "bytearray", "file", "gzip")


def state(number: int) -> PoolStateUpdate:
    return PoolStateUpdate(Address(bytes([number % 256]) * 20), 7, number << 150, 2, number)


def frame(message: Message, number: int) -> bytes:
    return message.to_frame(source=1 + number % 9, sequence=number + 1, timestamp=number * 10)


def old(number: int) -> bytes:
    """A frame of the first version, whose fields end before the fee."""
    tlv = state(number).to_tlv()
    size = 20 + 2 + 32 + 32 + 8
    then = tlv[:2] + b"\1\0" + size.to_bytes(4, "little") + tlv[8 : 8 + size]
    return encode_frame(then, domain=1, source=2, sequence=number + 1, timestamp=number * 10)


def several(number: int) -> bytes:
    """A frame of two messages, and of something between them that nobody knows."""
    unknown = (65_100 | 1 << 16).to_bytes(4, "little") + (3).to_bytes(4, "little") + b"???"
    payload = state(number).to_tlv() + unknown + state(number + 1).to_tlv()
    return encode_frame(payload, domain=1, source=3, sequence=number + 1, timestamp=number * 10)


def any_of(random: Random, number: int) -> bytes:
    """Mostly what is gathered together, and now and then what is not."""
    match random.randrange(20):
        case 0:
            return old(number)
        case 1:
            return several(number)
        case 2:
            return frame(EmergencyStop("all", False, "é" * (number % 7)), number)
    return frame(state(number), number)


def tables(source: Any, **options: Any) -> dict[type[Message], Any]:
    return Columns([PoolStateUpdate, EmergencyStop], into="arrow", **options).read(source)


@needs_native
@pytest.mark.parametrize("count", [0, 1, 63, 64, 65, 129, 3000])
def test_both_codecs_gather_the_same_in_the_same_order(
    count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    random = Random(count)
    stream = b"".join(any_of(random, number) for number in range(count))
    array, found = PoolStateUpdate.read_columns(stream), tables(stream)
    monkeypatch.setattr(gathering, "codec", None)
    assert array.tobytes() == PoolStateUpdate.read_columns(stream).tobytes()
    for kind, table in tables(stream).items():
        assert found[kind].to_pylist() == table.to_pylist()


def source_of(stream: bytes | bytearray, form: str, folder: Path) -> Any:
    """The stream in one of `FORMS`."""
    match form:
        case "bytes":
            return bytes(stream)
        case "bytearray":
            return bytearray(stream)
    path = folder / ("day.torq.gz" if form == "gzip" else "day.torq")
    path.write_bytes(gzip.compress(stream, 1) if form == "gzip" else stream)
    return path


@needs_native
@pytest.mark.parametrize("form", FORMS)
def test_damage_among_many_frames_costs_its_own_frame(form: str, tmp_path: Path) -> None:
    frames = [frame(state(number), number) for number in range(5000)]
    broken = bytearray(b"".join(frames))
    at = len(frames[0]) * 2345 + 100
    broken[at] ^= 0x40
    source = source_of(broken, form, tmp_path)
    with pytest.raises(ChecksumMismatchError) as error:
        PoolStateUpdate.read_columns(source)
    assert error.value.offset == at - 100 + 28
    columns = Columns([PoolStateUpdate], strict=False)
    array = columns.read(source)[PoolStateUpdate]
    assert array["block_number"].tolist() == [n for n in range(5000) if n != 2345]
    assert columns.gathering.frames == 4999
    assert columns.gathering.skipped_bytes == len(frames[0])


@needs_native
def test_room_that_is_made_ahead_holds_what_comes() -> None:
    some = b"".join(frame(state(number), number) for number in range(1000))
    array = PoolStateUpdate.read_columns(some)
    many = PoolStateUpdate.read_columns(some * 40)
    assert many.tobytes() == array.tobytes() * 40
    table = PoolStateUpdate.read_columns(some * 40, into="arrow")
    assert table["block_number"].to_pylist() == array["block_number"].tolist() * 40
    assert PoolStateUpdate.write_columns(many) == some * 40


@needs_native
@pytest.mark.parametrize("form", FORMS)
def test_a_frame_larger_than_a_piece_is_gathered_whole(form: str, tmp_path: Path) -> None:
    stops = [EmergencyStop("all", True, "é" * size) for size in (1, 400_000, 2, 500_000, 3)]
    stream = b"".join(frame(stop, number) for number, stop in enumerate(stops))
    columns = Columns([EmergencyStop], into="arrow")
    table = columns.read(source_of(stream, form, tmp_path))[EmergencyStop]
    assert table["reason"].to_pylist() == [stop.reason for stop in stops]
    torn = source_of(stream[:-1], form, tmp_path)
    with pytest.raises(TruncatedError):
        EmergencyStop.read_columns(torn, into="arrow")
    assert len(EmergencyStop.read_columns(torn, into="arrow", strict=False)) == 4


@needs_native
@pytest.mark.parametrize("form", FORMS)
def test_batches_are_bounded_and_leave_nothing_out(form: str, tmp_path: Path) -> None:
    stream = b"".join(frame(state(number), number) for number in range(9000))
    columns = Columns([PoolStateUpdate])
    source = source_of(stream, form, tmp_path)
    batches = [batch[PoolStateUpdate] for batch in columns.batches(source, rows=3000)]
    assert len(batches) == 3
    found = chain.from_iterable(batch["block_number"].tolist() for batch in batches)
    assert list(found) == list(range(9000))


@pytest.mark.parametrize("native", [pytest.param(True, marks=needs_native), False])
def test_nothing_of_a_source_that_failed_is_found_in_the_next(
    native: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not native:
        monkeypatch.setattr(gathering, "codec", None)
    stream = b"".join(frame(state(number), number) for number in range(10))
    damaged = tmp_path / "day.torq.gz"
    damaged.write_bytes(gzip.compress(stream)[:-4])
    columns = Columns([PoolStateUpdate])
    for source in (stream[:-1], damaged):
        with pytest.raises(TruncatedError):
            columns.read(source)
        assert len(columns.read(stream)[PoolStateUpdate]) == 10
        assert columns.gathering.frames == 10
        assert columns.gathering.problem is None


@needs_native
def test_a_gatherer_that_failed_gives_no_part_of_a_message() -> None:
    memory = pytest.importorskip("_testcapi", reason="a Python that comes with its own tests")
    codec = _native.codec
    assert codec is not None
    layouts = {PoolStateUpdate.TYPE_ID: layout_of(PoolStateUpdate)}
    stream = b"".join(frame(state(number), number) for number in range(200))
    fates: set[str] = set()
    for nth in range(40):
        gatherer = codec.Gatherer(layouts, False)
        memory.set_nomemory(nth, nth + 1)
        try:
            gatherer.feed(stream, 0, 1 << 20, len(stream), 0)
        except MemoryError:
            fates.add("failed")
        finally:
            memory.remove_mem_hooks()
        try:
            count, sources, sequences, *_ = gatherer.take()[PoolStateUpdate.TYPE_ID]
        except RuntimeError as error:
            fates.add(str(error))
        else:
            assert (len(sources), len(sequences)) == (2 * count, 8 * count)
            fates.add(f"{count} gathered")
    assert fates >= {"failed", "expected a gatherer that has not failed before", "200 gathered"}


@needs_native
def test_a_message_of_another_domain_is_not_gathered() -> None:
    codec = _native.codec
    assert codec is not None
    gatherer = codec.Gatherer({PoolStateUpdate.TYPE_ID: layout_of(PoolStateUpdate)}, True)
    header = {"source": 1, "sequence": 1, "timestamp": 1}
    stray = encode_frame(state(1).to_tlv(), domain=PoolStateUpdate.DOMAIN + 1, **header)
    assert gatherer.feed(stray, 0, 1 << 20, len(stray), 0) == (0, 0)
    known = frame(state(1), 1)
    assert gatherer.feed(known + stray, 0, 1 << 20, 1 << 20, 0) == (len(known), 1)
    assert gatherer.take()[PoolStateUpdate.TYPE_ID][0] == 1


@needs_native
@pytest.mark.parametrize("place", [(-1, 9, 9, 0), (9, 9, 9, 0), (0, -1, 9, 0), (0, 9, -1, 0)])
def test_a_place_outside_the_data_is_refused(place: tuple[int, int, int, int]) -> None:
    assert _native.codec is not None
    gatherer = _native.codec.Gatherer({}, True)
    with pytest.raises(ValueError, match="expected a place in the data"):
        gatherer.feed(bytes(8), *place)
