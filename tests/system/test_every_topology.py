"""The recorded day through real processes: every topology finds the same, payload for payload."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import defaultdict
from pathlib import Path
from typing import NamedTuple, TypeAlias

import msgspec
import pytest

from mycelium.protocol.message import Message
from mycelium.protocol.timestamp import Timestamp
from mycelium.recording import read_recording
from tests.ports import free_ports
from tests.system.running import settings
from torq_contracts.messages import RoutedSignal
from torq_contracts.registry import REGISTRY

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
DEADLINE_SECS = 120
DEPLOYMENTS = {
    "monolith": 'mode = "monolith"',
    "bundled": 'mode = "bundled"\nsockets = "bundled"',
    "unix": 'mode = "distributed"\nsockets = "unix"',
    "tcp": 'mode = "distributed"\ntransport = "tcp"\ninsecure = true\ntcp = "127.0.0.1:{port}"',
}
PROCESSES = 4

Streams: TypeAlias = dict[tuple[int, type[Message]], list[tuple[int, Message]]]
"""By source and message what was recorded, in order, with its sequence."""


class Day(NamedTuple):
    """What became of one run."""

    code: int
    said: str
    streams: Streams


@pytest.fixture(scope="module")
def days(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Day]:
    """The day through every topology, side by side."""
    folder = tmp_path_factory.mktemp("days")
    running = {name: start(folder, name) for name in DEPLOYMENTS}
    try:
        return {name: ended(folder, name, process) for name, process in running.items()}
    finally:
        for process in running.values():
            process.kill()


def start(folder: Path, name: str) -> subprocess.Popen[str]:
    tables = settings(recorder={"path": str(folder / f"{name}.frames")})
    text = "[deployment]\n" + DEPLOYMENTS[name].format(port=free_ports(PROCESSES)) + "\n"
    for service, table in tables.items():
        text += f"[services.{service}]\n"
        text += "".join(
            f"{key} = {msgspec.json.encode(value).decode()}\n" for key, value in table.items()
        )
    topology = folder / f"{name}.toml"
    topology.write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "torq_gen", "-C", str(ROOT), "run", "--until-finished"]
    return subprocess.Popen(
        [*command, "--all", "--topology", str(topology)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(["generator", "runtime"])},
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def ended(folder: Path, name: str, process: subprocess.Popen[str]) -> Day:
    said, _ = process.communicate(timeout=DEADLINE_SECS)
    streams: Streams = defaultdict(list)
    recording = read_recording(folder / f"{name}.frames")
    for raw in recording:
        frame = REGISTRY.decode_frame(raw.data)
        message = frame.message
        if isinstance(message, RoutedSignal):  # when the signal was found is another time each day
            message = msgspec.structs.replace(message, detected_at=Timestamp(0))
        streams[frame.header.source, type(message)].append((frame.header.sequence, message))
    assert recording.skipped_bytes == 0
    return Day(process.returncode, said, dict(streams))


@pytest.mark.parametrize("name", DEPLOYMENTS)
def test_every_topology_ends_cleanly_with_the_whole_day(days: dict[str, Day], name: str) -> None:
    day = days[name]
    assert day.code == 0, day.said
    assert "Traceback" not in day.said
    counts = {message.__name__: len(found) for (_, message), found in day.streams.items()}
    print(f"{name}: {sum(counts.values())} frames, {counts['ArbitrageSignal']} signals")
    assert (counts["ArbitrageSignal"], counts["RoutedSignal"]) == (51, 51)
    assert sum(counts.values()) == 17_153


@pytest.mark.parametrize("name", [name for name in DEPLOYMENTS if name != "monolith"])
def test_every_topology_finds_what_one_process_finds(days: dict[str, Day], name: str) -> None:
    """Per source and type: the same payloads in the same order, with the same sequences."""
    expected, found = days["monolith"].streams, days[name].streams
    assert found.keys() == expected.keys()
    for key, stream in expected.items():
        assert found[key] == stream, key
