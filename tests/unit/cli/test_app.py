"""What goes wrong is one line and an exit code; what is misspelled gets its near name."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from argparse import Namespace
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

import mycelium
import torq_gen
from torq_gen import __version__
from torq_gen.cli import app, commands, main
from torq_gen.cli._shared import failures, terminal

if TYPE_CHECKING:
    from tests.unit.cli.conftest import Project


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> list[BaseException]:
    """The command ``tlv`` raises what the test puts into the list."""
    raised: list[BaseException] = []

    def run(arguments: Namespace) -> int:
        raise raised[0]

    fake = SimpleNamespace(DESCRIPTION="", EXAMPLES="", configure=lambda parser: None, run=run)
    monkeypatch.setattr(app, "load", lambda name: fake)
    return raised


@pytest.mark.parametrize("flags", [["--version"], ["-V"], ["-C", ".", "--version"]])
def test_version(flags: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(flags) == 0
    assert capsys.readouterr().out == f"torq-gen {__version__}\n"


@pytest.mark.parametrize("flags", [[], ["--help"], ["-h"], ["help"]])
def test_help_names_every_command(flags: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(flags) == 0
    shown = capsys.readouterr().out
    assert all(f"  {name} " in shown for name in commands.COMMANDS)
    assert "exit codes: 0 clean, 1 findings, 2" in shown


@pytest.mark.parametrize("name", commands.COMMANDS)
def test_every_command_explains_itself_with_examples(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    for arguments in ([name, "--help"], ["help", name]):
        with pytest.raises(SystemExit) as stopped:
            main(arguments)
        assert stopped.value.code == 0
        shown = capsys.readouterr().out
        assert shown.startswith(f"usage: torq-gen {name}")
        assert f"examples:\n  torq-gen {name}" in shown


def test_every_module_of_the_folder_is_a_command() -> None:
    modules = {path.stem for path in Path(commands.__file__).parent.glob("*.py")}
    assert modules - {"__init__", "app", "commands"} == set(commands.COMMANDS)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["genrate"],
            "torq-gen: error: unknown command 'genrate'\n  help: did you mean 'generate'?\n",
        ),
        (
            ["xyzzy"],
            "torq-gen: error: unknown command 'xyzzy'\n  help: torq-gen --help lists them\n",
        ),
        (
            ["--chekc"],
            "torq-gen: error: unknown option '--chekc'\n  help: did you mean 'check'?\n",
        ),
        (
            ["generate", "--chek"],
            "torq-gen generate: error: unknown argument '--chek'\n"
            "  help: did you mean '--check'?\n",
        ),
        (
            ["check", "--format", "yaml"],
            "torq-gen check: error: --format: expected one of text, json, ",
        ),
        (
            ["graph", "--format", "mermade"],
            "torq-gen graph: error: --format: expected one of mermaid, dot, svg, json, found "
            "'mermade'\n  help: did you mean 'mermaid'?\n",
        ),
        (
            ["add", "messag"],
            "torq-gen add: error: KIND: expected one of message, service, field, found 'messag'\n"
            "  help: did you mean 'message'?\n",
        ),
        (["-C"], "torq-gen: error: -C expects a folder, found nothing\n"),
        (
            ["-C", "nowhere", "tlv"],
            "torq-gen tlv: error: nowhere: expected the project's folder, found no such folder\n",
        ),
    ],
)
def test_a_wrong_call_is_exit_2_with_what_was_meant(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    captured = capsys.readouterr()
    assert captured.err.startswith(message)
    assert captured.out == ""


def test_outside_a_project_it_says_where_it_looked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["tlv"]) == 2
    assert capsys.readouterr().err == (
        f"torq-gen tlv: error: no system.yaml in {tmp_path} or any folder above it\n"
        "  help: run inside a project, or name its folder: -C DIR\n"
    )
    assert main(["-C", str(tmp_path), "tlv"]) == 2
    assert "expected a folder with a system.yaml, found none in it" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (PermissionError(13, "Permission denied", "generated/x"), "generated/x: permission denied"),
        (OSError(28, "No space left on device"), "no space left on device"),
        (NotADirectoryError(20, "Not a directory", "a/b"), "a/b: not a directory"),
        (OSError(18, "Invalid cross-device link", "a", None, "b"), "a -> b: invalid cross-device"),
        (failures.CommandError("it broke"), "it broke"),
    ],
)
def test_an_error_is_one_line_and_exit_2(
    failing: list[BaseException],
    error: BaseException,
    line: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    failing.append(error)
    assert main(["tlv"]) == 2
    shown = capsys.readouterr().err
    assert shown.startswith(f"torq-gen tlv: error: {line}")
    assert shown.count("\n") == 1


def test_an_interrupt_is_130(failing: list[BaseException]) -> None:
    failing.append(KeyboardInterrupt())
    assert main(["tlv"]) == 130


def test_a_closed_pipe_is_silent() -> None:
    """As with ``torq-gen rules | head -1``; seen from outside, as the interpreter's exit counts."""
    code = (
        "import sys\n"
        "from torq_gen.cli import app, main\n"
        "class Fake:\n"
        "    DESCRIPTION = EXAMPLES = ''\n"
        "    configure = staticmethod(lambda parser: None)\n"
        "    @staticmethod\n"
        "    def run(arguments):\n"
        "        print('x' * 1000000)\n"
        "        return 0\n"
        "app.load = lambda name: Fake\n"
        "sys.exit(main(['tlv']))\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={"PYTHONPATH": ":".join(p for p in sys.path if p)},
    )
    assert process.stdout is not None
    assert process.stderr is not None
    with process.stdout as out, process.stderr as errors:
        out.read(1)
        out.close()
        assert errors.read() == b""
    assert process.wait() == 141


