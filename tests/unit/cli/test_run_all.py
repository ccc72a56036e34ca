"""run --process and --all: a topology's processes, started together and stopped without loss."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from tests.unit.cli.test_run import FEEDER, TAKER, _wait_for, call, environment, taken

if TYPE_CHECKING:
    from tests.unit.cli.conftest import Project

TOPOLOGY = '[deployment]\nmode = "distributed"\nsockets = "run"\ndrain_secs = 5\n'
WAITS = """
        import asyncio
        await asyncio.Event().wait()
"""


@pytest.fixture
def apart(project: Project) -> Project:
    """The project with services that do something, each in a process of its own."""
    project.run("generate")
    project.write("services/feeder/service.py", FEEDER)
    project.write("services/taker/service.py", TAKER)
    project.write("config/apart.toml", TOPOLOGY)
    return project


def status(project: Project, process: str = "") -> dict[str, Any]:
    name = f"status.{process}.json" if process else "status.json"
    try:
        found: dict[str, Any] = json.loads((project.root / name).read_text())
    except FileNotFoundError:
        return {}
    return found


@contextlib.contextmanager
def everything(project: Project) -> Iterator[subprocess.Popen[bytes]]:
    """Runs all processes until the block is left; everybody serves, and the feed has been taken."""
    project.edit("services/feeder/service.py", "price=100))", f"price=100)){WAITS}")
    command = [sys.executable, "-m", "torq_gen", "run", "--all", "--topology", "config/apart.toml"]
    said = (project.root / "said.txt").open("wb")
    with (
        said,
        subprocess.Popen(
            [*command, "--status", "status.json"],
            cwd=project.root,
            env={**environment(), "TMPDIR": str(project.root)},  # a killed parent leaves a folder
            stderr=said,
        ) as process,
    ):
        try:
            _wait_for(lambda: status(project).get("state") == "running")
            _wait_for(lambda: (project.root / "taken.txt").exists() and len(taken(project)) == 5)
            yield process
        finally:
            process.terminate()
            process.wait(timeout=60)


def test_all_until_the_sources_have_finished(apart: Project) -> None:
    ran = call(
        apart,
        *("run", "--all", "--topology", "config/apart.toml"),
        *("--until-finished", "--status", "status.json"),
    )
    assert (ran.returncode, ran.stdout) == (0, ""), ran.stderr
    assert taken(apart) == ["0", "1", "2", "3", "4"]
    assert ran.stderr.startswith("topology: config/apart.toml\ntaker  | ")
    assert "taker  | " in ran.stderr
    assert "INFO torq_gen.run: running: taker, feeder\n" in ran.stderr
    assert status(apart)["processes"] == {
        "taker": {"state": "stopped", "pid": None, "restarts": 0},
        "feeder": {"state": "stopped", "pid": None, "restarts": 0},
    }
    assert status(apart, "taker")["services"]["taker"]["handled"] == 5


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_to_the_parent_stops_all_cleanly(apart: Project, number: signal.Signals) -> None:
    with everything(apart) as process:
        process.send_signal(number)
        assert process.wait(timeout=60) == 0
    assert [status(apart, name)["state"] for name in ("", "feeder", "taker")] == ["stopped"] * 3


def test_without_their_parent_processes_stop(apart: Project) -> None:
    with everything(apart) as process:
        process.kill()
        process.wait(timeout=60)
        for name in ("feeder", "taker"):
            _wait_for(lambda name=name: status(apart, name)["state"] == "stopped")


def test_a_process_that_is_killed_comes_back(apart: Project) -> None:
    with everything(apart) as process:
        first = status(apart, "taker")["pid"]
        os.kill(first, signal.SIGKILL)
        _wait_for(lambda: status(apart, "taker")["pid"] not in (None, first))
        _wait_for(lambda: status(apart, "taker")["state"] == "running")
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=60) == 0
    assert status(apart)["processes"]["taker"]["restarts"] == 1
    assert status(apart)["processes"]["feeder"]["restarts"] == 0


def test_a_publisher_whose_subscriber_does_not_come_asks_to_be_started_again(
    apart: Project,
) -> None:
    apart.write("config/apart.toml", f"{TOPOLOGY}start_secs = 0.1\n")
    ran = call(apart, "run", "--topology", "config/apart.toml", "--process", "feeder")
    assert ran.returncode == 75
    assert "within 0.1 s" in ran.stderr
    assert "taker" in ran.stderr
    assert "Traceback" not in ran.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            [],
            "error: the topology has 2 processes: feeder, taker\n"
            "  help: --process NAME runs one of them, --all every one of this machine\n",
        ),
        (["--process", "takr"], "error: no process 'takr'\n  help: did you mean 'taker'?\n"),
        (["--process", "x"], "error: no process 'x'\n  help: processes: feeder, taker\n"),
        (
            ["--process", "feeder", "taker"],
            "error: taker does not run in feeder, but in taker\n",
        ),
        (["--process", "feeder", "--all"], "not allowed with argument"),
    ],
)
def test_a_wrong_call_is_one_error(apart: Project, arguments: list[str], message: str) -> None:
    ran = call(apart, "run", "--topology", "config/apart.toml", *arguments)
    assert ran.returncode == 2
    assert message in ran.stderr
    assert "Traceback" not in ran.stderr


def test_processes_of_other_machines_are_left_to_them(apart: Project) -> None:
    elsewhere = 'host = "192.0.2.1"\ntcp = "192.0.2.1:7400"\n'  # TEST-NET-1: nobody has it
    apart.write(
        "config/apart.toml",
        f"{TOPOLOGY}insecure = true\n[processes.taker]\n{elsewhere}"
        f"[processes.feeder]\n{elsewhere.replace('7400', '7401')}",
    )
    ran = call(apart, "run", "--all", "--topology", "config/apart.toml")
    assert ran.returncode == 2
    assert "not here: feeder runs on 192.0.2.1\nnot here: taker runs on 192.0.2.1\n" in ran.stderr
    assert "no process of the topology runs on this machine; its hosts: 192.0.2.1" in ran.stderr


def test_a_topology_of_one_process_needs_no_parent(apart: Project) -> None:
    apart.write("config/dev.toml", '[deployment]\nmode = "monolith"\n')
    ran = call(apart, "run", "--all", "--until-finished")
    assert ran.returncode == 0
    assert " | " not in ran.stderr
