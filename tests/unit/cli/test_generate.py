"""generate: writes what changed, says what it did, sees every drift, and never trusts a stamp."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.unit.cli.conftest import Project

MESSAGES = "generated/python/demo_contracts/messages/market.py"
GOLDEN = "generated/golden/market.json"


def test_first_run_writes_everything_and_a_folder_for_each_active_service(project: Project) -> None:
    ran = project.run("generate")
    assert (ran.code, ran.err) == (0, "")
    files = project.files()
    assert {MESSAGES, GOLDEN, "generated/.torq-manifest", "torq.lock.yaml"} <= files.keys()
    assert {"services/feeder/service.py", "services/taker/service.py"} <= files.keys()
    assert "created  services/feeder/ (yours from now on)" in ran.out
    assert ran.out.splitlines()[-1].endswith("written, 0 unchanged, 2 service folders created")
    assert all(b"\r" not in content for content in files.values())


def test_a_run_with_nothing_to_do_says_so_and_writes_nothing(project: Project) -> None:
    project.run("generate")
    times = {p: p.stat().st_mtime_ns for p in project.root.rglob("*")}
    again = project.run("generate")
    assert again.code == 0
    assert again.out.endswith(" files unchanged\n")
    assert times == {p: p.stat().st_mtime_ns for p in project.root.rglob("*")}
    assert project.run("generate", "--check").out == again.out


def test_without_its_cache_it_finds_the_same(project: Project) -> None:
    project.run("generate")
    fast = project.run("generate")
    (project.root / ".torq_cache/generate").unlink()
    assert project.run("generate", "--check") == fast


def test_only_what_changed_is_rewritten_and_named(project: Project) -> None:
    project.run("generate")
    project.edit("schemas/market.yaml", "doc: A price.", "doc: A price now.")
    ran = project.run("generate")
    assert ran.code == 0
    assert f"  updated  {MESSAGES}\n" in ran.out
    assert GOLDEN not in ran.out
    assert b"A price now." in project.files()[MESSAGES]


@pytest.mark.parametrize(
    ("path", "code", "rule", "help"),
    [
        (MESSAGES, "TQ602", "edited-generated-file", "`torq-gen generate --diff`"),
        (None, "TQ603", "missing-generated-file", "run `torq-gen generate`"),
        ("generated/golden/market.json", "TQ602", "edited-generated-file", "replaces it"),
    ],
)
def test_check_names_each_file_with_the_command_that_mends_it(
    project: Project, path: str | None, code: str, rule: str, help: str
) -> None:
    project.run("generate")
    if path is None:
        (project.root / MESSAGES).unlink()
    else:
        project.edit(path, "\n", "\n\n")
    before = project.files()
    ran = project.run("generate", "--check")
    assert ran.code == 1
    assert f"{path or MESSAGES}:1:1: {code} {rule}: the file " in ran.out
    assert help in ran.out
    assert ran.out.splitlines()[-1].endswith("run `torq-gen generate`")
    assert project.files() == before, "--check writes nothing"
    assert project.run("generate").code == 0
    assert project.run("generate", "--check").code == 0


def test_a_stale_file_is_not_called_edited(project: Project) -> None:
    project.run("generate")
    project.edit("schemas/market.yaml", "A price.", "Another price.")
    ran = project.run("generate", "--check")
    assert ran.code == 1
    assert "TQ601 stale-generated-file" in ran.out
    assert "TQ602" not in ran.out


def test_an_edited_file_is_replaced_and_the_run_says_so(project: Project) -> None:
    project.run("generate")
    wanted = project.files()[MESSAGES]
    project.edit(MESSAGES, "\n", "\n# mine\n")
    ran = project.run("generate")
    assert f"  replaced {MESSAGES} (it had been changed by hand)\n" in ran.out
    assert project.files()[MESSAGES] == wanted


def test_an_edit_that_kept_size_and_times_is_seen_in_spite_of_the_stamp(project: Project) -> None:
    project.run("generate")
    place = project.root / MESSAGES
    before = place.stat()
    content = bytearray(place.read_bytes())
    content[5] ^= 1
    place.write_bytes(content)
    os.utime(place, ns=(before.st_atime_ns, before.st_mtime_ns))
    ran = project.run("generate", "--check")
    assert ran.code == 1
    assert "TQ602" in ran.out


@pytest.mark.parametrize(
    "change",
    [
        lambda p: p.edit("system.yaml", "services:", "# more\nservices:"),
        lambda p: p.write("schemas/more.yaml", "domain: Market\nmessages: {}\n"),
        lambda p: p.write("generated/python/stray.py", ""),
        lambda p: (p.root / "generated/.torq-manifest").unlink(),
        lambda p: (p.root / "torq.lock.yaml").unlink(),
    ],
)
def test_whatever_matters_makes_the_stamp_void(project: Project, change: object) -> None:
    from torq_gen.cli._shared import stamp

    project.run("generate")
    found = stamp.read(project.root)
    assert found is not None
    assert stamp.holds(found, project.root, ())
    assert not stamp.holds(found, project.root, ("python",))
    assert callable(change)
    change(project)
    assert not stamp.holds(found, project.root, ())


def test_the_stamp_holds_however_the_project_is_named(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    from torq_gen.cli._shared import stamp

    project.run("generate")
    monkeypatch.chdir(project.root.parent)
    for root in (project.root, Path(project.root.name)):
        found = stamp.read(root)
        assert found is not None
        assert stamp.holds(found, root, ())


def test_the_stamp_of_another_version_of_the_tool_is_void(
    project: Project, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    from torq_gen import own_code
    from torq_gen.cli._shared import stamp

    project.run("generate")
    found = stamp.read(project.root)
    assert found is not None
    other: Path = tmp_path_factory.mktemp("tool")
    (other / "changed.py").write_text("")
    monkeypatch.setattr(own_code, "PACKAGE", other)
    assert not stamp.holds(found, project.root, ())


def test_what_is_saved_during_a_run_is_not_taken_for_generated(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    from torq_gen.cli._shared import outputs

    apply = outputs.apply

    def saved_meanwhile(work: outputs.Work) -> None:
        project.edit("schemas/market.yaml", "venue: u16", "venue: u32")
        apply(work)

    with monkeypatch.context() as patch:
        patch.setattr(outputs, "apply", saved_meanwhile)
        project.run("generate")
    ran = project.run("generate", "--check")
    assert ran.code == 1
    assert f"{MESSAGES}:1:1: TQ601 stale-generated-file" in ran.out


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"only-one-line"])
def test_a_damaged_stamp_is_no_stamp(project: Project, content: bytes) -> None:
    project.run("generate")
    (project.root / ".torq_cache/generate").write_bytes(content)
    assert project.run("generate").code == 0


def test_an_orphan_is_named_and_removed(project: Project) -> None:
    project.run("generate")
    orphan = "generated/python/demo_contracts/messages/market.py"
    project.write("schemas/market.yaml", "domain: Market\nmessages: {}\n")
    project.edit("system.yaml", "publishes: [Quote]", "publishes: []")
    project.edit("system.yaml", "subscribes: [Quote]", "subscribes: []")
    looked = project.run("generate", "--check")
    assert f"{orphan}:1:1: TQ604 orphaned-generated-file: the file is no longer made" in looked.out
    ran = project.run("generate")
    assert f"  removed  {orphan}\n" in ran.out
    assert orphan not in project.files()


def test_a_stranger_in_generated_is_kept_and_told_but_fails_nothing(project: Project) -> None:
    project.run("generate")
    project.write("generated/notes.txt", "mine")
    looked = project.run("generate", "--check")
    assert looked.code == 0
    assert "warning: TQ605 foreign-generated-file" in looked.out
    ran = project.run("generate")
    assert ran.code == 0
    assert "  kept     generated/notes.txt (was not made by torq-gen" in ran.out
    assert "generated/notes.txt" in project.files()


def test_diff_shows_what_would_change_and_writes_nothing(project: Project) -> None:
    project.run("generate")
    project.edit("schemas/market.yaml", "A price.", "Another price.")
    before = project.files()
    ran = project.run("generate", "--diff", "--color", "always")
    assert ran.code == 1
    assert f"\x1b[1m--- a/{MESSAGES}\x1b[0m\n\x1b[1m+++ b/{MESSAGES}\x1b[0m\n" in ran.out
    assert "\x1b[31m-" in ran.out
    assert "Another price." in ran.out
    assert project.files() == before
    plain = project.run("generate", "--diff")
    assert "\x1b[" not in plain.out


def test_diff_of_a_missing_file_shows_all_of_it(project: Project) -> None:
    project.run("generate")
    (project.root / GOLDEN).unlink()
    ran = project.run("generate", "--diff")
    assert f"--- /dev/null\n+++ b/{GOLDEN}\n@@ -0,0 +1," in ran.out


def test_one_target_leaves_the_others(project: Project) -> None:
    project.run("generate")
    project.edit("schemas/market.yaml", "venue: u16", "venue: u32")
    ran = project.run("generate", "python")
    assert ran.code == 0
    assert "updated  generated/golden" not in ran.out
    assert project.run("generate", "python", "--check").code == 0
    rest = project.run("generate", "--check")
    assert rest.code == 1
    assert f"{GOLDEN}:1:1: TQ601 stale-generated-file" in rest.out


def test_an_unknown_target_gets_its_near_name(project: Project) -> None:
    ran = project.run("generate", "pyhton")
    assert ran.code == 2
    assert ran.err == (
        "torq-gen generate: error: unknown target 'pyhton'\n  help: did you mean 'python'?\n"
    )


def test_a_broken_spec_is_exit_2_and_nothing_is_written(project: Project) -> None:
    project.edit("schemas/market.yaml", "venue: u16", "venue: u17")
    before = project.files()
    ran = project.run("generate")
    assert ran.code == 2
    assert "schemas/market.yaml:7:16: TQ115 unknown-type" in ran.err or "TQ116" in ran.err
    assert "torq-gen generate: error: the spec cannot be used" in ran.err
    assert project.files() == before


def test_a_service_without_an_id_gets_one_from_generate_alone(project: Project) -> None:
    project.edit("system.yaml", "    id: 2\n", "")
    assert project.run("generate", "--check").code == 2
    assert project.run("generate").code == 0
    assert "taker: 2" in project.files()["torq.lock.yaml"].decode()
    assert project.run("generate", "--check").code == 0


def test_a_missing_lock_is_drift(project: Project) -> None:
    project.run("generate")
    (project.root / "torq.lock.yaml").unlink()
    ran = project.run("generate", "--check")
    assert ran.code == 1
    assert "torq.lock.yaml:1:1: TQ601" in ran.out


def test_an_existing_service_folder_is_never_touched(project: Project) -> None:
    project.write("services/feeder/mine.txt", "mine")
    (project.root / "services/taker").write_text("a file, not a folder")
    project.run("generate")
    services = {p: c for p, c in project.files().items() if p.startswith("services/")}
    assert services.keys() - {"services/__init__.py"} == {
        "services/feeder/mine.txt",
        "services/taker",
    }


def test_a_missing_service_folder_is_drift_at_the_service(project: Project) -> None:
    project.run("generate")
    for place in (project.root / "services/taker").rglob("*"):
        if place.is_file():
            place.unlink()
    (project.root / "services/taker").rename(project.root / "gone")
    ran = project.run("generate", "--check")
    assert ran.code == 1
    assert (
        "TQ606 missing-service-folder: taker is active, but services/taker/ is not there" in ran.out
    )
    assert "system.yaml:9:3" in ran.out


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere: run as another user")
def test_a_folder_that_cannot_be_written_is_one_line(project: Project) -> None:
    (project.root / "generated").mkdir(mode=0o500)
    ran = project.run("generate")
    assert ran.code == 2
    assert ran.err.count("\n") == 1
    assert "permission denied" in ran.err


def test_a_file_in_place_of_generated_is_one_line(project: Project) -> None:
    project.write("generated", "not a folder")
    ran = project.run("generate")
    assert ran.code == 2
    assert ran.err.startswith("torq-gen generate: error: ")
    assert ran.err.count("\n") == 1
