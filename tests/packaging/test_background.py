"""up, down, restart, status and logs do what their names say, to our own process only."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import mycelium
import torq_gen

SCRIPT = Path(__file__).parents[2] / "scripts" / "background.py"
SYSTEM = """\
system: {name: demo, package: demo_contracts, schemas: [schemas/*.yaml]}
domains: {Market: {id: 1, types: [1, 19]}}
services:
  feeder: {id: 1, publishes: [Quote], subscribes: []}
  taker: {id: 2, publishes: [], subscribes: [Quote]}
"""
SCHEMA = "domain: Market\nmessages:\n  Quote: {type: 16, fields: [{venue: u16}]}\n"
TOPOLOGY = '[deployment]\nmode = "monolith"\nactors = ["*"]\n'
CRASHES = "raise RuntimeError('no such luck')\n"


def environment() -> dict[str, str]:
    """Finds the packages under test, and no `services` but the project's."""
    kept = {k: v for k, v in os.environ.items() if k.startswith("COVERAGE")}
    folders = (str(Path(package.__path__[0]).parent) for package in (torq_gen, mycelium))
    return {**kept, "PYTHONPATH": os.pathsep.join(folders), "PATH": os.defpath}


def background(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(SCRIPT), *arguments]
    return subprocess.run(
        command, cwd=root, env=environment(), capture_output=True, text=True, timeout=120
    )


@pytest.fixture
def root(tmp_path: Path) -> Iterator[Path]:
    """A project that can run; whatever was started is stopped at the end."""
    (tmp_path / "schemas").mkdir()
    (tmp_path / "config").mkdir()
    (tmp_path / "system.yaml").write_text(SYSTEM)
    (tmp_path / "schemas/market.yaml").write_text(SCHEMA)
    (tmp_path / "config/dev.toml").write_text(TOPOLOGY)
    command = [sys.executable, "-m", "torq_gen", "generate"]
    subprocess.run(command, cwd=tmp_path, env=environment(), check=True, capture_output=True)
    yield tmp_path
    background(tmp_path, "down")


def pid_of(root: Path) -> int:
    return int((root / ".torq/dev/run.pid").read_text())


def test_up_status_restart_logs_down(root: Path) -> None:
    up = background(root, "up")
    assert up.returncode == 0, up.stderr
    first = pid_of(root)
    assert up.stdout.startswith(f"starting config/dev.toml (process {first})\n")
    assert "  taker   running   0 published, 0 handled, 0 crashes\n" in up.stdout

    again = background(root, "up")
    assert (again.returncode, again.stdout) == (0, f"already running (process {first})\n")

    status = background(root, "status")
    assert status.returncode == 0
    assert status.stdout.startswith(f"running (process {first})")

    restart = background(root, "restart")
    assert restart.returncode == 0
    assert "stopped cleanly after" in restart.stdout
    assert pid_of(root) != first

    down = background(root, "down")
    assert down.returncode == 0
    assert "stopped cleanly after" in down.stdout
    assert background(root, "down").stdout == "not running\n"
    assert (root / ".torq/dev/run.log.1").exists()
    logs = background(root, "logs")
    assert logs.returncode == 0
    assert "stopped: feeder, taker" in logs.stdout


def test_a_topology_of_several_processes(root: Path) -> None:
    text = '[deployment]\nmode = "distributed"\nsockets = "../.torq/apart"\n'
    (root / "config/apart.toml").write_text(text)
    up = background(root, "up", "apart")
    try:
        assert up.returncode == 0, up.stderr
        assert up.stdout.startswith("starting config/apart.toml (process ")
        lines = up.stdout.splitlines()
        assert lines[1].startswith("running (process ")
        assert lines[2].startswith("  taker: running (process ")
        assert lines[3] == "    taker  running   0 published, 0 handled, 0 crashes"
        assert lines[4].startswith("  feeder: running (process ")
        assert background(root, "status").stdout == "not running\n"  # dev, which is another one
    finally:
        down = background(root, "down", "apart")
    assert down.returncode == 0, down.stderr
    assert "stopped cleanly after" in down.stdout
    assert "taker  | " in background(root, "logs", "apart").stdout


def test_a_topology_that_does_not_exist_is_said(root: Path) -> None:
    ran = background(root, "up", "prod")
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr == "manage.sh: error: no topology 'prod' in config/: dev\n"


def test_before_anything_ran(root: Path) -> None:
    assert background(root, "status").returncode == 1
    assert background(root, "status").stdout == "not running\n"
    assert background(root, "down").stdout == "not running\n"
    assert background(root, "logs").stdout == "no log yet: ./scripts/manage.sh up writes it\n"


def test_a_process_id_that_belongs_to_somebody_else_is_left_alone(root: Path) -> None:
    with subprocess.Popen(["sleep", "60"]) as stranger:
        try:
            (root / ".torq/dev").mkdir(parents=True)
            (root / ".torq/dev/run.pid").write_text(f"{stranger.pid}\n")
            assert background(root, "status").returncode == 1
            assert background(root, "down").stdout == "not running\n"
            assert background(root, "up").returncode == 0
            assert pid_of(root) != stranger.pid
            assert background(root, "down").returncode == 0
            assert stranger.poll() is None
        finally:
            stranger.kill()


def test_a_process_that_was_killed_is_seen_and_up_works_again(root: Path) -> None:
    background(root, "up")
    os.kill(pid_of(root), 9)
    assert any(background(root, "status").returncode for _ in range(100))
    said = background(root, "status").stdout
    assert said.startswith("not running; it ended uncleanly; its last word was 'running' at 20")
    assert background(root, "up").returncode == 0


def test_without_its_pid_file_it_still_is_the_only_copy(root: Path) -> None:
    background(root, "up")
    first = pid_of(root)
    (root / ".torq/dev/run.pid").unlink()
    again = background(root, "up")
    assert (again.returncode, again.stdout) == (0, f"already running (process {first})\n")
    assert background(root, "status").stdout.startswith(f"running (process {first})")
    down = background(root, "down")
    assert down.stdout.startswith(f"stopping (process {first})\nstopped cleanly")


def test_a_status_of_another_process_is_not_taken_for_this_one(root: Path) -> None:
    background(root, "up")
    pid = pid_of(root)
    os.kill(pid, signal.SIGSTOP)
    try:
        path = root / ".torq/dev/status.json"
        status = json.loads(path.read_text())
        path.write_text(json.dumps({**status, "pid": pid + 1}))
        assert f"  not of this process, but of {pid + 1}: " in background(root, "status").stdout
        path.write_text(json.dumps({**status, "time": "2024-01-05T00:00:00+00:00"}))
        assert "  old: nothing was said for " in background(root, "status").stdout
    finally:
        os.kill(pid, signal.SIGCONT)


def test_a_reader_that_goes_away_is_no_traceback(root: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    ran = subprocess.run(
        [sys.executable, str(SCRIPT), "status"],
        cwd=root,
        env=environment(),
        stdout=writing,
        stderr=subprocess.PIPE,
        timeout=60,
    )
    os.close(writing)
    assert (ran.returncode, ran.stderr) == (141, b"")


def test_a_service_that_was_given_up_is_named(root: Path) -> None:
    path = root / "services/taker/service.py"
    path.write_text(
        path.read_text() + "\n    async def on_start(self):\n        raise OSError('no')\n"
    )
    system = root / "system.yaml"
    system.write_text(
        SYSTEM.replace("subscribes: [Quote]}", "subscribes: [Quote], restart: {strategy: systemd}}")
    )
    command = [sys.executable, "-m", "torq_gen", "generate"]
    subprocess.run(command, cwd=root, env=environment(), check=True, capture_output=True)
    assert background(root, "up").returncode == 1
    said = background(root, "status").stdout
    assert said == "not running; it ended uncleanly: taker failed\n"


def test_services_that_cannot_start_are_told_with_the_reason(root: Path) -> None:
    (root / "services/taker/service.py").write_text(CRASHES)
    up = background(root, "up")
    assert up.returncode == 1
    assert "ended with exit code 2 while starting" in up.stderr
    assert "no such luck" in up.stderr
    assert background(root, "status").returncode == 1
