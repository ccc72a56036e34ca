"""run and replay: services of a project in a process of their own, stopped without loss."""

from __future__ import annotations

import gzip
import json
import os
import signal
import struct
import subprocess
import sys
import time
from datetime import UTC, datetime
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
    assert isinstance(status.pop("pid"), int)
    assert datetime.fromisoformat(status.pop("time")).tzinfo is UTC
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


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_it_cleanly(running: Project, number: signal.Signals) -> None:
    status = running.root / "status.json"
    command = [sys.executable, "-m", "torq_gen", "run", "--topology", "config/dev.toml"]
    process = subprocess.Popen(
        [*command, "--status", str(status)],
        cwd=running.root,
        env=environment(),
        stderr=subprocess.DEVNULL,
    )
    _wait_for(lambda: status.exists() and "running" in status.read_text())
    process.send_signal(number)
    assert process.wait(timeout=30) == 0
    assert json.loads(status.read_text())["state"] == "stopped"


def test_one_that_is_stopped_before_it_was_ready_never_says_that_it_runs(
    running: Project,
) -> None:
    begins = "import asyncio\nfrom pathlib import Path\n" + FEEDER.replace(
        "self.spawn(self.feed())", 'Path("begun").touch()\n        await asyncio.Event().wait()'
    )
    running.write("services/feeder/service.py", begins)
    running.write("config/dev.toml", f"{TOPOLOGY}drain_secs = 0.1\n")
    process = subprocess.Popen(
        [sys.executable, "-m", "torq_gen", "run"],
        cwd=running.root,
        env=environment(),
        stderr=subprocess.PIPE,
        text=True,
    )
    _wait_for((running.root / "begun").exists)
    process.send_signal(signal.SIGTERM)
    _, said = process.communicate(timeout=30)
    assert process.returncode == 0, said
    assert "stopping: feeder, taker" in said
    assert "running: " not in said


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["run", "takr"],
            "error: no active service 'takr' in the topology\n  help: did you mean 'taker'?",
        ),
        (["run", "--topology", "no.toml"], "error: no.toml: expected a topology file, found none"),
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


def test_the_topology_that_is_usual_is_taken_and_said(running: Project) -> None:
    running.write("config/dev.toml", TOPOLOGY.replace('"*"', '"taker"'))
    usual = call(running, "run", "--until-finished")
    assert "topology: config/dev.toml\n" in usual.stderr
    assert "running: taker\n" in usual.stderr
    (running.root / "config/dev.toml").unlink()
    none = call(running, "run", "--until-finished")
    assert "topology: none: there is no config/dev.toml\n" in none.stderr
    assert "running: feeder, taker\n" in none.stderr


@pytest.mark.parametrize("status", ["no/such/status.json", "config"])
def test_a_status_that_cannot_be_written_is_noticed_before_anything_starts(
    running: Project, status: str
) -> None:
    ran = call(running, "run", "--until-finished", "--status", status)
    assert ran.returncode == 2
    assert f"{status}: expected a file that can be written, found: " in ran.stderr
    assert not (running.root / "taken.txt").exists()


def test_a_service_that_was_given_up_is_shown_as_failed(running: Project) -> None:
    running.edit("services/feeder/service.py", "range(5)", "[13]")
    running.edit(
        "system.yaml",
        "subscribes: [Quote]",
        "subscribes: [Quote]\n    restart: {strategy: systemd}",
    )
    assert running.run("generate").code == 0
    ran = call(running, "run", "--status", "status.json")
    assert ran.returncode == 75, ran.stderr
    status = json.loads((running.root / "status.json").read_text())
    assert status["state"] == "ended uncleanly"
    assert {n: s["state"] for n, s in status["services"].items()} == {
        "feeder": "stopped",
        "taker": "failed",
    }


def test_a_misnamed_service_class_gets_its_near_name(running: Project) -> None:
    running.edit("services/taker/service.py", "class Taker(", "class Takr(")
    ran = call(running, "run")
    assert ran.returncode == 2
    assert "expected a class Taker in the module services.taker.service" in ran.stderr
    assert "did you mean Takr?" in ran.stderr


# replay -----------------------------------------------------------------------------------------


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


def test_replay_tells_of_a_compressed_recording_that_ends_early(running: Project) -> None:
    whole = gzip.compress(frames(running, 1, 2).read_bytes())
    (running.root / "frames.torq.gz").write_bytes(whole[:-4])
    ran = call(running, "replay", "frames.torq.gz")
    assert ran.returncode == 1
    assert ran.stdout.splitlines()[0] == "frames.torq.gz: 2 frames replayed"
    assert "  the file ends early: the last gzip member is not whole" in ran.stdout.splitlines()


