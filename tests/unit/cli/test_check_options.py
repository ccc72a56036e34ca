"""check: which rules run, how they count, what a baseline holds back, where findings go."""

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


@pytest.fixture
def two(project: Project, lint: Lint) -> Lint:
    """A stale file in generated/, and a finding in the code."""
    project.edit("schemas/market.yaml", "A price.", "Another price.")
    project.run("generate")
    project.edit("generated/golden/market.json", "\n", "\n\n")
    lint.finds("TQ602", "edited-generated-file", TAKER, "Taker", service="taker", subject="code")
    return lint


def test_findings_of_the_spec_the_code_and_generated_files_come_together(
    project: Project, two: Lint
) -> None:
    ran = project.run("check")
    assert ran.code == 1
    assert f"{TAKER}:" in ran.out
    assert "generated/golden/market.json:1:1: TQ602" in ran.out
    assert ran.out.endswith("\n2 errors in 23 files\n")
    assert two.asked[0]["services"] is None


@pytest.mark.parametrize("words", [["--select", "flow"], ["--ignore", "TQ1,drift"]])
def test_rules_are_chosen_by_code_prefix_and_family(
    project: Project, two: Lint, words: list[str]
) -> None:
    assert project.run("check", *words).code == 0


def test_an_unknown_rule_is_refused(project: Project, lint: Lint) -> None:
    ran = project.run("check", "--select", "drfit")
    assert ran.code == 2
    assert "did you mean" in ran.err


def test_a_path_in_one_service_has_only_that_service_analysed(project: Project, two: Lint) -> None:
    ran = project.run("check", "services/taker")
    assert two.asked[-1]["services"] == {"taker"}
    assert (ran.code, ran.out.endswith("\n1 error in 4 files\n")) == (1, True)
    project.run("check", "services/taker", "services/feeder/service.py")
    assert two.asked[-1]["services"] == {"taker", "feeder"}
    project.run("check", "services")
    assert two.asked[-1]["services"] is None
    assert project.run("check", "services/feeder").out == (
        "no findings in 4 files: 4 of services\n"
    )


def test_cache_and_jobs_are_handed_on(project: Project, lint: Lint) -> None:
    project.run("check", "--no-cache", "--jobs", "3")
    asked = lint.asked[-1]
    assert (asked["cache"], asked["jobs"]) == (False, 3)
    assert project.run("check", "--jobs", "-1").code == 2


def settings(project: Project, text: str) -> None:
    project.write("pyproject.toml", f"[tool.torq-gen]\n{text}\n")


def test_settings_give_severities(project: Project, two: Lint) -> None:
    settings(project, '[tool.torq-gen.severity]\ndrift = "off"\nTQ602 = "warning"')
    ran = project.run("check")
    assert ran.code == 0
    assert ran.out.endswith("\n2 warnings in 23 files\n")
    settings(project, '[tool.torq-gen.severity]\nTQ60 = "warning"\nTQ6 = "off"')
    assert project.run("check").out.endswith("\n2 warnings in 23 files\n")
    settings(project, '[tool.torq-gen.severity]\nTQ602 = "off"')
    assert project.run("check").code == 0


def test_the_call_selects_over_the_settings(project: Project, two: Lint) -> None:
    settings(project, 'select = ["flow"]')
    assert project.run("check").code == 0
    assert project.run("check", "--select", "drift").code == 1
    settings(project, 'ignore = ["edited-generated-file"]')
    assert project.run("check", "--select", "drift").code == 0


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("selct = []", "pyproject.toml:2: unknown key 'selct' in [tool.torq-gen]"),
        ('[tool.torq-gen.severity]\nTQ999 = "off"', "TQ999"),
        ("select = ['flwo']", "flwo"),
    ],
)
def test_settings_that_cannot_be_used_are_exit_2(
    project: Project, lint: Lint, text: str, message: str
) -> None:
    settings(project, text)
    ran = project.run("check")
    assert ran.code == 2
    assert message in ran.err
    assert ran.out == ""


