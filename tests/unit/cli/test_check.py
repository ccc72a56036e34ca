"""check: spec findings and drift, in text and JSON, with exit codes 0, 1 and 2."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.unit.cli.conftest import Project


from torq_gen.cli import validate_system_yaml


def test_a_clean_project_is_exit_0(project: Project) -> None:
    project.complete()
    before = project.files()
    line = "no findings in 19 files: 3 of the spec, 12 generated, 4 of services\n"
    assert project.run("check") == (0, line, "")
    assert project.files() == before


def test_drift_is_exit_1(project: Project) -> None:
    project.run("generate")
    project.edit("schemas/market.yaml", "A price.", "Another price.")
    ran = project.run("check")
    assert ran.code == 1
    assert "TQ601 stale-generated-file" in ran.out


def test_a_broken_spec_is_exit_2_with_its_place(project: Project) -> None:
    project.edit("system.yaml", "subscribes: [Quote]", "subscribes: [Qoute]")
    ran = project.run("check")
    assert ran.code == 2
    assert "system.yaml:12:18: TQ140 unknown-message" in ran.out
    assert "did you mean" in ran.out


def test_warnings_fail_with_strict_alone(project: Project) -> None:
    project.edit("system.yaml", "subscribes: [Quote]", "subscribes: []")
    project.complete()
    project.edit("services/taker/service.py", "on_quote", "_look")
    ran = project.run("check")
    assert ran.code == 0
    assert ran.out.endswith("\n1 warning in 19 files\n")
    assert project.run("check", "--strict").code == 1


def test_generate_counts_warnings_and_says_who_shows_them(project: Project) -> None:
    project.edit("system.yaml", "subscribes: [Quote]", "subscribes: []")
    first, again = project.run("generate"), project.run("generate")
    for ran in (first, again):
        assert ran.code == 0
        assert ran.out.endswith(" (1 warning about the spec: torq-gen check)\n")


def test_json_has_every_finding_and_a_summary(project: Project) -> None:
    project.complete()
    project.edit("generated/golden/market.json", "\n", "\n\n")
    ran = project.run("check", "--format", "json")
    assert ran.code == 1
    found = json.loads(ran.out)
    (diagnostic,) = found["diagnostics"]
    assert diagnostic["code"] == "TQ602"
    assert diagnostic["file"] == "generated/golden/market.json"
    assert found["summary"]["error"] == 1
    assert found["summary"]["files"] > 3


def test_paths_narrow_the_findings(project: Project) -> None:
    project.complete()
    project.edit("schemas/market.yaml", "A price.", "Another price.")
    project.edit("generated/golden/market.json", "\n", "\n\n")
    ran = project.run("check", "generated/golden")
    assert ran.code == 1
    assert "TQ602" in ran.out
    assert "TQ601" not in ran.out
    assert project.run("check", "schemas").code == 0


@pytest.mark.parametrize("format", ["text", "json"])
def test_errors_in_other_places_are_counted(project: Project, format: str) -> None:
    project.edit("system.yaml", "subscribes: [Quote]", "subscribes: [Qoute]")
    ran = project.run("check", "schemas", "--format", format)
    assert ran.code == 2
    assert "TQ140" not in ran.out
    assert ran.err == (
        "torq-gen check: error: the spec cannot be used: 1 error in other files\n"
        "  help: torq-gen check without PATH shows them\n"
    )
    assert (json.loads(ran.out)["diagnostics"] == []) if format == "json" else ran.out == ""
    here = project.run("check", "system.yaml")
    assert (here.code, here.err) == (2, "")
    assert "TQ140" in here.out


def test_a_path_that_is_not_there_is_exit_2(project: Project) -> None:
    ran = project.run("check", "shemas")
    assert ran.code == 2
    assert ran.err == (
        "torq-gen check: error: shemas: expected a file or folder to check, found nothing\n"
    )


def test_the_project_is_sought_from_the_first_path(
    project: Project, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    project.complete()
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
    assert project.run("check", str(project.root / "schemas/market.yaml")).code == 0
    assert project.run("check").code == 2
    assert project.run("-C", str(project.root), "check").code == 0


def test_validate_system_yaml_is_check(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    project.complete()
    assert validate_system_yaml([]) == 0
    assert validate_system_yaml(["--strcit"]) == 2
    assert capsys.readouterr().err == (
        "validate_system_yaml: error: unknown argument '--strcit'\n"
        "  help: did you mean '--strict'?\n"
    )


def test_a_pipe_among_the_code_is_told_and_not_waited_for(project: Project) -> None:
    project.complete()
    os.mkfifo(project.root / "services/taker/more.py")
    for _ in range(2):  # analysed, and from the cache
        assert (
            "services/taker/more.py:1:1: TQ610 unreadable-code: the file cannot be read: "
            "it is a pipe or device, expected a file\n"
        ) in project.run("check").out
