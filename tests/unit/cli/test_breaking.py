"""breaking: against which version it looks, what it shows, what is allowed and what is approved."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tarfile
import zipfile
from typing import TYPE_CHECKING, Any

import pytest

from torq_gen.evolution.rules import checks

if TYPE_CHECKING:
    from tests.unit.cli.conftest import Project

SCHEMA = "schemas/market.yaml"
NARROWED = "TQ709 field-retyped: Quote.venue was u16 (2 bytes), is u8 (1 byte) [WIRE]"
ENTRY = """\
approved:
  - rule: TQ709
    subject: Quote.venue
    reason: no frame was ever kept
    until: {}
"""


@pytest.fixture(autouse=True)
def own_git(monkeypatch: pytest.MonkeyPatch) -> None:
    """git as it is without anybody's settings."""
    for name in ("GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM"):
        monkeypatch.setenv(name, "/dev/null")
    for role in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{role}_NAME", "a")
        monkeypatch.setenv(f"GIT_{role}_EMAIL", "a@example.com")
        monkeypatch.setenv(f"GIT_{role}_DATE", "2024-01-01T00:00:00Z")


def git(project: Project, *arguments: str) -> str:
    done = subprocess.run(
        ["git", *arguments], cwd=project.root, capture_output=True, check=True, text=True
    )
    return done.stdout


def commit(project: Project, *tags: str) -> None:
    git(project, "add", "-A")
    git(project, "commit", "-q", "--allow-empty", "-m", "a change")
    for tag in tags:
        git(project, "tag", tag)


@pytest.fixture
def released(project: Project) -> Project:
    """A repository whose version 1.0 is tagged."""
    git(project, "init", "-q", "-b", "main")
    project.write(".gitignore", ".torq_cache/\n")
    commit(project, "v1.0")
    return project


def narrow(project: Project) -> None:
    project.edit(SCHEMA, "venue: u16", "venue: u8")


def found(project: Project, *arguments: str) -> list[dict[str, Any]]:
    ran = project.run("breaking", *arguments, "--format", "json")
    assert ran.code in (0, 1), ran.err
    diagnostics: list[dict[str, Any]] = json.loads(ran.out)["diagnostics"]
    return diagnostics


def test_the_latest_release_is_compared_with(released: Project) -> None:
    clean = released.run("breaking")
    assert (clean.code, clean.out) == (
        0,
        "no breaking changes against v1.0: 1 message, 2 services compared\n",
    )
    narrow(released)
    ran = released.run("breaking")
    assert ran.code == 1
    assert ran.out == (
        f"{SCHEMA}:7:9: {NARROWED}\n"
        "  |\n"
        "7 |       - venue: u8\n"
        "  |         ^^^^^\n"
        f"  = declared at v1.0:{SCHEMA}:7:9: as it was in v1.0\n"
        "  = help: hits publishers feeder and subscribers taker; deploy: no safe order; instead: "
        "leave it u16 and deprecated, and append a field of type u8 with since: 2\n"
        "\n"
        "1 error against v1.0: 1 message, 2 services compared\n"
    )


def test_the_work_tree_and_the_index_are_not_touched(released: Project) -> None:
    narrow(released)
    git(released, "add", SCHEMA)
    released.write("notes.txt", "mine")
    before = released.files(), git(released, "status", "--porcelain")
    released.run("breaking", "--against", "v1.0")
    assert (released.files(), git(released, "status", "--porcelain")) == before


def test_a_branch_is_compared_where_this_one_left_it(released: Project) -> None:
    git(released, "checkout", "-q", "-b", "feature")
    git(released, "checkout", "-q", "main")
    grown = "reserved:\n  names: [Old]"
    released.edit(SCHEMA, "reserved:", grown)
    commit(released)
    git(released, "checkout", "-q", "feature")
    assert found(released, "--against", "main") == []
    tip = found(released, "--against", "main", "--tip")
    assert [d["code"] for d in tip] == ["TQ704"]
    ran = released.run("breaking", "--against", "main")
    base = git(released, "merge-base", "HEAD", "main").strip()[:12]
    assert f"against main as of {base}:" in ran.out


def test_a_release_that_is_being_checked_itself_is_compared_with_the_one_before(
    released: Project,
) -> None:
    narrow(released)
    commit(released, "v2.0")
    assert "against v1.0:" in released.run("breaking").out
    released.edit(SCHEMA, "A price.", "The price.")
    assert "against v2.0:" in released.run("breaking").out


def test_the_latest_release_is_the_highest_version_and_no_early_one(released: Project) -> None:
    commit(released, "v1.10", "v1.9", "v2.0-rc1", "nightly")
    released.edit(SCHEMA, "A price.", "The price.")
    assert "against v1.10:" in released.run("breaking").out
    assert "against v1.9:" in released.run("breaking", "--against", "v1.[0-9]").out
    assert "against v2.0-rc1:" in released.run("breaking", "--against", "v2*").out


def test_a_release_of_another_branch_is_not_taken(released: Project) -> None:
    git(released, "checkout", "-q", "-b", "hotfix")
    commit(released, "v9.0")
    git(released, "checkout", "-q", "main")
    commit(released)
    assert "against v1.0:" in released.run("breaking").out


