from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mycelium.bus import Bus
from mycelium.deadletters import (
    DeadLetter,
    DeadLetterFile,
    FolderDeadLetters,
    LetterBox,
    LettersInUseError,
    MemoryDeadLetters,
    boxes_of,
    folder,
)
from mycelium.envelope import Envelope
from mycelium.locking import lock
from mycelium.supervisor import Supervisor
from mycelium.worker import Worker
from tests.unit.mycelium.helpers import BRAIN, REGISTRY, Tick, asynchronous, manifest, recorder


def letter(number: int, service: str = "brain") -> DeadLetter:
    envelope = Envelope(Tick(number, number), 1, number, number)
    return DeadLetter.of(service, envelope, f"ValueError: {number}", 1000 + number)


def test_a_letter_has_the_frame_the_error_the_time_and_the_service() -> None:
    found = letter(5)
    assert (found.service, found.error, found.time) == ("brain", "ValueError: 5", 1005)
    frame = REGISTRY.decode_frame(bytes.fromhex(found.frame))
    assert (frame.message, frame.sequence) == (Tick(5, 5), 5)
    assert found.message == ""


def test_a_message_that_cannot_be_encoded_is_kept_as_text() -> None:
    found = DeadLetter.of("brain", Envelope(Tick(1, 1 << 64), 1, 1, 1), "ValueError: no", 1)
    assert found.frame == ""
    assert found.message == "Tick(key=1, value=18446744073709551616)"


def test_letters_are_appended_to_a_file_per_service(tmp_path: Path) -> None:
    place = tmp_path / "new" / "letters"
    for _ in range(2):
        letters = FolderDeadLetters(place)
        letters.add(letter(1))
        letters.add(letter(2, "relay"))
    assert list(DeadLetterFile(place / "brain.jsonl")) == [letter(1)] * 2
    assert list(DeadLetterFile(place / "relay.jsonl")) == [letter(2, "relay")] * 2


@pytest.mark.parametrize(
    "changes", [{"frame": "zz"}, {"frame": "abc"}, {"time": -1}, {"time": 10**21}, {"time": "now"}]
)
def test_a_line_that_cannot_be_shown_as_a_letter_is_none(
    tmp_path: Path, changes: dict[str, object]
) -> None:
    letters, path = FolderDeadLetters(tmp_path), tmp_path / "brain.jsonl"
    letters.add(letter(1))
    with path.open("ab") as file:
        file.write(msgspec.json.encode({**msgspec.structs.asdict(letter(2)), **changes}) + b"\n")
    letters.add(letter(3))
    read = DeadLetterFile(path)
    assert (list(read), read.torn) == ([letter(1), letter(3)], 1)


