"""breaking: what a mode allows, what is approved, what is chosen, and how it is shown."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.unit.cli import repositories
from tests.unit.cli.repositories import NARROWED, SCHEMA, commit, found, narrow
from torq_gen.evolution.rules import checks

if TYPE_CHECKING:
    from tests.unit.cli.conftest import Project

ENTRY = """\
approved:
  - rule: TQ709
    subject: Quote.venue
    reason: no frame was ever kept
    until: {}
"""


@pytest.fixture(autouse=True)
def own_git(monkeypatch: pytest.MonkeyPatch) -> None:
    repositories.without_settings(monkeypatch)


@pytest.fixture
def released(project: Project) -> Project:
    repositories.released(project)
    return project


def enum_grown(project: Project) -> None:
    project.edit(
        SCHEMA, "messages:", "types:\n  Side: {enum: u8, closed: true, values: {B: 1}}\nmessages:"
    )
    project.edit(SCHEMA, "venue: u16", "venue: Side")
    commit(project, "v2.0")
    project.edit(SCHEMA, "{B: 1}", "{B: 1, S: 2}")


@pytest.mark.parametrize(
    ("mode", "code", "severity"),
    [
        ("none", 0, "warning"),
        ("backward", 0, "warning"),
        ("forward", 1, "error"),
        ("full", 1, "error"),
    ],
)
def test_what_a_mode_allows_is_a_warning_with_its_order(
    released: Project, mode: str, code: int, severity: str
) -> None:
    enum_grown(released)
    assert released.run("breaking", "--mode", mode).code == code
    (one,) = found(released, "--mode", mode)
    assert (one["code"], one["severity"]) == ("TQ757", severity)
    assert one["breaking"]["deploy"] == "subscribers first"
    assert released.run("breaking", "--mode", mode, "--strict").code == 1


def test_a_promise_that_is_taken_back_is_an_error_in_every_mode(released: Project) -> None:
    released.edit(
        "system.yaml", "publishes: [Quote]", "publishes: [Quote: {at_most_once_per: venue}]"
    )
    commit(released, "v2.0")
    released.edit("system.yaml", "[Quote: {at_most_once_per: venue}]", "[Quote]")
    (one,) = found(released)
    assert (one["code"], one["severity"]) == ("TQ753", "error")


def test_a_weaker_mode_hides_no_break_of_the_same_change(released: Project) -> None:
    narrow(released)
    released.edit("system.yaml", "types: [1, 19]", "types: [1, 19], compatibility: none")
    assert {(d["code"], d["severity"]) for d in found(released)} == {
        ("TQ709", "error"),
        ("TQ765", "error"),
    }


def test_an_approved_break_is_counted_and_not_shown(released: Project) -> None:
    narrow(released)
    released.write("torq-breaking.yaml", ENTRY.format("v2.0"))
    ran = released.run("breaking")
    assert (ran.code, ran.out) == (
        0,
        "no breaking changes against v1.0: 1 message, 2 services compared "
        "(1 approved in torq-breaking.yaml)\n",
    )


def test_an_approval_ends_with_the_release_that_it_names(released: Project) -> None:
    narrow(released)
    commit(released)
    released.write("torq-breaking.yaml", ENTRY.format("v1.5"))
    commit(released, "v1.6")
    ran = released.run("breaking", "--against", "v1.0")
    assert ran.code == 1
    assert NARROWED in ran.out
    assert (
        "torq-breaking.yaml:2:5: TQ790 stale-approval: TQ709 of Quote.venue was approved until "
        "v1.5, and v1.6 is released"
    ) in ran.out


def test_an_approval_without_its_break_fails(released: Project) -> None:
    released.write("torq-breaking.yaml", ENTRY.format("v2.0"))
    ran = released.run("breaking")
    assert ran.code == 1
    assert "TQ709 of Quote.venue is approved and is not found any more" in ran.out
    assert released.run("breaking", "--select", "SOURCE").code == 0


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("approved: {}\n", "expected one key, 'approved', with a list"),
        ("approved: [TQ709]\n", "expected an entry with rule, subject, reason and until"),
        ("approved:\n  - {rule: TQ709}\n", "the approval lacks subject, reason, until"),
        (ENTRY.format("2.0"), "expected a text for 'until'"),
        (ENTRY.format("soon"), "expected a version such as v2.0 for 'until', found 'soon'"),
        (ENTRY.format("v2").replace("TQ709", "TQ201"), "no rule 'TQ201' is about breaking changes"),
        (ENTRY.format("v2") + "    by: me\n", "an approval has no key 'by'"),
    ],
)
def test_an_approval_that_cannot_be_used_fails_and_approves_nothing(
    released: Project, text: str, message: str
) -> None:
    narrow(released)
    released.write("torq-breaking.yaml", text)
    ran = released.run("breaking")
    assert ran.code == 1
    assert f"TQ791 wrong-approval: {message}" in ran.out
    assert NARROWED in ran.out


def test_a_change_of_something_released_is_a_finding_and_no_unusable_spec(
    released: Project,
) -> None:
    released.run("generate")
    released.run("release")
    commit(released, "v2.0")
    narrow(released)
    assert released.run("check").code == 2
    assert [d["code"] for d in found(released)] == ["TQ709"]


def test_rules_are_chosen_by_class_code_or_name(released: Project) -> None:
    narrow(released)
    released.edit(SCHEMA, "price: {", "cost: {")
    every = {d["code"] for d in found(released)}
    assert every == {"TQ709", "TQ732"}
    for words, left in ((["--select", "wire"], {"TQ709"}), (["--ignore", "WIRE"], {"TQ732"}),
                        (["--select", "field-renamed"], {"TQ732"})):  # fmt: skip
        assert {d["code"] for d in found(released, *words)} == left
    ran = released.run("breaking", "--select", "WIRR")
    assert (ran.code, ran.err.splitlines()[0]) == (2, "torq-gen breaking: error: no rule 'WIRR'")


def test_every_format_holds_the_finding(released: Project) -> None:
    narrow(released)
    for name in ("sarif", "github", "gitlab", "junit"):
        ran = released.run("breaking", "--format", name)
        assert ran.code == 1
        assert "TQ709" in ran.out
        assert "Quote.venue was u16 (2 bytes), is u8 (1 byte) [WIRE]" in ran.out
    result = json.loads(released.run("breaking", "--format", "sarif").out)["runs"][0]["results"][0]
    place = result["relatedLocations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert place == "v1.0%3Aschemas/market.yaml"
    ran = released.run("breaking", "--output", "out.txt")
    assert ran.out.endswith("compared; written to out.txt\n")
    assert NARROWED in (released.root / "out.txt").read_text("utf-8")


def test_the_rules_are_listed_with_their_class(project: Project) -> None:
    ran = project.run("breaking", "--rules")
    assert ran.code == 0
    lines = ran.out.splitlines()
    assert lines[0].split()[:3] == ["TQ701", "WIRE", "type-id-reused"]
    assert len(lines) == len(checks()) + 2
    listed = json.loads(project.run("breaking", "--rules", "--format", "json").out)["rules"]
    assert {r["class"] for r in listed} == {"WIRE", "SOURCE", "ARCH", ""}