def test_replay_leaves_out_frames_of_services_that_run(running: Project) -> None:
    frames(running, 7)
    ran = call(running, "replay", "frames.torq", "feeder", "taker")
    assert "  1 frame left out: their services run here" in ran.stdout
    assert taken(running) == ["0", "1", "2", "3", "4"]


RECORDS = """\
from pathlib import Path

from demo_contracts.services import TakerBase
from mycelium.recording import RecordingWriter


class Taker(TakerBase):
    async def on_start(self):
        self._writer = RecordingWriter(Path("frames.torq"))

    async def on_stop(self):
        self._writer.close()

    async def on_quote(self, message):
        self._writer.append(self.envelope.to_frame())
"""


def test_a_recording_is_not_replayed_into_itself(running: Project) -> None:
    path = frames(running, 7, 8)
    before = path.read_bytes()
    running.write("services/taker/service.py", RECORDS)
    ran = call(running, "replay", "frames.torq")
    assert ran.returncode == 2
    assert ran.stderr.endswith(
        "torq-gen replay: error: taker could not start: frames.torq: expected to append to it "
        "alone, found it being written or replayed already\n"
        "  help: name the services that are to run: torq-gen replay FILE SERVICE ...\n"
    )
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"", "found an empty file"),
        (
            b"a person's notes, and none too short",
            "found bad magic at byte 0: expected efbeadde, found 61207065",
        ),
        (b"\xef\xbe\xad\xde\2", "found truncated at byte 0: expected 32 bytes, found 5"),
    ],
)
def test_a_file_without_a_frame_starts_nothing(
    running: Project, content: bytes, found: str
) -> None:
    (running.root / "frames.torq").write_bytes(content)
    ran = call(running, "replay", "frames.torq")
    assert ran.returncode == 2
    assert f"frames.torq: expected a recording with at least one whole frame, {found}" in ran.stderr
    assert not (running.root / "taken.txt").exists()


def test_without_names_no_live_source_runs(running: Project) -> None:
    """The recording holds what the taker says; the feeder is a source that must not begin."""
    path = frames(running, 7)
    data = bytearray(path.read_bytes())
    tlv = bytes(data[32:])
    path.write_bytes(encode_frame(tlv, domain=1, source=2, sequence=1, timestamp=1))
    ran = call(running, "replay", "frames.torq")
    assert ran.returncode == 2
    assert "no service is left to run" in ran.stderr
    assert "name those that are to run: feeder, taker" in ran.stderr


def test_without_a_file_only_the_file_is_missed(running: Project) -> None:
    ran = call(running, "replay")
    assert ran.returncode == 2
    assert "the following arguments are required: FILE\n" in ran.stderr


def _replaying(project: Project, handler: str) -> subprocess.Popen[str]:
    """A replay of many frames whose handler does something with each; the first was taken."""
    code = TAKER.replace(
        '        if message.venue == 13:\n            raise ValueError("unlucky")\n', ""
    )
    project.write("services/taker/service.py", f"import asyncio\n{code}        {handler}\n")
    frames(project, *range(20_000))
    with (project.root / "said.txt").open("w") as said:
        process = subprocess.Popen(
            [sys.executable, "-m", "torq_gen", "replay", "frames.torq"],
            cwd=project.root,
            env=environment(),
            stdout=subprocess.PIPE,
            stderr=said,
            text=True,
        )
    _wait_for(lambda: (project.root / "taken.txt").exists())
    return process


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)]
)
def test_a_signal_ends_a_replay_which_says_how_far_it_got(
    running: Project, number: signal.Signals, code: int
) -> None:
    with _replaying(running, "await asyncio.sleep(0.001)") as process:
        process.send_signal(number)
        out, _ = process.communicate(timeout=30)
    assert process.returncode == code
    first, second = out.splitlines()[:2]
    given = int(first.removeprefix("frames.torq: stopped after ").split()[0].replace(",", ""))
    assert first.endswith(" of 20,000 frames")
    assert 0 < given < 20_000
    assert len(taken(running)) >= given
    assert second.startswith(f"  taker: {len(taken(running)):,} handled")


def test_a_second_signal_ends_a_replay_at_once(running: Project) -> None:
    running.write("config/dev.toml", f"{TOPOLOGY}drain_secs = 1000\n")
    with _replaying(running, "await asyncio.Event().wait()") as process:
        process.send_signal(signal.SIGINT)
        _wait_for(lambda: "stopping: taker" in (running.root / "said.txt").read_text())
        process.send_signal(signal.SIGINT)
        process.wait(timeout=30)
    assert process.returncode == 130


def _wait_for(done: object, seconds: float = 30.0) -> None:
    assert callable(done)
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.01)