@given(cut=st.integers(1, 400))
def test_a_crash_while_writing_costs_the_torn_letters_alone(
    cut: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    place = tmp_path_factory.mktemp("letters")
    letters, path = FolderDeadLetters(place), place / "brain.jsonl"
    letters.add(letter(1))
    letters.add(letter(2))
    size = max(path.stat().st_size - cut, 0)
    with path.open("r+b") as file:
        file.truncate(size)
    before = list(DeadLetterFile(path))
    letters.add(letter(3))
    file_ = DeadLetterFile(path)
    assert list(file_) == [*before, letter(3)]
    whole = len(msgspec.json.encode(letter(1)))
    assert file_.torn == (0 if size in (0, whole, whole + 1, 2 * whole + 1) else 1)
    assert list(file_) == [*before, letter(3)]


def test_memory_keeps_the_last_ones() -> None:
    letters = MemoryDeadLetters(limit=2)
    for number in range(4):
        letters.add(letter(number))
    assert list(letters.letters) == [letter(2), letter(3)]
    assert (letters.kept, letters.expired) == (4, 2)


def test_long_errors_and_texts_are_cut() -> None:
    message = Tick("x" * 100_000)  # type: ignore[arg-type]
    found = DeadLetter.of("brain", Envelope(message, 1, 1, 1), "x" * 10_000, 1)
    assert (len(found.error), len(found.message)) == (4096, 65536)


def test_a_message_that_cannot_even_be_shown_makes_a_letter(tmp_path: Path) -> None:
    found = DeadLetter.of("brain", Envelope(Tick(10**5000), 1, 1, 1), "\udc80", 1)
    assert found.message.startswith("Tick, which cannot be shown: Exceeds the limit")
    FolderDeadLetters(tmp_path).add(found)
    assert LetterBox(tmp_path, "brain").letters()[0].letter.error == "\\udc80"


def sized(count: int) -> int:
    """A limit at which half of the room is taken by so many letters."""
    return 2 * count * (len(msgspec.json.encode(letter(1))) + 1)


def test_beyond_the_limit_the_oldest_are_dropped_and_counted(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    letters = FolderDeadLetters(tmp_path, limit=sized(2))
    for number in range(1, 6):
        letters.add(letter(number))
    assert [s.letter for s in LetterBox(tmp_path, "brain").letters()] == [
        letter(3),
        letter(4),
        letter(5),
    ]
    assert (letters.kept, letters.lost, letters.expired) == (5, 0, 2)
    assert "brain.jsonl is full: the 2 oldest dead letters are dropped" in caplog.text
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) <= sized(2)


def test_a_letter_larger_than_the_limit_is_kept_all_the_same(tmp_path: Path) -> None:
    letters = FolderDeadLetters(tmp_path, limit=10)
    letters.add(letter(1))
    letters.add(letter(2))
    assert [s.letter for s in LetterBox(tmp_path, "brain").letters()] == [letter(1), letter(2)]


@pytest.fixture
def full_after(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Has the disk take so many bytes more, then none."""

    def set_room(room: int) -> None:
        real = folder._write_some

        def write(file: Any, data: memoryview) -> int:
            nonlocal room
            if not room:
                raise OSError(errno.ENOSPC, "No space left on device")
            taken = min(room, len(data))
            room -= taken
            return real(file, data[:taken])

        monkeypatch.setattr(folder, "_write_some", write)

    return set_room


@pytest.mark.parametrize("room", [0, 1, 50])
def test_a_full_disk_takes_nothing_of_a_letter_and_spares_those_before(
    tmp_path: Path, room: int, full_after: Callable[[int], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    letters = FolderDeadLetters(tmp_path)
    letters.add(letter(1))
    with monkeypatch.context():
        full_after(room)
        with pytest.raises(OSError, match="No space left"):
            letters.add(letter(2))
    assert (letters.kept, letters.lost) == (1, 1)
    box = LetterBox(tmp_path, "brain")
    assert [s.letter for s in box.letters()] == [letter(1)]
    assert box.torn == 0


def test_a_name_never_leads_out_of_the_folder(tmp_path: Path) -> None:
    FolderDeadLetters(tmp_path / "in").add(letter(1, "../out"))
    assert [path.name for path in tmp_path.iterdir()] == ["in"]
    assert [box.service for box in boxes_of(tmp_path / "in")] == ["../out"]


def test_boxes_are_told_by_name_also_when_only_older_letters_are_left(tmp_path: Path) -> None:
    letters = FolderDeadLetters(tmp_path)
    for name in ("relay", "brain"):
        letters.add(letter(1, name))
    (tmp_path / "relay.jsonl").rename(tmp_path / "relay.jsonl.1")
    assert [box.service for box in boxes_of(tmp_path)] == ["brain", "relay"]
    assert boxes_of(tmp_path / "none") == []


def test_a_removed_letter_is_gone_and_the_others_stay(tmp_path: Path) -> None:
    letters = FolderDeadLetters(tmp_path, limit=sized(2))
    for number in range(1, 5):
        letters.add(letter(number))
    box = LetterBox(tmp_path, "brain")
    one, two, three, four = box.letters()
    with box.removing() as remove:
        remove(two)
        assert box.letters() == [one, three, four]
        remove(three)
    assert box.letters() == [one, four]
    assert (tmp_path / "brain.jsonl.done").read_bytes() == b""
    assert letter(2).frame.encode() not in (tmp_path / "brain.jsonl.1").read_bytes()


def test_files_without_a_letter_left_are_removed(tmp_path: Path) -> None:
    FolderDeadLetters(tmp_path).add(letter(1))
    box = LetterBox(tmp_path, "brain")
    with box.removing() as remove:
        remove(*box.letters())
    assert not (tmp_path / "brain.jsonl").exists()
    assert box.letters() == []


def test_what_was_removed_before_a_crash_does_not_come_back(tmp_path: Path) -> None:
    FolderDeadLetters(tmp_path).add(letter(1))
    box = LetterBox(tmp_path, "brain")
    (tmp_path / "brain.jsonl.done").write_text(box.letters()[0].id + "\n")
    assert box.letters() == []
    with box.removing():
        pass
    assert not (tmp_path / "brain.jsonl").exists()


def test_letters_that_come_while_others_are_removed_are_kept(tmp_path: Path) -> None:
    letters = FolderDeadLetters(tmp_path, limit=sized(2))
    for number in range(1, 3):
        letters.add(letter(number))
    box = LetterBox(tmp_path, "brain")
    with box.removing() as remove:
        remove(box.letters()[0])
        letters.add(letter(3))  # which makes a new file of the one that is being read
        letters.add(letter(4))
    assert [s.letter for s in box.letters()] == [letter(2), letter(3), letter(4)]


def test_only_one_may_remove_letters_of_a_service(tmp_path: Path) -> None:
    FolderDeadLetters(tmp_path).add(letter(1))
    box = LetterBox(tmp_path, "brain")
    with (
        box.removing(),
        pytest.raises(LettersInUseError, match="somebody else is removing"),
        LetterBox(tmp_path, "brain").removing(),
    ):
        pass


def test_a_letter_is_not_lost_in_silence_when_the_file_stays_locked(tmp_path: Path) -> None:
    letters = FolderDeadLetters(tmp_path)
    letters.add(letter(1))
    with (tmp_path / "brain.jsonl").open("rb") as file:
        assert lock(file)
        with pytest.raises(OSError, match="locked by another process"):
            letters.add(letter(2))
    assert letters.lost == 1
    letters.add(letter(3))
    assert letters.kept == 2


def test_processes_that_write_and_remove_at_once_lose_nothing(tmp_path: Path) -> None:
    """One appends while another removes every other letter, each in a thread of its own."""
    total = 300
    box = LetterBox(tmp_path, "brain")

    def append() -> None:
        letters = FolderDeadLetters(tmp_path)
        for number in range(total):
            letters.add(letter(number))

    writer = Thread(target=append)
    writer.start()
    removed: list[DeadLetter] = []
    while writer.is_alive() or not removed:
        with box.removing() as remove:
            for stored in box.letters():
                if stored.letter.time % 2:
                    remove(stored)
                    removed.append(stored.letter)
    writer.join()
    with box.removing() as remove:
        for stored in box.letters():
            if stored.letter.time % 2:
                remove(stored)
                removed.append(stored.letter)
    left = [stored.letter for stored in box.letters()]
    assert sorted([*left, *removed], key=lambda x: x.time) == [letter(n) for n in range(total)]
    assert all(found.time % 2 == 0 for found in left)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="Linux has a device that is full")
@asynchronous
async def test_a_service_goes_on_when_its_dead_letters_find_no_room() -> None:
    class Brain(recorder(BRAIN)):  # type: ignore[misc]
        async def keep(self, message: Tick, /) -> None:
            if message.value == 13:
                raise ValueError("unlucky")
            await super().keep(message)

    seen: list[Any] = []
    with TemporaryDirectory() as place:
        os.symlink("/dev/full", f"{place}/brain.jsonl")  # noqa: PTH211 - Path would be blocking
        letters = FolderDeadLetters(Path(place))
        bus = Bus(manifest(), dead_letters=letters)
        supervisor = Supervisor(bus, [Worker(bus, BRAIN, lambda: Brain({"seen": seen}), 10)])
        await supervisor.start()
        for sequence, value in enumerate((13, 1), 1):
            await bus.receive(Envelope(Tick(1, value), 1, sequence, sequence))
        await bus.idle()
        await supervisor.stop()
    assert [message for message, _ in seen] == [Tick(1, 1)]
    assert (letters.kept, letters.lost) == (0, 1)
    assert bus.counts().of("brain", "Tick").dead == 1
