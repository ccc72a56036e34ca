"""check: findings in each format, and in files."""

from __future__ import annotations

import json
import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.unit.cli.conftest import Lint, Project

TAKER = "services/taker/service.py"


def test_junit_has_no_case_for_a_rule_that_another_command_runs(project: Project) -> None:
    project.complete()
    ran = project.run("check", "--format", "junit")
    assert (ran.code, "TQ201 undeclared-publish" in ran.out) == (0, True)
    assert "evolution" not in ran.out
    assert "TQ701" not in ran.out


def test_junit_has_no_case_for_what_an_unusable_spec_kept_from_running(project: Project) -> None:
    project.complete()
    project.edit("system.yaml", "services:", "foo: bar\nservices:")
    ran = project.run("check", "--format", "junit")
    assert (ran.code, "TQ106 unknown-key: unknown key" in ran.out) == (2, True)
    assert "TQ104 duplicate-key" in ran.out
    assert "TQ201" not in ran.out
    assert "TQ601" not in ran.out


@pytest.mark.parametrize("format", ["json", "sarif", "github", "gitlab", "junit"])
def test_findings_go_to_a_file_in_any_format(project: Project, two: Lint, format: str) -> None:
    printed = project.run("check", "--format", format)
    ran = project.run("check", "--format", format, "--output", "out/report")
    assert ran == (1, "2 errors in 23 files; written to out/report\n", "")
    assert project.files()["out/report"].decode() == printed.out
    assert "TQ602" in printed.out


def test_text_in_a_file_has_the_summary_and_no_colours(project: Project, two: Lint) -> None:
    project.run("check", "--output", "report.txt", "--color", "always")
    text = project.files()["report.txt"].decode()
    assert text.endswith("\n2 errors in 23 files\n")
    assert "\x1b" not in text


def test_a_dash_is_no_file_for_the_findings(project: Project, lint: Lint) -> None:
    ran = project.run("check", "--output", "-")
    assert (ran.code, ran.err) == (
        2,
        "torq-gen check: error: --output -: expected a file\n"
        "  help: without --output, findings go to standard output\n",
    )
    assert "-" not in project.files()
    assert lint.asked == [], "it is said before anything is looked at"


def test_a_folder_in_the_place_of_the_output_is_exit_2(project: Project, lint: Lint) -> None:
    ran = project.run("check", "--output", "schemas")
    assert ran.code == 2
    assert ran.err == ("torq-gen check: error: --output schemas: expected a file, found a folder\n")


def test_an_older_report_is_written_over(project: Project, two: Lint) -> None:
    project.write("out.sarif", "an older one")
    assert project.run("check", "--format", "sarif", "--output", "out.sarif").code == 1
    assert json.loads(project.files()["out.sarif"])["version"] == "2.1.0"


@pytest.mark.parametrize("file", ["schemas/market.yaml", TAKER, "pyproject.toml", "README.md"])
def test_what_people_write_is_not_written_over(project: Project, lint: Lint, file: str) -> None:
    project.complete()
    if file not in project.files():
        project.write(file, "")
    before = project.files()
    ran = project.run("check", "--output", file)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == (
        f"torq-gen check: error: --output {file}: expected a place for the findings, found a file "
        "that people write\n  help: name another file; it is written over\n"
    )
    assert project.files() == before


def test_what_is_no_regular_file_is_written_to(project: Project, two: Lint) -> None:
    pipe = project.root / "pipe"
    os.mkfifo(pipe)
    with ThreadPoolExecutor(1) as reader:
        read = reader.submit(pipe.read_bytes)
        ran = project.run("check", "--format", "json", "--output", "pipe")
        assert ran.code == 1
        assert json.loads(read.result(10))["summary"]["error"] == 2
    assert pipe.is_fifo()


def test_paths_in_reports_start_at_the_repository(
    tmp_path: Path, project: Project, lint: Lint, monkeypatch: pytest.MonkeyPatch
) -> None:
    lint.finds("TQ602", "edited-generated-file", TAKER, "Taker", service="taker", subject="x")
    (tmp_path / ".git").mkdir()
    assert f"file={TAKER}" in project.run("check", "--format", "github").out
    (tmp_path / ".git").rmdir()
    monkeypatch.setattr("os.path.lexists", lambda path: str(path) == str(tmp_path.parent / ".git"))
    assert f"file={tmp_path.name}/{TAKER}" in project.run("check", "--format", "github").out


def test_json_counts_what_was_looked_at(project: Project, two: Lint) -> None:
    found = json.loads(project.run("check", "--format", "json", "services/taker").out)
    assert found["summary"] == {"error": 1, "warning": 0, "files": 4}
