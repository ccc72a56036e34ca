"""check: which rules run, and how they count."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.unit.cli.conftest import Lint, Project

TAKER = "services/taker/service.py"


@pytest.mark.parametrize("words", [["--select", "flow"], ["--ignore", "TQ1,drift"]])
def test_rules_are_chosen_by_code_prefix_and_family(
    project: Project, two: Lint, words: list[str]
) -> None:
    assert project.run("check", *words).code == 0


def test_an_unknown_rule_is_refused(project: Project, lint: Lint) -> None:
    ran = project.run("check", "--select", "drfit")
    assert ran.code == 2
    assert "did you mean" in ran.err


def test_settings_give_severities(project: Project, two: Lint) -> None:
    project.settings('[tool.torq-gen.severity]\ndrift = "off"\nTQ602 = "warning"')
    ran = project.run("check")
    assert ran.code == 0
    assert ran.out.endswith("\n2 warnings in 23 files\n")
    project.settings('[tool.torq-gen.severity]\nTQ60 = "warning"\nTQ6 = "off"')
    assert project.run("check").out.endswith("\n2 warnings in 23 files\n")
    project.settings('[tool.torq-gen.severity]\nTQ602 = "off"')
    assert project.run("check").code == 0


def test_the_call_selects_over_the_settings(project: Project, two: Lint) -> None:
    project.settings('select = ["flow"]')
    assert project.run("check").code == 0
    assert project.run("check", "--select", "drift").code == 1
    project.settings('ignore = ["edited-generated-file"]')
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
    project.settings(text)
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
