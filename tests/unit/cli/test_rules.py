"""rule and rules: every rule listed and explained; patterns that choose among them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from torq_gen.cli._shared.failures import UsageError
from torq_gen.cli._shared.rules import all_rules, chosen, matches
from torq_gen.diagnostics import Severity
from torq_gen.report.rules import NOT_CHECKED

if TYPE_CHECKING:
    from tests.unit.cli.conftest import Project


def test_every_rule_is_listed(project: Project) -> None:
    rules = json.loads(project.run("rules", "--format", "json").out)["rules"]
    assert [r["code"] for r in rules] == sorted({r["code"] for r in rules})
    listed = project.run("rules").out
    for rule in rules:
        assert f"{rule['code']}  {rule['severity']}" in listed


@pytest.mark.parametrize("wanted", ["TQ605", "tq605", "foreign-generated-file"])
def test_a_rule_is_explained_with_its_samples(project: Project, wanted: str) -> None:
    assert (
        project.run("rule", wanted).out
        == """\
TQ605 foreign-generated-file (warning, drift)

A file that torq-gen never made stands in generated/.

Why
generated/ is torq-gen's: whoever finds the file there takes it for made from the spec.

How to mend it
Move it elsewhere, or delete it.

Not so: notes
  generated/notes.txt
    Ask Ann before a release.
    ^

But so: elsewhere
  docs/notes.txt
    Ask Ann before a release.
"""
    )


@pytest.mark.parametrize("wanted", ["TQ2", "tq20", "flow"])
def test_a_word_for_several_rules_leads_to_their_list(project: Project, wanted: str) -> None:
    ran = project.run("rule", wanted)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == (
        f"torq-gen rule: error: {wanted!r} names several rules\n"
        f"  help: torq-gen rules {wanted} lists them\n"
    )


def test_the_page_in_other_formats(project: Project) -> None:
    markdown = project.run("rule", "TQ605", "--format", "markdown").out
    assert markdown.startswith("# TQ605 foreign-generated-file\n\n*warning, drift*\n")
    found = json.loads(project.run("rule", "TQ605", "--format", "json").out)
    assert found["bad"] == [
        {
            "title": "notes",
            "files": {"generated/notes.txt": "Ask Ann before a release.\n"},
            "findings": [
                {
                    "file": "generated/notes.txt",
                    "line": 1,
                    "column": 1,
                    "end_line": 1,
                    "end_column": 1,
                }
            ],
        }
    ]


def test_colours_where_they_are_wanted(project: Project) -> None:
    plain = project.run("rule", "TQ605").out
    colored = project.run("rule", "TQ605", "--color", "always").out
    assert "\x1b[1;31m^\x1b[0m" in colored
    assert "\x1b" not in plain


def test_an_unknown_rule_gets_its_near_name(project: Project) -> None:
    ran = project.run("rule", "edited-generated-fiel")
    assert ran.code == 2
    assert "did you mean 'edited-generated-file'?" in ran.err


@pytest.mark.parametrize("pattern", ["drift", "TQ6", "tq60", "TQ605", "foreign-generated-file"])
def test_rules_are_listed_by_pattern(project: Project, pattern: str) -> None:
    codes = [line.split()[0] for line in project.run("rules", pattern).out.splitlines()]
    assert "TQ605" in codes
    assert all(code.startswith("TQ6") for code in codes)


def test_a_pattern_of_no_rule_is_refused(project: Project) -> None:
    ran = project.run("rules", "drfit")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == "torq-gen rules: error: no rule 'drfit'\n  help: did you mean 'drift'?\n"


def test_a_pattern_has_to_say_more_than_that_it_is_a_rule() -> None:
    rule = all_rules()["TQ605"]
    assert not matches(rule, ["TQ", "", "T", "generated", "TQ1"])


def test_ignore_goes_over_select() -> None:
    codes = {c for c, r in chosen(["drift"], ["TQ605"]).items() if r.family == "drift"}
    assert "TQ605" not in codes
    assert "TQ604" in codes
    assert "TQ146" not in chosen(["drift"], [])
    assert chosen([], []) == all_rules()


def test_errors_of_the_spec_cannot_be_left_out() -> None:
    errors = {
        code
        for code, rule in all_rules().items()
        if rule.family == "spec" and rule.severity is Severity.ERROR
    }
    assert errors <= chosen(["drift"], ["spec"]).keys()


def test_what_was_not_checked_is_said_unless_its_rule_is_left_out() -> None:
    assert {"TQ610", "TQ613"} <= chosen(["flow"], []).keys()
    assert not {"TQ610", "TQ613"} & chosen(["flow"], ["drift"]).keys()
    assert [all_rules()[code].name for code in NOT_CHECKED] == [
        "unreadable-code",
        "unreadable-planned-code",
    ]


def test_a_choice_of_no_rule_is_refused() -> None:
    with pytest.raises(UsageError, match="no rule 'TQ999'"):
        chosen([], ["TQ999"])
