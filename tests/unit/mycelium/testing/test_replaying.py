from __future__ import annotations

import gzip
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, ClassVar
from zlib import crc32

import pytest

from mycelium.manifest import ServiceSpec
from mycelium.protocol import Message
from mycelium.service import Service
from mycelium.testing import replay_service
from tests.unit.mycelium.helpers import (
    BRAIN,
    Echo,
    Meta,
    Pair,
    Signal,
    Tick,
    asynchronous,
    manifest,
)

BEGAN = 1_800_000_000 * 10**9


class Brain(Service):
    """Adds to each tick what its settings say."""

    SPEC: ClassVar[ServiceSpec] = BRAIN
    HANDLERS: ClassVar[Mapping[type[Message], str]] = {Tick: "on_tick", Meta: "on_tick"}

    async def on_tick(self, message: Pair) -> None:
        if message.value == 13:
            raise ValueError("thirteen")
        await self._publish(Signal(message.key, message.value + self.settings.get("add", 0)))


def frame(message: Pair, source: int, sequence: int, secs: int) -> bytes:
    return message.to_frame(source=source, sequence=sequence, timestamp=BEGAN + secs * 10**9)


DAY = [
    frame(Tick(1, 5), 1, 1, 0),
    frame(Signal(1, 6), 2, 1, 0),
    frame(Meta(2, 7), 1, 1, 60),
    frame(Signal(2, 8), 2, 2, 60),
    frame(Echo(9), 3, 1, 61),
]


@pytest.fixture
def recorded(tmp_path: Path) -> Any:
    def write(frames: Iterable[bytes] = DAY) -> Path:
        path = tmp_path / "day.torq"
        path.write_bytes(b"".join(frames))
        return path

    return write


@asynchronous
async def test_what_was_recorded_is_published_again(recorded: Any) -> None:
    replayed = await replay_service(Brain, recorded(), {"add": 1}, manifest=manifest())
    replayed.assert_same()
    assert (replayed.fed, replayed.unreadable) == (2, 0)
    assert [e.message for e in replayed.recorded] == [Signal(1, 6), Signal(2, 8)]


@asynchronous
async def test_the_time_is_the_recordings(recorded: Any) -> None:
    replayed = await replay_service(Brain, recorded(), {"add": 1})
    assert [e.timestamp for e in replayed.published] == [BEGAN, BEGAN + 60 * 10**9]


@asynchronous
async def test_the_first_difference_is_told_field_by_field(recorded: Any) -> None:
    replayed = await replay_service(Brain, recorded(), {"add": 2}, manifest=manifest())
    with pytest.raises(AssertionError) as refusal:
        replayed.assert_same()
    assert str(refusal.value) == (
        "message 1 is not what was recorded (2 recorded, 2 published now)\n"
        "  Signal, its sequence 1\n"
        "  value: recorded 6, now 7"
    )


@asynchronous
async def test_a_message_too_few_and_one_of_another_type_are_told(recorded: Any) -> None:
    replayed = await replay_service(Brain, recorded(DAY[:3]), {"add": 1})
    with pytest.raises(AssertionError) as refusal:
        replayed.assert_same()
    assert str(refusal.value) == (
        "message 2 is not what was recorded (1 recorded, 2 published now)\n"
        "  recorded: nothing\n"
        "  now:      Signal(key=2, value=8), its sequence 2"
    )


@asynchronous
async def test_what_cannot_be_decoded_is_counted(recorded: Any) -> None:
    broken = bytearray(DAY[0])
    broken[32 + 4] -= 1  # the length of the value
    path = recorded([*DAY[:1], _resealed(bytes(broken))])
    replayed = await replay_service(Brain, path)
    assert (replayed.fed, replayed.unreadable) == (1, 1)


@asynchronous
async def test_a_recording_that_is_not_whole_proves_nothing(recorded: Any, tmp_path: Path) -> None:
    replayed = await replay_service(Brain, recorded([b"no frame"]))
    with pytest.raises(AssertionError, match=r"found one with 8 bytes that are no frame$"):
        replayed.assert_same()
    torn = tmp_path / "day.torq.gz"
    torn.write_bytes(gzip.compress(b"".join(DAY))[:-4])
    replayed = await replay_service(Brain, torn, {"add": 1}, manifest=manifest())
    assert (replayed.fed, replayed.skipped_bytes) == (2, 0)
    with pytest.raises(AssertionError, match="ends early: the last gzip member is not whole"):
        replayed.assert_same()


@asynchronous
async def test_an_empty_recording_publishes_nothing(recorded: Any) -> None:
    replayed = await replay_service(Brain, recorded([]))
    replayed.assert_same()
    assert replayed.published == ()


@asynchronous
async def test_what_the_service_raises_is_raised_to_the_test(recorded: Any) -> None:
    with pytest.raises(ValueError, match="thirteen"):
        await replay_service(Brain, recorded([frame(Tick(1, 13), 1, 1, 0)]))


def _resealed(data: bytes) -> bytes:
    """The frame with the checksum that its bytes ask for."""
    return data[:28] + crc32(data[:28] + data[32:]).to_bytes(4, "little") + data[32:]
