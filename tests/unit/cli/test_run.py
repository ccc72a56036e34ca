"""run and replay: services of a project in a process of their own, stopped without loss."""

from __future__ import annotations

import json
import os
import signal
import struct
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import mycelium
import torq_gen
from mycelium.protocol import encode_frame

if TYPE_CHECKING:
    from tests.unit.cli.conftest import Project

FEEDER = """\
from demo_contracts.messages import Quote
from demo_contracts.services import FeederBase


class Feeder(FeederBase):
    async def on_start(self):
        self.spawn(self.feed())

    async def feed(self):
        for number in range(5):
            await self.publish(Quote(venue=number, price=100))
"""
TAKER = """\
from pathlib import Path

from demo_contracts.services import TakerBase


class Taker(TakerBase):
    async def on_quote(self, message):
        if message.venue == 13:
            raise ValueError("unlucky")
        with Path("taken.txt").open("a") as file:
            file.write(f"{message.venue}\\n")
"""
TOPOLOGY = '[deployment]\nmode = "monolith"\nactors = ["*"]\n'


@pytest.fixture
def running(project: Project) -> Project:
    """The project with services that do something."""
    project.run("generate")
    project.write("services/feeder/service.py", FEEDER)
    project.write("services/taker/service.py", TAKER)
    project.write("config/dev.toml", TOPOLOGY)
    return project


def environment() -> dict[str, str]:
    """Finds the packages under test, and no `services` but the project's."""
    kept = {k: v for k, v in os.environ.items() if k.startswith("COVERAGE")}
    folders = (str(Path(package.__path__[0]).parent) for package in (torq_gen, mycelium))
    return {**kept, "PYTHONPATH": os.pathsep.join(folders), "PATH": os.defpath}


def call(project: Project, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "torq_gen", *arguments]
    return subprocess.run(
        command, cwd=project.root, env=environment(), capture_output=True, text=True, timeout=60
    )


def taken(project: Project) -> list[str]:
    return (project.root / "taken.txt").read_text().split()


def frames(project: Project, *venues: int) -> Path:
    parts = []
    for number, venue in enumerate(venues, 1):
        value = struct.pack("<Hq", venue, 5)
        tlv = struct.pack("<HBBI", 16, 1, 0, len(value)) + value
        parts.append(encode_frame(tlv, domain=1, source=1, sequence=number, timestamp=number))
    path = project.root / "frames.torq"
    path.write_bytes(b"".join(parts))
    return path


def test_run_until_finished_tells_what_was_published_and_handled(running: Project) -> None:
    ran = call(running, "run", "--until-finished", "--status", "status.json")
    assert (ran.returncode, ran.stdout) == (0, ""), ran.stderr
    assert "running: feeder, taker" in ran.stderr
    assert taken(running) == ["0", "1", "2", "3", "4"]
    status = json.loads((running.root / "status.json").read_text())
    assert status == {
        "state": "stopped",
        "services": {
            "feeder": {"state": "stopped", "published": 5, "handled": 0, "crashes": 0},
            "taker": {"state": "stopped", "published": 0, "handled": 5, "crashes": 0},
        },
    }


def test_run_from_another_folder_works_in_the_projects(running: Project) -> None:
    command = [sys.executable, "-m", "torq_gen", "-C", str(running.root), "run", "--until-finished"]
    subprocess.run(command, cwd="/", env=environment(), check=True, timeout=60)
    assert len(taken(running)) == 5


def test_a_signal_stops_it_cleanly(running: Project) -> None:
    status = running.root / "status.json"
    command = [sys.executable, "-m", "torq_gen", "run", "--topology", "config/dev.toml"]
    process = subprocess.Popen(
        [*command, "--status", str(status)],
        cwd=running.root,
        env=environment(),
        stderr=subprocess.DEVNULL,
    )
    _wait_for(lambda: status.exists() and "running" in status.read_text())
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=30) == 0
    assert json.loads(status.read_text())["state"] == "stopped"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["run", "takr"],
            "error: no active service 'takr' in the topology\n  help: did you mean 'taker'?",
        ),
        (["run", "--topology", "no.toml"], "error: no.toml: expected a TOML file, found:"),
        (["replay", "no.torq"], "error: no.torq: no such file or directory"),
    ],
)
def test_a_wrong_call_is_one_error(running: Project, arguments: list[str], message: str) -> None:
    ran = call(running, *arguments)
    assert ran.returncode == 2
    assert message in ran.stderr
    assert "Traceback" not in ran.stderr


def test_a_service_that_cannot_be_loaded_is_one_error(running: Project) -> None:
    running.write("services/taker/service.py", "import nothing_of_this_name\n")
    ran = call(running, "run")
    assert ran.returncode == 2
    assert "taker: services.taker.service:Taker: cannot be imported" in ran.stderr
    assert "Traceback" not in ran.stderr


def test_without_generated_code_it_says_what_to_run(project: Project) -> None:
    ran = call(project, "run")
    assert ran.returncode == 2
    assert "the generated package demo_contracts cannot be imported" in ran.stderr
    assert "run `torq-gen generate`" in ran.stderr


def test_replay_feeds_the_services_that_the_recording_does_not_speak_for(running: Project) -> None:
    frames(running, 7, 8)
    ran = call(running, "replay", "frames.torq")
    assert ran.returncode == 0, ran.stderr
    assert taken(running) == ["7", "8"]
    assert ran.stdout.splitlines() == [
        "frames.torq: 2 frames replayed",
        "  taker: 2 handled, 0 published, 0 crashes",
    ]


def test_replay_tells_of_failures_and_of_bytes_that_are_no_frame(running: Project) -> None:
    path = frames(running, 7, 13)
    path.write_bytes(b"noise" + path.read_bytes())
    ran = call(running, "replay", "frames.torq", "taker")
    assert ran.returncode == 1
    assert "  5 bytes skipped, which are no frame" in ran.stdout
    assert "  1 message refused, dropped or failed" in ran.stdout


def test_replay_leaves_out_frames_of_services_that_run(running: Project) -> None:
    frames(running, 7)
    ran = call(running, "replay", "frames.torq", "feeder", "taker")
    assert "  1 frame left out: their services run here" in ran.stdout
    assert taken(running) == ["0", "1", "2", "3", "4"]


def _wait_for(done: object, seconds: float = 30.0) -> None:
    assert callable(done)
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.01)
