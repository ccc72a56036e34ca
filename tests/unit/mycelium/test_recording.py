from __future__ import annotations

import errno
import gzip
import io
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mycelium.errors import NotARecordingError, RecordingInUseError
from mycelium.protocol import ChecksumMismatchError, TooLargeError, encode_frame
from mycelium.recording import RecordingWriter, read_recording, unwritten

SUFFIXES = pytest.mark.parametrize("name", ["day.frames", "day.frames.gz"])


def frame(number: int, size: int = 8) -> bytes:
    payload = number.to_bytes(8, "little") * (size // 8)
    return encode_frame(payload, domain=1, source=1, sequence=number, timestamp=number)


def write(path: Path, numbers: range, **options: int) -> None:
    with RecordingWriter(path, **options) as writer:
        for number in numbers:
            writer.append(frame(number))


def numbers(path: Path) -> list[int]:
    return [raw.header.sequence for raw in read_recording(path)]


@SUFFIXES
def test_a_frame_that_no_reader_would_take_is_refused(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    with RecordingWriter(path) as writer:
        writer.append(frame(1))
        with pytest.raises(TooLargeError, match="at most 1048576 bytes, found"):
            writer.append(frame(2, 1 << 20))
        writer.append(frame(3))
    assert numbers(path) == [1, 3]


@SUFFIXES
def test_what_was_written_is_read_bit_for_bit(tmp_path: Path, name: str) -> None:
    write(tmp_path / name, range(5000), flush_bytes=1000)
    recording = read_recording(tmp_path / name)
    assert [raw.data for raw in recording] == [frame(n) for n in range(5000)]
    assert not recording.torn
    assert recording.skipped == ()
    assert recording.skipped_ranges == recording.skipped_bytes == 0


def test_a_plain_recording_is_nothing_but_frames(tmp_path: Path) -> None:
    write(tmp_path / "day.frames", range(3))
    assert (tmp_path / "day.frames").read_bytes() == b"".join(frame(n) for n in range(3))


@SUFFIXES
def test_an_existing_recording_is_appended_to(tmp_path: Path, name: str) -> None:
    for start in (0, 10, 20):
        write(tmp_path / name, range(start, start + 10))
    assert numbers(tmp_path / name) == list(range(30))


@pytest.mark.parametrize("cut", range(1, 40))
def test_a_torn_last_frame_is_reported_and_removed_before_appending(
    tmp_path: Path, cut: int
) -> None:
    path = tmp_path / "day.frames"
    write(path, range(3))
    os.truncate(path, path.stat().st_size - cut)
    recording = read_recording(path)
    assert [raw.header.sequence for raw in recording] == [0, 1]
    assert recording.torn
    assert recording.skipped_bytes == 40 - cut
    write(path, range(7, 9))
    assert path.read_bytes() == b"".join(frame(n) for n in (0, 1, 7, 8))


def test_every_cut_of_a_compressed_recording_can_be_appended_to(tmp_path: Path) -> None:
    whole = tmp_path / "whole.gz"
    write(whole, range(40), flush_bytes=400)
    data = whole.read_bytes()
    path = tmp_path / "day.gz"
    for size in range(1, len(data)):
        path.write_bytes(data[:size])
        before = numbers(path)
        assert before == list(range(len(before)))
        write(path, range(100, 101))
        mended = read_recording(path)
        assert [raw.header.sequence for raw in mended] == [*before, 100]
        assert not mended.torn
        assert mended.skipped_bytes == 0
        assert [p.name for p in tmp_path.iterdir()].count("day.gz.mending") == 0


@given(flip=st.integers(0, 399))
def test_a_damaged_frame_costs_itself_alone(
    flip: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("damage") / "day.frames"
    write(path, range(10))
    data = bytearray(path.read_bytes())
    data[flip] ^= 0x40
    path.write_bytes(data)
    assert numbers(path) == [n for n in range(10) if n != flip // 40]


def test_a_damaged_recording_is_not_appended_to(tmp_path: Path) -> None:
    path = tmp_path / "day.frames"
    write(path, range(3))
    data = bytearray(path.read_bytes())
    data[45] ^= 1
    path.write_bytes(data)
    with pytest.raises(NotARecordingError, match=r"day.frames: .* checksum mismatch at byte 68"):
        RecordingWriter(path)
    assert path.read_bytes() == data
    recording = read_recording(path)
    assert len(list(recording)) == 2
    assert isinstance(recording.skipped[0].error, ChecksumMismatchError)
    assert not recording.torn


@pytest.mark.parametrize("name", ["notes.txt", "notes.gz"])
def test_a_file_that_is_no_recording_is_left_alone(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    text = b"These are a person's notes and no frames at all.\n"
    path.write_bytes(text)
    with pytest.raises(NotARecordingError, match=name):
        RecordingWriter(path)
    assert path.read_bytes() == text


def test_a_short_foreign_file_is_left_alone_too(tmp_path: Path) -> None:
    path = tmp_path / "short.txt"
    path.write_bytes(b"notes")
    with pytest.raises(NotARecordingError, match=r"expected efbeadde, found 6e6f7465"):
        RecordingWriter(path)
    assert path.read_bytes() == b"notes"


def test_damage_inside_the_compression_is_told(tmp_path: Path) -> None:
    path = tmp_path / "day.gz"
    write(path, range(40), flush_bytes=400)
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0xFF
    path.write_bytes(data)
    recording = read_recording(path)
    found = [raw.header.sequence for raw in recording]
    assert found == list(range(len(found)))
    assert recording.torn
    assert recording.damage is not None
    with pytest.raises(NotARecordingError, match="found damage: Error -3"):
        RecordingWriter(path)


@SUFFIXES
def test_an_empty_file_is_an_empty_recording(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.touch()
    write(path, range(2))
    assert numbers(path) == [0, 1]


def test_frames_wait_until_there_are_enough_of_them(tmp_path: Path) -> None:
    path = tmp_path / "day.frames"
    writer = RecordingWriter(path, flush_bytes=100)
    writer.append(frame(0))
    writer.append(frame(1))
    assert numbers(path) == []
    writer.append(frame(2))
    assert numbers(path) == [0, 1, 2]
    writer.append(frame(3))
    writer.flush(sync=True)
    assert numbers(path) == [0, 1, 2, 3]
    assert writer.frames == 4
    writer.close()
    writer.close()
    with pytest.raises(ValueError, match=r"day.frames: expected an open recording"):
        writer.append(frame(4))


def test_a_frame_larger_than_the_limit_is_skipped(tmp_path: Path) -> None:
    path = tmp_path / "day.frames"
    with RecordingWriter(path) as writer:
        writer.append(frame(1, 800))
        writer.append(frame(2))
    recording = read_recording(path, max_frame=100)
    assert [raw.header.sequence for raw in recording] == [2]
    assert recording.skipped_bytes == 832


class FullDisk(io.BytesIO):
    """Takes ten bytes, then no more."""

    room = 10

    def write(self, data: object) -> int:
        taken = bytes(memoryview(data)[: self.room])  # type: ignore[arg-type]
        if not taken:
            raise OSError(errno.ENOSPC, "No space left on device")
        self.room -= len(taken)
        return super().write(taken)


def test_a_full_disk_keeps_what_waits_and_leaves_no_torn_frame(tmp_path: Path) -> None:
    path = tmp_path / "day.frames"
    writer = RecordingWriter(path)
    real, full = writer._file, FullDisk()
    writer.append(frame(1))
    writer._file = full
    with pytest.raises(OSError, match="No space left"):
        writer.flush()
    assert full.getvalue() == b""
    writer._file = real
    writer.close()
    assert numbers(path) == [1]


def test_gzip_members_are_plain_gzip(tmp_path: Path) -> None:
    path = tmp_path / "day.gz"
    write(path, range(100), flush_bytes=256)
    with gzip.open(path) as file:
        assert file.read() == b"".join(frame(n) for n in range(100))


@SUFFIXES
def test_what_is_appended_while_it_is_read_is_not_read(tmp_path: Path, name: str) -> None:
    """A service that records its own replay would else read for ever."""
    path = tmp_path / name
    write(path, range(10))
    reading = iter(read_recording(path))
    first = next(reading)
    write(path, range(10, 5000))
    assert [first.header.sequence, *(raw.header.sequence for raw in reading)] == list(range(10))
    assert len(numbers(path)) == 5000


@SUFFIXES
def test_two_writers_do_not_share_a_recording(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    with RecordingWriter(path) as writer:
        with pytest.raises(RecordingInUseError, match=f"{name}: expected to append to it alone"):
            RecordingWriter(path)
        writer.append(frame(1))
    write(path, range(2, 3))
    assert numbers(path) == [1, 2]


@SUFFIXES
def test_a_recording_that_is_held_is_not_written_to(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    write(path, range(3))
    os.truncate(path, path.stat().st_size - 1)
    before = path.read_bytes()
    with unwritten(path), unwritten(path), pytest.raises(RecordingInUseError):
        RecordingWriter(path)
    assert path.read_bytes() == before
    write(path, range(7, 8))
    assert numbers(path)[-1] == 7


def test_a_mended_compressed_recording_is_locked_too(tmp_path: Path) -> None:
    """Mending puts another file in the path's place, which needs a lock of its own."""
    path = tmp_path / "day.gz"
    write(path, range(40), flush_bytes=400)
    os.truncate(path, path.stat().st_size - 3)
    with RecordingWriter(path), pytest.raises(RecordingInUseError):
        RecordingWriter(path)


def test_a_pipe_is_refused_and_not_taken_for_an_empty_recording(tmp_path: Path) -> None:
    path = tmp_path / "day.frames"
    os.mkfifo(path)
    with path.open("r+b", buffering=0) as pipe:
        pipe.write(frame(1))
        with pytest.raises(OSError, match="is no regular file") as error:
            numbers(path)
    assert error.value.filename == str(path)
