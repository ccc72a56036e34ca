"""breaking: which older versions it finds, and that it leaves them alone."""

from __future__ import annotations

import os
import shutil
import tarfile
import zipfile
from typing import TYPE_CHECKING

import pytest

from tests.unit.cli import repositories
from tests.unit.cli.repositories import NARROWED, SCHEMA, commit, found, git, narrow

if TYPE_CHECKING:
    from tests.unit.cli.conftest import Project


@pytest.fixture(autouse=True)
def own_git(monkeypatch: pytest.MonkeyPatch) -> None:
    repositories.without_settings(monkeypatch)


@pytest.fixture
def released(project: Project) -> Project:
    repositories.released(project)
    return project


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


def test_settings_of_rules_that_it_does_not_run_are_no_error(released: Project) -> None:
    settings = '[tool.torq-gen]\nselect = ["flow"]\n[tool.torq-gen.severity]\nTQ203 = "warning"\n'
    released.write("pyproject.toml", settings)
    assert (released.run("breaking").code, released.run("breaking").err) == (0, "")


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


def test_no_git_at_all_still_compares_folders(
    project: Project, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path_factory.mktemp("other")
    shutil.copytree(project.root, other / "old")
    monkeypatch.setenv("PATH", os.devnull)
    narrow(project)
    (one,) = found(project, "--against", str(other / "old"))
    assert one["code"] == "TQ709"