@pytest.mark.parametrize(
    ("choice", "environment", "expected"),
    [
        ("always", {"NO_COLOR": "1"}, True),
        ("never", {"FORCE_COLOR": "1"}, False),
        ("auto", {"NO_COLOR": "1", "FORCE_COLOR": "1"}, False),
        ("auto", {"FORCE_COLOR": "1"}, True),
        ("auto", {"NO_COLOR": ""}, False),
        ("auto", {}, False),
    ],
)
def test_colour_heeds_the_flag_then_the_environment_then_the_pipe(
    choice: str, environment: dict[str, str], expected: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert terminal.wants_color(choice) is expected


def test_near_names() -> None:
    known = ["PoolStateUpdate", "PoolMetadata", "SwapEvent"]
    assert failures.did_you_mean("pool_state_update", known) == "did you mean 'PoolStateUpdate'?"
    assert failures.did_you_mean("zzz", known) == ""


def test_counts() -> None:
    assert terminal.count(1, "file") == "1 file"
    assert terminal.count(1200, "file") == "1,200 files"


@pytest.mark.parametrize("arguments", [["--version"], ["--help"], ["rules"], ["tlv"]])
def test_a_closed_standard_output_is_one_line(
    project: Project, monkeypatch: pytest.MonkeyPatch, arguments: list[str]
) -> None:
    monkeypatch.setattr("sys.stdout", None)
    ran = project.run(*arguments)
    assert (ran.code, ran.err) == (2, "torq-gen: error: standard output is closed\n")


@pytest.mark.parametrize("given", ["tlv Nothing", "tlv Nothing >&-"])
def test_a_closed_standard_error_hides_errors_and_nothing_else(
    project: Project, given: str
) -> None:
    command = f"{shlex.quote(sys.executable)} -m torq_gen {given} 2>&-"
    path = os.pathsep.join(str(Path(p.__path__[0]).parent) for p in (torq_gen, mycelium))
    ran = subprocess.run(
        command, shell=True, cwd=project.root, env={"PYTHONPATH": path}, capture_output=True
    )
    assert (ran.returncode, ran.stdout, ran.stderr) == (2, b"", b"")
