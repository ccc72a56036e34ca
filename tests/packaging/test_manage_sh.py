"""manage.sh says clearly what it lacks; what it does on a fresh machine is tried by a person."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BASH = shutil.which("bash")
pytestmark = pytest.mark.skipif(BASH is None, reason="bash is not installed: install bash")


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A checkout of the scripts alone."""
    shutil.copytree(ROOT / "scripts", tmp_path / "clone/scripts")
    shutil.copy(ROOT / "pyproject.toml", tmp_path / "clone")
    return tmp_path / "clone"


def manage(clone: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [BASH or "bash", str(clone / "scripts/manage.sh"), *arguments]
    env = {"PATH": os.defpath, **environment}
    return subprocess.run(command, env=env, capture_output=True, text=True, timeout=60)


def fake_python(folder: Path, script: str) -> str:
    """A folder with a `python3` that is a shell script, and the few tools that manage.sh uses."""
    folder.mkdir()
    place = folder / "python3"
    place.write_text(f"#!/bin/sh\n{script}\n")
    place.chmod(0o755)
    for tool in ("dirname", "cat", "rm", "bash"):
        (folder / tool).symlink_to(shutil.which(tool) or tool)
    return str(folder)


@pytest.mark.parametrize("arguments", [[], ["help"], ["--help"]])
def test_help_names_every_command(clone: Path, arguments: list[str]) -> None:
    ran = manage(clone, *arguments)
    assert ran.returncode == 0
    commands = "demo test generate validate up down restart status logs help"
    assert all(f"\n  {name} " in ran.stdout for name in commands.split())
    assert not (clone / ".venv").exists()


def test_an_unknown_command_is_exit_2(clone: Path) -> None:
    ran = manage(clone, "dmeo")
    assert ran.returncode == 2
    assert ran.stderr == (
        "manage.sh: error: unknown command 'dmeo'\n  help: ./scripts/manage.sh help lists them\n"
    )


def test_without_a_recent_python_it_says_what_it_found(clone: Path, tmp_path: Path) -> None:
    old = 'case "$1" in --version) echo Python 3.9.2 ;; *) exit 1 ;; esac'
    ran = manage(clone, "generate", PATH=fake_python(tmp_path / "bin", old))
    assert ran.returncode == 2
    assert "expected Python 3.11 or later on PATH, found Python 3.9.2" in ran.stderr
    assert "PYTHON=/path/to/python" in ran.stderr


def test_a_python_that_was_named_and_is_not_there(clone: Path) -> None:
    ran = manage(clone, "generate", PYTHON="/no/such/python")
    assert ran.returncode == 2
    assert "PYTHON=/no/such/python: expected Python 3.11 or later, found none" in ran.stderr


def test_without_ensurepip_it_says_how_to_get_it(clone: Path, tmp_path: Path) -> None:
    bare = (
        'case "$*" in *ensurepip*) exit 1 ;; *version_info\\[1\\]*) echo python3.12-venv ;;'
        " *) exit 0 ;; esac"
    )
    ran = manage(clone, "generate", PATH=fake_python(tmp_path / "bin", bare))
    assert ran.returncode == 2
    assert "it lacks venv or ensurepip" in ran.stderr
    assert "apt-get install python3.12-venv" in ran.stderr
    assert not (clone / ".venv").exists()


def test_a_folder_named_venv_that_is_none_is_left_alone(clone: Path) -> None:
    (clone / ".venv").mkdir()
    (clone / ".venv/precious").write_text("mine")
    ran = manage(clone, "generate")
    assert ran.returncode == 2
    assert ".venv is there, but is no virtual environment" in ran.stderr
    assert (clone / ".venv/precious").read_text() == "mine"
