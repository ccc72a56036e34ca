"""The recorded day through real processes: every topology finds the same, payload for payload."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple, TypeAlias

import msgspec
import pytest

from mycelium.protocol.message import Message
from mycelium.protocol.timestamp import Timestamp
from mycelium.recording import read_recording
from tests.ports import free_ports
from tests.system.running import settings
from tests.transports.nats_servers import nats_server
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
    "NATS": 'mode = "bundled"\ntransport = "nats"\n[nats]\nurl = "{nats}"\njetstream = false',
    "JetStream": 'mode = "bundled"\ntransport = "nats"\n[nats]\nurl = "{nats}"\nstream = "day"',
}
BY_NATS = ("NATS", "JetStream")
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
    """The day through every topology but those on NATS, side by side."""
    folder = tmp_path_factory.mktemp("days")
    return days_of(folder, {name: "" for name in DEPLOYMENTS if name not in BY_NATS})


@pytest.fixture(scope="module")
def nats_days(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Day]:
    """The day by way of real servers, one for each: they would hear each other."""
    folder = tmp_path_factory.mktemp("nats")
    with contextlib.ExitStack() as stack:
        urls = {}
        for name in BY_NATS:
            (folder / f"{name} server").mkdir()
            urls[name] = stack.enter_context(nats_server(folder / f"{name} server")).url
        return days_of(folder, urls)


def days_of(folder: Path, names: Mapping[str, str]) -> dict[str, Day]:
    """The named deployments, each with the URL of its NATS server."""
    with contextlib.ExitStack() as stack:
        running = {name: start(folder, name, nats) for name, nats in names.items()}
        for process in running.values():
            stack.callback(process.kill)
        return {name: ended(folder, name, process) for name, process in running.items()}


def start(folder: Path, name: str, nats: str) -> subprocess.Popen[str]:
    tables = settings(recorder={"path": str(folder / f"{name}.frames")})
    text = "[deployment]\n" + DEPLOYMENTS[name].format(port=free_ports(PROCESSES), nats=nats) + "\n"
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


def check_ending(name: str, day: Day) -> None:
    assert day.code == 0, day.said
    assert "Traceback" not in day.said
    counts = {message.__name__: len(found) for (_, message), found in day.streams.items()}
    print(f"{name}: {sum(counts.values())} frames, {counts['ArbitrageSignal']} signals")
    assert (counts["ArbitrageSignal"], counts["RoutedSignal"]) == (51, 51)
    assert sum(counts.values()) == 17_153


def check_alike(found: Streams, expected: Streams) -> None:
    """Per source and type: the same payloads in the same order, with the same sequences."""
    assert found.keys() == expected.keys()
    for key, stream in expected.items():
        assert found[key] == stream, key


@pytest.mark.parametrize("name", [name for name in DEPLOYMENTS if name not in BY_NATS])
def test_every_topology_ends_cleanly_with_the_whole_day(days: dict[str, Day], name: str) -> None:
    check_ending(name, days[name])


@pytest.mark.parametrize("name", ["bundled", "unix", "tcp"])
def test_every_topology_finds_what_one_process_finds(days: dict[str, Day], name: str) -> None:
    check_alike(days[name].streams, days["monolith"].streams)


@pytest.mark.parametrize("name", BY_NATS)
def test_so_does_a_nats_server(days: dict[str, Day], nats_days: dict[str, Day], name: str) -> None:
    check_ending(name, nats_days[name])
    check_alike(nats_days[name].streams, days["monolith"].streams)
