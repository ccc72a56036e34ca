"""The recorded day keeps every promise, and its frames in another order do not."""

from __future__ import annotations

import asyncio
import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from mycelium.bus import Bus
from mycelium.monitors.watching import Mode, MonitorCounts, Monitors
from mycelium.protocol.stream import RawFrame
from mycelium.recording import read_recording
from mycelium.replay import replay
from mycelium.runner import Process
from mycelium.topology import Topology
from scripts.demo import SETTINGS
from torq_contracts.manifest import MANIFEST
from torq_contracts.messages import InstrumentMeta, RoutedSignal, V3PoolState
from torq_gen.cli import main

ROOT = Path(__file__).parents[3]


async def _run(path: Path) -> None:
    settings = {**SETTINGS, "recorder": {"path": str(path)}}
    async with Process(MANIFEST, Topology.of(MANIFEST, settings=settings)) as process:
        await process.finished()


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A day of Ethereum, recorded while all active services run."""
    path = tmp_path_factory.mktemp("day") / "day.frames"
    asyncio.run(_run(path))
    return path


def check(path: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, dict[str, Any]]:
    code = main(["-C", str(ROOT), "trace", "check", str(path), "--format", "json"])
    content: dict[str, Any] = json.loads(capsys.readouterr().out)
    return code, content


def first_of(message: type, frames: list[RawFrame]) -> int:
    return next(i for i, f in enumerate(frames) if f.data[32] == message.TYPE_ID)  # type: ignore[attr-defined]


def test_the_recorded_day_keeps_every_promise(
    day: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, content = check(day, capsys)
    summary = content["summary"]
    assert code == 0
    assert summary["frames"] > 10_000
    assert (summary["breaches"], summary["unknown"], content["undeclared"]) == (0, 0, [])
    idle = {p["promise"] for p in content["promises"] if not p["frames"]}
    assert idle == {"PoolStateUpdate-sequential-per-pool_address"}, "two pools of another kind"


def test_frames_that_changed_places_are_a_breach_with_both(
    day: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    frames = list(read_recording(day))
    meta, state = first_of(InstrumentMeta, frames), first_of(V3PoolState, frames)
    assert meta < state
    frames[meta], frames[state] = frames[state], frames[meta]
    path = tmp_path / "damaged.frames.gz"
    path.write_bytes(gzip.compress(b"".join(frame.data for frame in frames)))
    code, content = check(path, capsys)
    assert code == 1
    by_promise = {b["promise"]: b for b in content["breaches"]}
    shown = by_promise["meta-before-state"]
    assert [f["message"] for f in shown["frames"]] == ["V3PoolState", "InstrumentMeta"]
    assert shown["key"] == shown["frames"][1]["fields"]["token"]
    assert content["summary"]["unknown"] == 0


def test_a_frame_sent_again_under_a_new_sequence_is_a_breach(
    day: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    frames = list(read_recording(day))
    routed = [frame for frame in frames if frame.data[32] == RoutedSignal.TYPE_ID]
    (message,) = MANIFEST.registry.decode_frame(routed[0].data).messages
    last = routed[-1].header
    again = message.to_frame(
        source=last.source, sequence=last.sequence + 1, timestamp=last.timestamp + 1
    )
    path = tmp_path / "damaged.frames"
    path.write_bytes(day.read_bytes() + again)
    code, content = check(path, capsys)
    (breach,) = content["breaches"]
    assert code == 1
    assert breach["promise"] == "RoutedSignal-at-most-once-per-signal_id"
    assert [f["sequence"] for f in breach["frames"]] == [1, last.sequence + 1]
    assert breach["frames"][1]["offset"] == day.stat().st_size


def test_a_bus_that_enforces_every_promise_lets_the_day_pass(day: Path) -> None:
    monitors = Monitors(MANIFEST, Mode.ENFORCE)

    async def play() -> int:
        async with Bus(MANIFEST, monitors=monitors) as bus:
            report = await replay(bus, read_recording(day))
            assert bus.counts().total().refused == 0
            return report.delivered

    assert asyncio.run(play()) > 10_000
    assert set(monitors.counts().values()) == {MonitorCounts()}
