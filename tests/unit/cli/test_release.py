"""release: versions become a promise once, and released bytes are never made anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.unit.cli.conftest import Project


GOLDEN = "generated/golden/market.json"


def test_release_marks_versions_once(project: Project) -> None:
    project.run("generate")
    looked = project.run("release", "--check")
    assert (looked.code, looked.out) == (1, "  Quote version 1\n1 version not released\n")
    ran = project.run("release")
    assert ran.code == 0
    assert ran.out.endswith("1 version released: commit torq.lock.yaml and generated/\n")
    lock = project.files()["torq.lock.yaml"]
    assert b"Quote" in lock
    again = project.run("release")
    assert (again.code, again.out) == (0, "nothing to release; 1 version released\n")
    assert project.files()["torq.lock.yaml"] == lock
    assert project.run("generate", "--check").code == 0


def test_a_grown_message_releases_its_new_version_and_keeps_the_old_bytes(project: Project) -> None:
    project.run("generate")
    project.run("release")
    before = project.files()["torq.lock.yaml"]
    project.edit(
        "schemas/market.yaml",
        "reserved:",
        "      - lot: {type: u8, since: 2, default: 1}\nreserved:",
    )
    assert project.run("generate").code == 0
    assert project.run("release", "--check").out.startswith("  Quote version 2\n")
    assert project.run("release").code == 0
    after = project.files()["torq.lock.yaml"]
    assert set(before.splitlines()) < set(after.splitlines())


def test_a_released_layout_cannot_change(project: Project) -> None:
    project.run("generate")
    project.run("release")
    project.edit("schemas/market.yaml", "venue: u16", "venue: u32")
    ran = project.run("generate")
    assert ran.code == 2
    assert "released-layout-changed" in ran.err


def test_release_writes_golden_files_that_are_not_there_yet(project: Project) -> None:
    assert project.run("generate", "python").code == 0
    assert project.run("release").code == 0
    assert GOLDEN in project.files()
    assert project.run("generate", "golden", "--check").code == 0


def test_changed_released_bytes_are_never_written_over(project: Project) -> None:
    project.run("generate")
    project.run("release")
    text = project.files()[GOLDEN].decode()
    start = text.index('"tlv": "') + len('"tlv": "1000')
    project.write(GOLDEN, text[:start] + ("1" if text[start] == "0" else "0") + text[start + 1 :])
    before = project.files()
    for arguments in (["generate"], ["generate", "--check"], ["check"]):
        ran = project.run(*arguments)
        assert ran.code == 1
        assert "TQ607 lost-golden-vectors: the golden vectors of Quote version 1 are not" in ran.out
        assert f"git checkout HEAD -- {GOLDEN}" in ran.out
    assert project.files() == before
    (project.root / GOLDEN).unlink()
    assert "are not there" in project.run("generate").out
