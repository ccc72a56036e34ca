"""check --watch: again after each change, whatever the spec is worth meanwhile."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from torq_gen.cli._shared import watching

if TYPE_CHECKING:
    from pathlib import Path

    from tests.unit.cli.conftest import Lint, Project


def steps(monkeypatch: pytest.MonkeyPatch, *actions: Callable[[], object]) -> list[int]:
    """Has each pause of a watch do one action; after the last one somebody presses Ctrl-C."""
    left = list(actions)
    pauses: list[int] = []

    def pause(_: float) -> None:
        pauses.append(len(left))
        if not left:
            raise KeyboardInterrupt
        left.pop(0)()

    monkeypatch.setattr("time.sleep", pause)
    return pauses


def test_it_checks_again_after_a_change_and_ends_on_ctrl_c(
    project: Project, lint: Lint, monkeypatch: pytest.MonkeyPatch
) -> None:
    def change() -> None:
        project.edit("schemas/market.yaml", "A price.", "Some price.")

    pauses = steps(monkeypatch, lambda: None, change)
    ran = project.run("check", "--watch")
    assert ran.code == 130
    first, *rest = ran.out.splitlines()
    assert first.startswith("no findings in 23 files")
    assert "TQ601 stale-generated-file" in "\n".join(rest)
    assert len(lint.asked) == 2
    assert len(pauses) == 3
    assert "\x1b" not in ran.out, "nothing is cleared in a pipe"
    assert ran.err == ""


def test_a_spec_that_breaks_meanwhile_ends_nothing(
    project: Project, lint: Lint, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps(
        monkeypatch,
        lambda: project.edit("system.yaml", "subscribes: [Quote]", "subscribes: [Quot"),
        lambda: (project.root / "system.yaml").unlink(),
        lambda: project.write("pyproject.toml", "[tool.torq-gen]\nselct = 1\n"),
    )
    ran = project.run("check", "--watch")
    assert ran.code == 130
    assert "system.yaml:" in ran.out
    assert "torq-gen check: error: pyproject.toml:2: unknown key 'selct'" in ran.err


def test_what_a_run_writes_is_no_change(project: Project, lint: Lint) -> None:
    before = watching.times(project.root)
    project.run("check", "--output", "out.sarif", "--format", "sarif")
    project.run("check", "--no-cache")
    assert watching.times(project.root) == before


def test_a_change_is_seen_by_time_size_and_name(tmp_path: Path) -> None:
    file = tmp_path / "a.py"
    file.write_text("x = 1\n")
    seen = [watching.times(tmp_path)]
    os.utime(file, ns=(1, 1))
    seen.append(watching.times(tmp_path))
    file.rename(tmp_path / "b.py")
    seen.append(watching.times(tmp_path))
    (tmp_path / "b.py").unlink()
    seen.append(watching.times(tmp_path))
    assert len({tuple(times.items()) for times in seen}) == 4
    for other in ("notes.txt", ".hidden/c.py", "__pycache__/c.py"):
        (tmp_path / other).parent.mkdir(exist_ok=True)
        (tmp_path / other).write_text("")
    assert watching.times(tmp_path) == {}


def test_a_terminal_is_cleared_before_each_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(watching, "is_terminal", lambda stream: True)

    def interrupt() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        watching.watch(tmp_path, "torq-gen check", lambda: print("ran"), interrupt)
    assert capsys.readouterr().out == "\x1b[2J\x1b[Hran\n"
