"""What other repositories use, action.yml and the pre-commit hooks, calls commands that exist."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from torq_gen.cli import main as torq_gen
from torq_gen.cli.commands import COMMANDS

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/linter.md").read_text(encoding="utf-8")
ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
HOOKS: list[dict[str, Any]] = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
STEPS: list[dict[str, Any]] = ACTION["runs"]["steps"]
MANAGE = (ROOT / "scripts/manage.sh").read_text(encoding="utf-8")
BASH = shutil.which("bash")


@pytest.mark.parametrize("hook", HOOKS, ids=lambda hook: str(hook["id"]))
def test_a_hook_runs_a_command_of_the_package(hook: dict[str, Any]) -> None:
    scripts = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["scripts"]
    program, *arguments = hook["entry"].split()
    assert program in scripts
    assert program != "torq-gen" or arguments[0] in COMMANDS
    assert (hook["language"], hook["pass_filenames"]) == ("python", False)
    assert hook["name"]
    assert hook["description"]
    assert f"id: {hook['id']}" in PAGE


def test_the_hooks_ids_are_unique() -> None:
    assert len({hook["id"] for hook in HOOKS}) == len(HOOKS)


def test_this_repository_checks_itself() -> None:
    config = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())
    entries = [hook["entry"] for repo in config["repos"] for hook in repo["hooks"]]
    for command in ("fmt", "check"):
        assert any(entry.startswith(f".venv/bin/torq-gen {command}") for entry in entries)
        assert f'step "torq-gen {command}"' in MANAGE


@pytest.mark.parametrize("project", [".", "examples/ping_pong", "benchmarks"])
def test_the_specs_of_this_repository_are_canonical(project: str) -> None:
    assert torq_gen(["-C", str(ROOT / project), "fmt", "--check"]) == 0
    assert project in re.search(r"for project in (.*);", MANAGE)[1].split()  # type: ignore[index]


def test_every_input_of_the_action_is_described_used_and_documented() -> None:
    inputs = ACTION["inputs"]
    text = yaml.safe_dump(ACTION["runs"], width=1000)
    for name, about in inputs.items():
        assert about["description"], name
        assert isinstance(about["default"], str), name
        assert f"inputs.{name} " in text, name
        assert f"| `{name}` |" in PAGE, name
    used = set(re.findall(r"inputs\.([a-z-]+)", text))
    assert used == set(inputs)


def test_the_action_is_a_composite_of_whole_steps() -> None:
    assert ACTION["runs"]["using"] == "composite"
    for step in STEPS:
        assert ("run" in step) != ("uses" in step)
        if "run" in step:
            assert step["shell"] == "bash"
            assert "${{" not in step["run"], "an input in a script could be a command"
        else:
            assert re.fullmatch(r"[\w-]+/[\w/-]+@v\d+", step["uses"])


@pytest.fixture
def runner(tmp_path: Path) -> dict[str, str]:
    """The environment of a step, with programs that only note how they were called."""
    log = tmp_path / "log"
    for program in ("torq-gen", "python"):
        place = tmp_path / "bin" / program
        place.parent.mkdir(exist_ok=True)
        place.write_text(f'#!/bin/sh\necho {program} "$@" >> {log}\n[ "$1" != fail ]\n')
        place.chmod(0o755)
    return {
        "PATH": f"{tmp_path / 'bin'}{os.pathsep}{os.defpath}",
        "RUNNER_TEMP": str(tmp_path),
        "GITHUB_PATH": str(tmp_path / "path"),
        "GITHUB_ACTION_PATH": "/action",
        "LOG": str(log),
    }


def step(name: str, environment: dict[str, str]) -> tuple[int, list[str]]:
    """Run a step's script as the runner would; its exit code, and what it called."""
    (script,) = (s["run"] for s in STEPS if s.get("name") == name)
    command = [BASH or "bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script]
    code = subprocess.run(command, env=environment, check=False).returncode
    return code, Path(environment["LOG"]).read_text().splitlines()


@pytest.mark.skipif(BASH is None, reason="bash is not installed: install bash")
@pytest.mark.parametrize(
    ("command", "arguments", "upload", "calls"),
    [
        ("check", "", "false", ["check --format github"]),
        ("check", "--strict a/*", "false", ["check --format github --strict a/*"]),
        ("generate", "--check", "true", ["generate --check"]),
        (
            "check",
            "a",
            "true",
            ["check --format sarif --output {temp}/torq-gen.sarif a", "check --format github a"],
        ),
    ],
)
def test_the_action_calls_torq_gen(
    runner: dict[str, str], command: str, arguments: str, upload: str, calls: list[str]
) -> None:
    values = {"TORQ_COMMAND": command, "TORQ_ARGS": arguments, "TORQ_UPLOAD": upload}
    code, called = step("Run torq-gen", runner | values | {"TORQ_FORMAT": "github"})
    assert code == 0
    assert called == [f"torq-gen {c.format(temp=runner['RUNNER_TEMP'])}" for c in calls]


@pytest.mark.skipif(BASH is None, reason="bash is not installed: install bash")
def test_the_action_fails_when_torq_gen_does(runner: dict[str, str]) -> None:
    values = {"TORQ_COMMAND": "fail", "TORQ_ARGS": "", "TORQ_UPLOAD": "", "TORQ_FORMAT": ""}
    assert step("Run torq-gen", runner | values)[0] == 1


@pytest.mark.skipif(BASH is None, reason="bash is not installed: install bash")
@pytest.mark.parametrize(("version", "what"), [("", "/action"), ("0.1.0", "torq-gen==0.1.0")])
def test_the_action_installs_a_release_or_itself(
    runner: dict[str, str], version: str, what: str
) -> None:
    place = Path(runner["RUNNER_TEMP"], "torq-gen/bin/python")
    place.parent.mkdir(parents=True)
    place.symlink_to(Path(runner["RUNNER_TEMP"], "bin/python"))
    code, called = step("Install torq-gen", runner | {"TORQ_VERSION": version})
    assert code == 0
    assert called[-1].endswith(f"pip install --quiet --disable-pip-version-check {what}")
    assert Path(runner["GITHUB_PATH"]).read_text() == f"{place.parent}\n"
