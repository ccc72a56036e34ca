"""release --mend: after a merge the lock keeps what both branches remember."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.unit.cli.repositories import without_settings

if TYPE_CHECKING:
    from tests.unit.cli.conftest import Project

LOCK, GOLDEN = "torq.lock.yaml", "generated/golden/market.json"


@pytest.fixture(autouse=True)
def own_git(monkeypatch: pytest.MonkeyPatch) -> None:
    without_settings(monkeypatch)


def git(project: Project, *arguments: str, fails: bool = False) -> None:
    done = subprocess.run(["git", *arguments], cwd=project.root, capture_output=True, check=False)
    assert (done.returncode != 0) == fails, done.stderr


def message(name: str, number: int) -> str:
    return f"  {name}:\n    type: {number}\n    fields:\n      - venue: u16\nreserved:"


def commit(project: Project, text: str) -> None:
    git(project, "add", "-A")
    git(project, "commit", "-q", "-m", text)


def branch(project: Project, name: str, start: str, schema: str) -> None:
    """A branch that releases another message."""
    git(project, "checkout", "-q", "-b", name, start)
    project.edit("schemas/market.yaml", "reserved:", schema)
    assert project.run("generate").code == 0
    assert project.run("release").code == 0
    commit(project, name)


@pytest.fixture
def merged(project: Project) -> Project:
    """Two branches that released a message each, and their merge, left unfinished."""
    git(project, "init", "-q", "-b", "main")
    project.write(".gitignore", ".torq_cache/\n")
    project.run("generate")
    project.run("release")
    commit(project, "first")
    branch(project, "one", "main", message("Trade", 12))
    branch(project, "two", "main", message("Depth", 13))
    git(project, "merge", "one", fails=True)
    return project


def solve_schema(project: Project) -> None:
    """What a person does with the schema: both messages stay."""
    git(project, "checkout", "-q", "one", "--", "schemas")
    project.edit("schemas/market.yaml", "reserved:", message("Depth", 13))


def test_an_unfinished_merge_is_named_with_both_branches(merged: Project) -> None:
    solve_schema(merged)
    ran = merged.run("generate")
    assert ran.code == 2
    assert "TQ155 wrong-lock: a merge of HEAD and one was left unfinished here" in ran.err
    assert "run torq-gen release --mend" in ran.err


def test_both_branches_releases_are_kept_and_so_are_their_bytes(merged: Project) -> None:
    solve_schema(merged)
    assert b"<<<<<<<" in merged.files()[GOLDEN]
    looked = merged.run("release", "--mend", "--check")
    assert (looked.code, looked.out) == (1, f"to be mended: {GOLDEN}, {LOCK}\n")
    ran = merged.run("release", "--mend")
    assert ran.code == 0
    assert ran.out == f"mended {GOLDEN}, {LOCK}\nnow run torq-gen generate, and commit\n"
    assert merged.run("generate").code == 0
    ran = merged.run("release", "--check")
    assert (ran.code, ran.out) == (0, "nothing to release; 3 versions released\n")
    assert merged.run("generate", "--check").code == 0
    again = merged.run("release", "--mend")
    assert (again.code, again.out) == (0, f"{LOCK} needs no mending\n")


def test_while_the_schema_is_not_mended_the_lock_is_and_golden_files_wait(merged: Project) -> None:
    ran = merged.run("release", "--mend")
    assert ran.code == 1
    assert ran.out == (
        f"mended {LOCK}\n"
        "golden files wait for the spec: mend system.yaml and schemas/, then run this again\n"
    )
    solve_schema(merged)
    assert merged.run("release", "--mend").out.startswith(f"mended {GOLDEN}\n")
    assert merged.run("generate").code == 0


def test_a_contradiction_is_named_and_nothing_is_written(project: Project) -> None:
    git(project, "init", "-q", "-b", "main")
    project.write(".gitignore", ".torq_cache/\n")
    project.run("generate")
    commit(project, "first")
    for name in ("one", "two"):
        git(project, "checkout", "-q", "-b", name, "main")
        kind = "u8" if name == "one" else "u64"
        grown = f"      - lot: {{type: {kind}, since: 2, default: 1}}\nreserved:"
        project.edit("schemas/market.yaml", "reserved:", grown)
        project.run("generate")
        project.run("release")
        commit(project, name)
    git(project, "merge", "one", fails=True)
    before = project.files()
    ran = project.run("release", "--mend")
    assert ran.code == 1
    assert ran.out == (
        "  version 2 of Quote was released as 'venue u16, price fixed<2, i64>, lot u64' in HEAD "
        "and as 'venue u16, price fixed<2, i64>, lot u8' in one\n"
        "1 contradiction; nothing written: say which side is out already, --prefer ours or "
        "--prefer theirs\n"
    )
    assert project.files() == before
    ran = project.run("release", "--mend", "--prefer", "theirs")
    assert "version 2 of Quote stays 'venue u16, price fixed<2, i64>, lot u8'" in ran.out
    git(project, "checkout", "-q", "one", "--", "schemas", "generated")
    assert project.run("release", "--mend").code == 0
    assert project.run("generate").code == 0


def test_an_id_that_two_branches_gave_without_a_conflict_is_found(project: Project) -> None:
    git(project, "init", "-q", "-b", "main")
    project.write(".gitignore", ".torq_cache/\n")
    project.write(LOCK, "services:\n  feeder: 1\n  taker: 2\n")
    commit(project, "first")
    git(project, "checkout", "-q", "-b", "one")
    project.write(LOCK, "services:\n  alpha: 3\n  feeder: 1\n  taker: 2\n")
    commit(project, "one")
    git(project, "checkout", "-q", "-b", "two", "main")
    project.write(LOCK, "services:\n  feeder: 1\n  taker: 2\n  omega: 3\n")
    commit(project, "two")
    git(project, "merge", "-q", "one")
    ran = project.run("release", "--mend")
    assert (ran.code, ran.out.splitlines()[0]) == (
        1,
        "  the id 3 is omega's in HEAD^1 and alpha's in HEAD^2",
    )
    ran = project.run("release", "--mend", "--prefer", "theirs")
    assert ran.code == 0
    assert ran.out.splitlines()[0] == "  alpha keeps the id 3, omega gets 4"


def test_marks_that_do_not_belong_together_are_no_merge(project: Project) -> None:
    project.write(LOCK, "services:\n<<<<<<< HEAD\n  feeder: 1\n")
    ran = project.run("release", "--mend")
    assert ran.code == 2
    assert "its conflict marks do not belong together" in ran.err
    assert f"git checkout --merge -- {LOCK}" in ran.err


def test_a_preference_without_mend_is_refused(project: Project) -> None:
    ran = project.run("release", "--prefer", "ours")
    assert ran.code == 2
    assert "--prefer goes with --mend alone" in ran.err
