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


def _damage(project: Project) -> None:
    text = project.files()[GOLDEN].decode()
    start = text.index('"tlv": "') + len('"tlv": "1000')
    project.write(GOLDEN, text[:start] + ("1" if text[start] == "0" else "0") + text[start + 1 :])


def test_changed_released_bytes_are_never_written_over(project: Project) -> None:
    project.run("generate")
    project.run("release")
    _damage(project)
    before = project.files()
    for arguments in (["generate"], ["generate", "--check"], ["check"]):
        ran = project.run(*arguments)
        assert ran.code == 1
        assert "TQ607 lost-golden-vectors: the golden vectors of Quote version 1 are not" in ran.out
        assert f"git checkout HEAD -- {GOLDEN}" in ran.out
    assert project.files() == before
    (project.root / GOLDEN).unlink()
    assert "are not there" in project.run("generate").out


SECOND = """\
  Trade:
    type: 18
    fields:
      - venue: u16
reserved:"""


def test_a_lost_golden_file_is_one_finding_with_one_remedy(project: Project) -> None:
    project.edit("schemas/market.yaml", "reserved:", SECOND)
    project.run("generate")
    project.run("release")
    (project.root / GOLDEN).unlink()
    looked = project.run("generate", "--check")
    assert looked.code == 1
    assert looked.out.count("TQ6") == 1
    assert (
        "TQ607 lost-golden-vectors: the golden vectors of Quote version 1, Trade version 1 are"
        in (looked.out)
    )
    assert "torq-gen generate" not in looked.out
    assert looked.out.splitlines()[-1].startswith(
        "1 golden file to be taken from version control, "
    )
    shown = project.run("generate", "--diff")
    assert (shown.code, f"b/{GOLDEN}" in shown.out) == (1, False)


def test_what_else_is_to_mend_is_mended_beside_a_lost_golden_file(project: Project) -> None:
    project.run("generate")
    project.run("release")
    whole = project.files()
    (project.root / GOLDEN).unlink()
    project.edit("generated/contract_tests/test_market.py", "import", "import ")
    ran = project.run("generate")
    assert ran.code == 1
    assert "replaced generated/contract_tests/test_market.py" in ran.out
    assert project.files() == {path: data for path, data in whole.items() if path != GOLDEN}
    (project.root / GOLDEN).write_bytes(whole[GOLDEN])
    assert project.run("generate", "--check").code == 0


def test_a_lock_that_lost_its_releases_is_noticed_and_not_made_anew(project: Project) -> None:
    project.run("generate")
    project.run("release")
    whole = project.files()
    (project.root / "torq.lock.yaml").unlink()
    project.edit("schemas/market.yaml", "venue: u16", "venue: u32")
    before = project.files()
    for arguments in (["generate"], ["generate", "--check"], ["generate", "--diff"], ["check"]):
        ran = project.run(*arguments)
        assert ran.code == 1
        assert (
            "TQ608 lost-releases: torq.lock.yaml does not have the release of Quote version 1"
            in (ran.out)
        )
        assert "take it from version control: git checkout HEAD -- torq.lock.yaml" in ran.out
        assert GOLDEN not in ran.out
    ran = project.run("release")
    assert ran.code == 2
    assert "does not have the release of Quote version 1" in ran.err
    assert project.files() == before
    (project.root / "torq.lock.yaml").write_bytes(whole["torq.lock.yaml"])
    assert "released-layout-changed" in project.run("check").out


def test_an_interrupted_release_can_be_run_again(project: Project) -> None:
    project.run("generate")
    project.run("release")
    whole = project.files()
    (project.root / "torq.lock.yaml").unlink()
    assert "after an interrupted `torq-gen release`, run it again" in project.run("check").out
    assert project.run("release").code == 0
    assert project.files() == whole