def test_a_suppression_with_a_reason_silences_and_is_told_when_unused(
    project: Project, lint: Lint
) -> None:
    project.edit(
        TAKER, "class Taker(TakerBase):", "class Taker(TakerBase):  # torq: ignore[TQ602] ok"
    )
    assert "TQ902 unused-suppression" in project.run("check").out
    lint.finds("TQ602", "edited-generated-file", TAKER, "Taker(", service="taker", subject="x")
    assert project.run("check").code == 0
    assert project.run("check", "services/feeder").code == 0


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
    settings(project, 'baseline = "torq-baseline.json"')
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


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ('[tool.torq-gen.severity]\nunknown-message = "off"',
         ":2: 'unknown-message' names an error of the spec, which keeps its severity"),
        ('[tool.torq-gen]\nignore = ["TQ140"]',
         ":2: 'TQ140' names an error of the spec, which cannot be left out"),
        ('[tool.torq-gen]\nignore = [\n  "TQ605",\n  "TQ140",\n]',
         ":4: 'TQ140' names an error of the spec, which cannot be left out"),
        ('[tool.torq-gen]\nignore = ["TQ605"]\nseverity = {TQ605 = "warning"}',
         ":3: the severity of 'TQ605' has no effect: the rule does not run"),
        ('[tool.torq-gen]\nselect = ["flow"]\nseverity.store = "warning"',
         ":3: the severity of 'store' has no effect: the rule does not run"),
        ('[tool.torq-gen]\nselect = ["store", "TQ201"]\nseverity = {TQ201 = "off"}',
         ":2: 'TQ201' is selected and off: nothing of it would be checked"),
        ('[tool.torq-gen]\nignore = ["flow"]\nselect = ["store", "TQ201"]',
         ":3: 'TQ201' is selected and ignored: nothing of it would be checked"),
    ],
)  # fmt: skip
def test_words_without_effect_are_refused_with_their_line(
    project: Project, lint: Lint, table: str, said: str
) -> None:
    assert refused(project, table).startswith(f"pyproject.toml{said}\n  help: ")


def test_words_of_the_settings_that_a_call_leaves_aside_are_no_error(
    project: Project, lint: Lint
) -> None:
    settings = '[tool.torq-gen]\nselect = ["flow", "store"]\nseverity = {store = "warning"}\n'
    project.write("pyproject.toml", settings)
    for words in (("--select", "flow"), ("--ignore", "store"), ("--ignore", "TQ201")):
        assert project.run("check", *words).code == 0
    ran = project.run("check", "--ignore", "flow,store")
    assert (ran.code, ran.err.partition("\n")[0]) == (
        2,
        "torq-gen check: error: pyproject.toml:2: 'flow' is selected and ignored: "
        "nothing of it would be checked",
    )


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ('[tool.torq-gen]\n\nignore = ["TQ999"]', ":3: no rule 'TQ999'"),
        ('[tool.torq-gen]\nselect = ["flow", "flwo"]', ":2: no rule 'flwo'"),
        ('[tool.torq-gen]\nselect = [\n  "flow",\n  "flwo",\n]', ":4: no rule 'flwo'"),
        ('[tool.torq-gen.severity]\nflow = "off"\nprecsion = "off"', ":3: no rule 'precsion'"),
    ],
)
def test_a_rule_that_is_not_there_is_named_with_its_line(
    project: Project, lint: Lint, table: str, said: str
) -> None:
    assert refused(project, table).startswith(f"pyproject.toml{said}\n  help: ")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"\xef\xbb\xbf[tool.torq-gen]\n", ":1: expected UTF-8, found a byte order mark"),
        (b"[tool.torq-gen]\n# caf\xe9\n", ":2: expected UTF-8, found something else"),
    ],
)
def test_settings_that_are_no_utf_8_are_refused(
    project: Project, lint: Lint, data: bytes, said: str
) -> None:
    (project.root / "pyproject.toml").write_bytes(data)
    ran = project.run("check")
    first = ran.err.partition("\n")[0]
    assert (ran.code, first) == (2, f"torq-gen check: error: pyproject.toml{said}")


def refused(project: Project, settings: str) -> str:
    """What ``check`` says of settings that it refuses."""
    project.write("pyproject.toml", f"{settings}\n")
    ran = project.run("check")
    before, _, said = ran.err.partition("torq-gen check: error: ")
    assert (ran.code, before) == (2, "")
    return said


def test_an_unknown_rule_to_ignore_is_no_error_of_the_spec(project: Project, lint: Lint) -> None:
    ran = project.run("check", "--ignore", "nonsense")
    assert (ran.code, ran.err) == (
        2,
        "torq-gen check: error: no rule 'nonsense'\n  help: torq-gen rules lists them\n",
    )


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


def test_a_family_has_its_warnings_silenced_though_its_errors_stand(
    project: Project, lint: Lint
) -> None:
    project.write("pyproject.toml", '[tool.torq-gen]\nignore = ["spec"]\n')
    assert project.run("check", "--ignore", "TQ1").code != 2


