"""completion: each shell completes commands, options, fixed values and folders."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from torq_gen.cli import main
from torq_gen.cli.commands import COMMANDS


@pytest.fixture
def script(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """A folder with the script of each shell."""
    for shell in ("bash", "zsh", "fish"):
        assert main(["completion", shell]) == 0
        (tmp_path / shell).write_text(capsys.readouterr().out)
    return tmp_path


def completed(script: Path, *words: str) -> set[str]:
    """What bash offers for the last of the words."""
    line = " ".join(f"'{word}'" for word in words)
    code = (
        f"source {script}/bash; COMP_WORDS=({line}); COMP_CWORD={len(words) - 1}; "
        '_torq_gen; printf "%s\\n" "${COMPREPLY[@]}"'
    )
    ran = subprocess.run(
        ["bash", "--norc", "-c", code], capture_output=True, text=True, check=True, cwd=script
    )
    assert ran.stderr == ""
    return set(ran.stdout.split())


@pytest.mark.skipif(shutil.which("bash") is None, reason="apt-get install bash")
def test_bash(script: Path) -> None:
    (script / "folder").mkdir()
    assert completed(script, "torq-gen", "") == set(COMMANDS)
    assert completed(script, "torq-gen", "che") == {"check"}
    assert completed(script, "torq-gen", "check", "--base") == {"--baseline"}
    assert completed(script, "torq-gen", "check", "--format", "s") == {"sarif"}
    assert completed(script, "torq-gen", "-C", "fo") == {"folder"}
    assert completed(script, "torq-gen", "-C", "folder", "rel") == {"release"}
    assert completed(script, "torq-gen", "completion", "") == {"bash", "zsh", "fish"}
    assert completed(script, "torq-gen", "init", "fo") == {"folder"}
    assert completed(script, "torq-gen", "add", "mes") == {"message"}
    assert completed(script, "torq-gen", "add", "field", "Quote", "a:u8", "--de") == {
        *("--default", "--description")
    }


@pytest.mark.skipif(shutil.which("fish") is None, reason="apt-get install fish")
def test_fish(script: Path) -> None:
    def offered(line: str) -> set[str]:
        command = f"source {script}/fish; complete -C '{line}'"
        ran = subprocess.run(
            ["fish", "--no-config", "-c", command],
            capture_output=True,
            text=True,
            check=True,
            cwd=script,
            env={"HOME": str(script), "PATH": "/usr/bin:/bin"},
        )
        return {row.split("\t")[0] for row in ran.stdout.splitlines()}

    assert offered("torq-gen ") >= set(COMMANDS)
    assert offered("torq-gen check --base") == {"--baseline"}
    assert offered("torq-gen check --format s") == {"sarif"}
    assert {"bash", "zsh", "fish"} <= offered("torq-gen completion ")
    assert offered("torq-gen add field Quote a:u8 --de") == {"--default", "--description"}


@pytest.mark.skipif(shutil.which("zsh") is None, reason="apt-get install zsh")
def test_zsh(script: Path) -> None:
    """The script loads, and zsh's own parser of options takes what is said of each command."""
    code = (
        f'autoload -Uz compinit && compinit -u -D; eval "$(cat {script}/zsh)"; '
        'print -r -- "${_comps[torq-gen]}"'
    )
    ran = subprocess.run(
        ["zsh", "-f", "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={"HOME": str(script), "PATH": "/usr/bin:/bin"},
    )
    assert (ran.stdout, ran.stderr) == ("_torq_gen\n", "")


def test_every_command_is_in_every_script(script: Path) -> None:
    for shell in ("bash", "zsh", "fish"):
        text = (script / shell).read_text()
        assert [name for name in COMMANDS if name not in text] == []


def test_another_shell_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["completion", "tcsh"]) == 2
    assert "SHELL: expected one of bash, zsh, fish, found 'tcsh'\n" in capsys.readouterr().err
