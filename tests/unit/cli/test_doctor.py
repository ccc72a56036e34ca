"""doctor: which codec is in use and why, what is missing and how to get it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib.metadata import PackageNotFoundError
from typing import TYPE_CHECKING, Any

import pytest

from mycelium import _native
from torq_gen.cli._shared import examining

if TYPE_CHECKING:
    from tests.unit.cli.conftest import Project


def findings(project: Project) -> dict[str, dict[str, Any]]:
    ran = project.run("doctor", "--format", "json")
    assert ran.err == ""
    return {f["subject"]: f for f in json.loads(ran.out)["findings"]}


def doctor(**variables: str) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own, since a codec is chosen once."""
    path = os.pathsep.join(sys.path)
    return subprocess.run(
        [sys.executable, "-m", "torq_gen", "doctor"],
        env={**os.environ, "PYTHONPATH": path, "NO_COLOR": "1", **variables},
        capture_output=True,
        text=True,
        check=False,
    )


def test_it_says_which_codec_is_in_use_and_why(project: Project) -> None:
    found = findings(project)["codec"]
    if _native.codec is None:
        assert found["found"] == f"pure: {_native.reason}"
    else:
        assert found["found"] == f"native: {_native.reason} ({_native.codec.__file__})"
        assert "tables" in findings(project)["checksum"]["found"]


def test_the_pure_codec_is_no_fault() -> None:
    ran = doctor(MYCELIUM_CODEC="pure")
    assert ran.returncode == 0
    line = next(line for line in ran.stdout.splitlines() if line.startswith("codec"))
    assert line.split(maxsplit=1)[1] == "pure: MYCELIUM_CODEC=pure"


def test_a_codec_that_does_not_exist_is_a_fault() -> None:
    ran = doctor(MYCELIUM_CODEC="fast")
    assert (ran.returncode, ran.stderr) == (1, "")
    assert "MYCELIUM_CODEC: expected native or pure, found 'fast'" in ran.stdout


def test_other_commands_say_so_without_a_traceback() -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "torq_gen", "inspect", "efbeadde"],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "MYCELIUM_CODEC": "fast"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 2
    assert ran.stderr == (
        "torq-gen inspect: error: MYCELIUM_CODEC: expected native or pure, found 'fast'\n"
        "  help: torq-gen doctor says what there is\n"
    )


def test_missing_libraries_are_named_with_their_extra(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    def absent(name: str) -> str:
        raise PackageNotFoundError(name)

    monkeypatch.setattr(examining, "version", absent)
    found = findings(project)
    assert found["pyarrow"] == {
        "subject": "pyarrow",
        "found": "not installed",
        "there": False,
        "well": True,
        "help": "Arrow tables, torq-gen export: pip install 'torq-gen[columns]'",
    }


def test_a_project_without_generated_code_is_told_so(project: Project) -> None:
    found = findings(project)["messages"]
    assert found["help"] == "run `torq-gen generate`"
    assert not found["there"]
