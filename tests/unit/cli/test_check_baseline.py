"""check: what a baseline holds back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.unit.cli.conftest import Lint, Project

TAKER = "services/taker/service.py"


def test_a_baseline_holds_back_what_it_holds(project: Project, two: Lint) -> None:
    ran = project.run("check", "--baseline", "old.json")
    assert (ran.code, ran.err) == (
        2,
        "torq-gen check: error: old.json: expected a baseline, found nothing\n"
        "  help: --update-baseline writes a first one, if there is anything to hold back\n",
    )
    first = project.run("check", "--baseline", "old.json", "--update-baseline")
    held = "no findings in 23 files: 3 of the spec, 12 generated, 8 of services"
    assert first == (0, f"{held} (2 held back by old.json)\n", "")
    two.found[0:1] = []
    ran = project.run("check", "--baseline", "old.json")
    assert "old.json:" in ran.out
    assert "TQ903" in ran.out
    assert ran.out.endswith(" (1 held back by old.json)\n")
    before = project.files()["old.json"]
    project.run("check", "--baseline", "old.json", "--update-baseline")
    assert project.files()["old.json"] != before
    assert project.run("check", "--baseline", "old.json").code == 0


def test_the_settings_name_a_baseline(project: Project, two: Lint) -> None:
    project.settings('baseline = "torq-baseline.json"')
    assert project.run("check").code == 2
    assert project.run("check", "--update-baseline").code == 0
    assert (project.root / "torq-baseline.json").is_file()
    assert project.run("check").code == 0


def test_a_baseline_never_grows(project: Project, two: Lint) -> None:
    assert project.run("check", "--update-baseline").code == 0
    before = project.files()["torq-baseline.json"]
    two.finds("TQ602", "edited-generated-file", TAKER, "Taker", service="taker", subject="new")
    assert project.run("check", "--update-baseline").code == 1
    assert project.files()["torq-baseline.json"] == before


def test_a_first_baseline_of_nothing_is_not_written(project: Project, lint: Lint) -> None:
    project.complete()
    ran = project.run("check", "--update-baseline")
    said = "(torq-baseline.json was not written: there is nothing to hold back)\n"
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.endswith(said)
    assert "torq-baseline.json" not in project.files()


def test_a_baseline_that_was_mended_to_the_end_stays_empty(project: Project, two: Lint) -> None:
    project.run("check", "--update-baseline")
    two.found.clear()
    project.run("generate")
    assert project.run("check", "--update-baseline").code == 0
    assert b'"entries": []' in project.files()["torq-baseline.json"]


def test_a_merge_conflict_in_a_baseline_is_named(project: Project, two: Lint) -> None:
    project.run("check", "--update-baseline")
    lines = project.files()["torq-baseline.json"].decode().splitlines(keepends=True)
    lines[3:3] = ["<<<<<<< ours\n", "=======\n", ">>>>>>> theirs\n"]
    project.write("torq-baseline.json", "".join(lines))
    ran = project.run("check", "--baseline", "torq-baseline.json")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == (
        "torq-gen check: error: torq-baseline.json:4: expected JSON, found the mark of a merge "
        "conflict: keep the entries of both sides, and run --update-baseline\n"
    )


def test_nothing_is_written_for_a_path_in_which_nothing_is_checked(
    project: Project, two: Lint
) -> None:
    project.write("README.md", "Quotes.\n")
    before = project.files()
    ran = project.run("check", TAKER, "README.md", "--update-baseline")
    assert (ran.code, project.files()) == (2, before)


def test_paths_and_baseline_are_those_from_the_folder_of_the_call(
    project: Project, two: Lint, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = project.root / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    options = ("-C", "..", "check", "--baseline", "old.json")
    assert project.run(*options, "--update-baseline").code == 0
    assert (project.root / "old.json").is_file()
    assert project.run(*options, "services/taker").code == 0
    assert project.run("-C", "..", "check", "services/taker").code == 1
    ran = project.run("-C", "..", "check", "nowhere")
    assert (ran.code, ran.err) == (
        2,
        "torq-gen check: error: ../nowhere: expected a file or folder to check, found nothing\n"
        "  help: with -C, paths are those from ..\n",
    )


def test_a_broken_baseline_is_exit_2(project: Project, lint: Lint) -> None:
    project.write("torq-baseline.json", "{")
    ran = project.run("check", "--baseline", "torq-baseline.json")
    assert ran.code == 2
    assert "torq-baseline.json:1" in ran.err


@pytest.mark.parametrize("flag", ["--fix", "--accept-into-spec", "--diff"])
def test_a_baseline_is_not_written_while_findings_are_mended(
    project: Project, lint: Lint, flag: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CI", raising=False)
    ran = project.run("check", "--update-baseline", flag)
    assert ran.code == 2
    assert "--update-baseline goes with neither" in ran.err
    assert not (project.root / "torq-baseline.json").exists()


def test_a_spec_that_cannot_be_used_is_told_before_a_baseline(project: Project, lint: Lint) -> None:
    project.edit("system.yaml", "subscribes: [Quote]", "subscribes: [Qoute]")
    ran = project.run("check", "--baseline", "torq-baseline.json", "--update-baseline")
    assert (ran.code, ran.err) == (2, "")
    assert "TQ140 unknown-message" in ran.out
    assert not (project.root / "torq-baseline.json").exists()