def test_folders_and_archives_are_read_and_left_as_they_are(
    released: Project, tmp_path_factory: pytest.TempPathFactory
) -> None:
    other = tmp_path_factory.mktemp("other")
    shutil.copytree(released.root / "schemas", other / "deployed/schemas")
    shutil.copy(released.root / "system.yaml", other / "deployed")
    with tarfile.open(other / "old.tar.gz", "w:gz") as tar:
        tar.add(other / "deployed", "shop-1.0")
    with zipfile.ZipFile(other / "old.zip", "w") as archive:
        for path in ("system.yaml", SCHEMA):
            archive.write(other / "deployed" / path, path)
    before = sorted(p.name for p in (other / "deployed").rglob("*"))
    narrow(released)
    for name, start in (("deployed", "deployed/"), ("old.tar.gz", "old.tar.gz:"),
                        ("old.zip", "old.zip:")):  # fmt: skip
        (one,) = found(released, "--against", str(other / name))
        assert one["code"] == "TQ709"
        assert one["related"][0]["file"] == f"{other}/{start}{SCHEMA}"
    assert sorted(p.name for p in (other / "deployed").rglob("*")) == before


def test_several_versions_are_merged_and_each_place_is_named(released: Project) -> None:
    commit(released, "v1.1")
    narrow(released)
    (one,) = found(released, "--against", "v1.0", "--against", "v1.1")
    assert [r["message"] for r in one["related"]] == ["as it was in v1.0", "as it was in v1.1"]
    assert one["breaking"] == {
        "class": "WIRE",
        "subject": "Quote.venue",
        "against": ["v1.0", "v1.1"],
        "domains": ["Market"],
        "publishers": ["feeder"],
        "subscribers": ["taker"],
        "services": ["feeder", "taker"],
        "deploy": "no safe order",
        "instead": "leave it u16 and deprecated, and append a field of type u8 with since: 2",
    }


def test_a_transitive_domain_is_compared_with_every_release(released: Project) -> None:
    narrow(released)
    commit(released, "v2.0")
    released.edit(SCHEMA, "A price.", "The price.")
    assert found(released) == []
    released.edit("system.yaml", "types: [1, 19]", "types: [1, 19], compatibility: full_transitive")
    (one,) = found(released)
    assert (one["code"], one["breaking"]["against"]) == ("TQ709", ["v1.0"])
    assert found(released, "--mode", "full") == []


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


def test_a_project_below_its_repositorys_root(
    released: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    inner = released.root / "apps/shop"
    shutil.copytree(released.root / "schemas", inner / "schemas")
    shutil.copy(released.root / "system.yaml", inner)
    commit(released, "v2.0")
    text = (inner / SCHEMA).read_text("utf-8")
    (inner / SCHEMA).write_text(text.replace("venue: u16", "venue: u8"), "utf-8")
    monkeypatch.chdir(inner)
    (one,) = found(released)
    assert (one["file"], one["related"][0]["file"]) == (SCHEMA, f"v2.0:apps/shop/{SCHEMA}")
    ran = released.run("breaking", "--format", "github")
    assert f"file=apps/shop/{SCHEMA},line=7" in ran.out
    monkeypatch.setenv("GIT_DIR", ".git")  # as in a hook, which runs at the top
    assert len(found(released)) == 1


def test_a_version_without_a_spec_or_with_a_broken_one(released: Project) -> None:
    released.edit("system.yaml", "id: 2", "id: 1")
    commit(released, "v2.0")
    released.edit("system.yaml", "id: 1\n    publishes: []", "id: 2\n    publishes: []")
    ran = released.run("breaking")
    assert ran.code == 2
    assert ran.err.startswith(
        "torq-gen breaking: error: v2.0: the spec of that version cannot be used: system.yaml:"
    )
    git(released, "rm", "-q", "--cached", "-r", ".")
    git(released, "commit", "-q", "-m", "nothing")
    ran = released.run("breaking", "--against", "HEAD")
    assert ran.code == 2
    assert "--against HEAD: there is no system.yaml at " in ran.err


@pytest.mark.parametrize(
    ("against", "message", "help"),
    [
        ("mian", "--against mian: no commit, tag, folder or archive", "did you mean 'main'?"),
        ("w*", "--against w*: no release is tagged", "name a git ref, a folder or an archive"),
        ("system.yaml", "system.yaml: expected a folder or an archive", ""),
        ("schemas", "expected a folder with a system.yaml, found none in it", ""),
        ("broken.zip", "broken.zip: expected an archive, found something else", ""),
    ],
)
def test_what_cannot_be_compared_with_is_named(
    released: Project, against: str, message: str, help: str
) -> None:
    released.write("broken.zip", "no archive")
    ran = released.run("breaking", "--against", against)
    assert ran.code == 2
    assert message in ran.err
    assert help in ran.err


def test_without_releases_or_git_the_call_has_to_say_against_what(project: Project) -> None:
    ran = project.run("breaking")
    assert (ran.code, ran.err.splitlines()[0]) == (
        2,
        "torq-gen breaking: error: no release to compare with: this is no git repository",
    )
    git(project, "init", "-q")
    commit(project)
    ran = project.run("breaking")
    assert "error: no release to compare with is tagged" in ran.err


def test_a_shallow_clone_is_told_to_fetch(
    released: Project, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit(released)
    clone = tmp_path_factory.mktemp("clone") / "shop"
    url = f"file://{released.root}"
    git(released, "clone", "-q", "--depth", "1", "--no-tags", url, str(clone))
    monkeypatch.chdir(clone)
    ran = released.run("breaking")
    assert ran.code == 2
    assert "git fetch --tags --unshallow" in ran.err


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


def test_no_git_at_all_still_compares_folders(
    project: Project, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path_factory.mktemp("other")
    shutil.copytree(project.root, other / "old")
    monkeypatch.setenv("PATH", os.devnull)
    narrow(project)
    (one,) = found(project, "--against", str(other / "old"))
    assert one["code"] == "TQ709"
