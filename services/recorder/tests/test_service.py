"""What is recorded is what was published, bit for bit."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from mycelium.bus import Bus
from mycelium.errors import NotARecordingError
from mycelium.protocol.timestamp import Timestamp
from mycelium.recording import read_recording
from mycelium.supervisor import Supervisor
from mycelium.testing import run_service
from mycelium.worker import Worker
from services.recorder.service import Recorder, SettingsError
from torq_contracts.manifest import MANIFEST
from torq_contracts.messages import BlockUpdate, MalformedLog


def block(number: int) -> BlockUpdate:
    return BlockUpdate(
        chain_id=1, number=number, time=Timestamp(1), base_fee=None, gas_used=None, gas_limit=None
    )


def frames(path: Path) -> list[bytes]:
    return [bytes(frame.data) for frame in read_recording(path)]


async def test_frames_are_written_as_they_were_published(tmp_path: Path) -> None:
    path = tmp_path / "day.frames"
    seen: list[bytes] = []
    report = MalformedLog(feed="f", place="p", block_number=None, log_index=None, reason="r")
    async with run_service(Recorder, {"path": str(path)}) as service:
        service.bus.tap(seen.append)
        await service.send(block(1), report, block(2))
    assert len(seen) == 3
    assert frames(path) == seen


async def test_a_recording_goes_on_after_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "day.frames"
    for number in (1, 2):
        async with run_service(Recorder, {"path": str(path)}) as service:
            await service.send(block(number))
    assert len(frames(path)) == 2


@pytest.mark.parametrize(("old", "expected"), [(0, 1), (1, 1)])
def test_retained_values_open_a_new_recording_only(tmp_path: Path, old: int, expected: int) -> None:
    """What is retained came before; a recording with frames has it or went without it."""
    path = tmp_path / "day.frames"
    for number in range(old):
        path.write_bytes(block(number).to_frame(source=1, sequence=1, timestamp=1))

    async def scenario() -> None:
        bus = Bus(MANIFEST)
        await bus.publisher(BlockUpdate, service="polygon_adapter").publish(block(5))
        settings = {"path": str(path)}
        worker = Worker(bus, Recorder.SPEC, lambda: Recorder(settings), 16)
        supervisor = Supervisor(bus, [worker])
        await supervisor.start()
        await supervisor.stop()

    asyncio.run(scenario())
    assert len(frames(path)) == expected


async def test_a_file_of_something_else_is_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("not frames", "utf-8")
    with pytest.raises(NotARecordingError):
        async with run_service(Recorder, {"path": str(path)}):
            pass
    assert path.read_text("utf-8") == "not frames"


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({}, r"recorder\.path: expected a file's path, found None"),
        ({"path": ""}, r"recorder\.path: expected a file's path, found ''"),
        ({"file": "x"}, r"recorder\.file: expected path, found 'x'"),
    ],
)
async def test_a_wrong_setting_is_named(settings: dict[str, object], message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        async with run_service(Recorder, settings):
            pass


def test_everything_that_is_published_today_is_recorded() -> None:
    """A message that an active service begins to publish has to be subscribed here, too."""
    published = {m for s in MANIFEST.services if s.active for m in s.publishes}
    recorded = {s.message for s in Recorder.SPEC.subscribes}
    assert published == recorded
