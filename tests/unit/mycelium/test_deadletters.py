from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mycelium.deadletters import DeadLetter, DeadLetterFile, FolderDeadLetters, MemoryDeadLetters
from mycelium.envelope import Envelope
from tests.unit.mycelium.helpers import REGISTRY, Tick


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
    folder = tmp_path / "new" / "letters"
    for _ in range(2):
        letters = FolderDeadLetters(folder)
        letters.add(letter(1))
        letters.add(letter(2, "relay"))
    assert list(DeadLetterFile(folder / "brain.jsonl")) == [letter(1)] * 2
    assert list(DeadLetterFile(folder / "relay.jsonl")) == [letter(2, "relay")] * 2


@given(cut=st.integers(1, 400))
def test_a_crash_while_writing_costs_the_torn_letters_alone(
    cut: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("letters")
    letters, path = FolderDeadLetters(folder), folder / "brain.jsonl"
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