def test_a_source_root_that_is_not_there_is_refused(project: Project, lint: Lint) -> None:
    project.write("pyproject.toml", '[tool.torq-gen]\n\nsource-roots = [".", "sources"]\n')
    ran = project.run("check")
    assert (ran.code, ran.err) == (
        2,
        "torq-gen check: error: pyproject.toml:3: expected a folder among 'source-roots', "
        'found no "sources"\n'
        "  help: modules are sought there: name those that there are\n",
    )


@pytest.mark.parametrize("path", ["README.md", "services/taker/tests", "notes"])
def test_a_path_in_which_nothing_is_checked_is_refused(project: Project, path: str) -> None:
    project.complete()
    project.write("README.md", "Quotes.\n")
    project.write("services/taker/tests/test_taker.py", "import nowhere\n")
    project.write("notes/a.txt", "")
    assert project.run("check", "system.yaml", "services/taker").code == 0
    ran = project.run("check", "system.yaml", path)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == (
        f"torq-gen check: error: {path}: expected something to check, found neither code of a "
        "service, nor the spec, generated files or topologies\n"
        "  help: tests, hidden folders and what `exclude` names are left out\n"
    )


def test_nothing_is_written_for_a_path_in_which_nothing_is_checked(
    project: Project, two: Lint
) -> None:
    project.write("README.md", "Quotes.\n")
    before = project.files()
    ran = project.run("check", TAKER, "README.md", "--update-baseline")
    assert (ran.code, project.files()) == (2, before)


@pytest.mark.parametrize(
    "path", ["schemas", "schemas/market.yaml", "generated", "generated/golden", ".", "services"]
)
def test_a_path_in_which_something_is_checked(project: Project, path: str) -> None:
    project.complete()
    for _ in range(2):  # also when a stamp says that nothing drifted
        assert project.run("check", path).code == 0


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


@pytest.mark.parametrize("ignored", ["TQ201", "flow", "undeclared-publish"])
def test_a_rule_that_is_selected_and_ignored_is_exit_2(
    project: Project, lint: Lint, ignored: str
) -> None:
    project.write("pyproject.toml", f'[tool.torq-gen]\nignore = ["{ignored}"]\n')
    ran = project.run("check", "--select", "store,TQ201")
    assert (ran.code, ran.err) == (
        2,
        "torq-gen check: error: pyproject.toml:2: 'TQ201' is selected and ignored: "
        "nothing of it would be checked\n"
        "  help: take it out of one of them\n",
    )
    assert project.run("check", "--select", "store").code == 0


def test_what_a_call_selects_is_neither_off_nor_of_another_command(
    project: Project, lint: Lint
) -> None:
    project.write("pyproject.toml", '[tool.torq-gen.severity]\nflow = "off"\n')
    for words, said, help in (
        (
            ("check", "--select", "store,TQ201"),
            "pyproject.toml:2: 'TQ201' is selected and off: nothing of it would be checked",
            "take it out of one of them",
        ),
        (
            ("check", "--select", "TQ709"),
            "'TQ709' names rules of another command: nothing of it would be checked",
            "torq-gen breaking --select TQ709",
        ),
        (
            ("breaking", "--select", "TQ3"),
            "'TQ3' names rules of another command: nothing of it would be checked",
            "torq-gen check --select TQ3",
        ),
    ):
        ran = project.run(*words)
        assert ran == (2, "", f"torq-gen {words[0]}: error: {said}\n  help: {help}\n")


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


def test_a_path_outside_of_the_project_is_refused(
    project: Project, lint: Lint, tmp_path_factory: pytest.TempPathFactory
) -> None:
    other = tmp_path_factory.mktemp("other")
    ran = project.run("-C", str(project.root), "check", str(other))
    assert ran.code == 2
    assert ran.err == (
        f"torq-gen check: error: {other}: expected a path in the project {project.root}, "
        "found another\n"
    )
    assert project.run("-C", str(project.root), "check", str(project.root.parent)).code == 0


def test_a_spec_that_cannot_be_used_is_told_before_a_baseline(project: Project, lint: Lint) -> None:
    project.edit("system.yaml", "subscribes: [Quote]", "subscribes: [Qoute]")
    ran = project.run("check", "--baseline", "torq-baseline.json", "--update-baseline")
    assert (ran.code, ran.err) == (2, "")
    assert "TQ140 unknown-message" in ran.out
    assert not (project.root / "torq-baseline.json").exists()
