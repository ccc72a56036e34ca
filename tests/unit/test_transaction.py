"""Several files change as one: whoever dies in the middle leaves what the next run completes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from torq_gen import disk, transaction
from torq_gen.transaction import JOURNAL, Recovered

OLD = {"a.yaml": b"a: 1\n", "code/b.py": b"b = 1\n", "gone/deep/c.py": b"c = 1\n"}
CHANGES: dict[str, bytes | None] = {
    "a.yaml": b"a: 2\n",
    "code/b.py": b"b = 2\n",
    "gone/deep/c.py": None,
    "new/c.py": b"c = 1\n",
}
NEW = {"a.yaml": b"a: 2\n", "code/b.py": b"b = 2\n", "new/c.py": b"c = 1\n"}
# Runs a change and ends, as a machine does that loses its power, before or within one step of it.
CRASH = """
import os, sys
from pathlib import Path
from torq_gen import disk, transaction
root, left = Path(sys.argv[1]), int(sys.argv[2])

def dying(real, half=None):
    def call(*arguments, **named):
        global left
        left -= 1
        if left < 0:
            if half:
                half(*arguments)
            os._exit(9)
        return real(*arguments, **named)
    return call

for name in ("replace", "unlink", "rename", "mkdir", "rmdir"):
    setattr(Path, name, dying(getattr(Path, name)))
write = disk._write_new
disk._write_new = dying(write, lambda place, content: write(place, content[: len(content) // 2]))
changes = {
    "a.yaml": b"a: 2\\n", "code/b.py": b"b = 2\\n", "gone/deep/c.py": None, "new/c.py": b"c = 1\\n"
}
with transaction.exclusive(root):
    transaction.commit(root, changes)
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    disk.replace_all(tmp_path, OLD)
    return tmp_path


def tree(root: Path) -> dict[str, bytes]:
    places = (p for p in root.rglob("*") if p.is_file() and disk.CACHE not in p.parts)
    return {p.relative_to(root).as_posix(): p.read_bytes() for p in places}


def test_a_change_is_made_and_leaves_nothing_behind(root: Path) -> None:
    with transaction.exclusive(root):
        transaction.commit(root, CHANGES)
    assert tree(root) == NEW
    assert not (root / JOURNAL).exists()
    assert not (root / "gone/deep").exists()
    assert transaction.recover(root) is None


def test_a_crash_at_any_step_leaves_the_old_or_the_new_project(root: Path) -> None:
    outcomes = []
    for step in range(100):
        for path in tree(root):
            disk.remove(root, path)
        disk.replace_all(root, OLD)
        done = subprocess.run(
            [sys.executable, "-c", CRASH, str(root), str(step)], capture_output=True, check=False
        )
        began = transaction.recover(root) is not None
        with transaction.exclusive(root):
            disk.sweep({root, *(p for p in root.rglob("*") if p.is_dir())})
        assert tree(root) in (OLD, NEW), step
        assert not (root / JOURNAL).exists()
        outcomes.append((tree(root) == NEW, began))
        if done.returncode == 0:
            break
        assert done.returncode == 9, done.stderr
    else:
        pytest.fail("the change never ended")
    assert outcomes[0] == (False, False)
    assert (True, True) in outcomes
    assert outcomes == sorted(outcomes, key=lambda o: o[0]), "once begun, it is completed"


def test_a_file_that_was_changed_since_is_left_alone(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class PowerCutError(BaseException):
        pass

    def cut(_: Path, files: dict[str, bytes], modes: dict[str, int] | None = None) -> None:
        if JOURNAL not in files:
            raise PowerCutError
        replace_all(_, files, modes)

    replace_all = disk.replace_all
    monkeypatch.setattr(disk, "replace_all", cut)
    with pytest.raises(PowerCutError), transaction.exclusive(root):
        transaction.commit(root, CHANGES)
    monkeypatch.undo()
    (root / "code/b.py").write_bytes(b"b = 7\n")
    (root / "a.yaml").write_bytes(b"a: 2\n")
    assert transaction.recover(root) == Recovered(("gone/deep/c.py", "new/c.py"), ("code/b.py",))
    assert tree(root) == {**NEW, "code/b.py": b"b = 7\n"}


def test_a_full_disk_changes_nothing(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(place: Path, content: bytes) -> None:
        if place.parent.name == "new":
            raise OSError(28, "No space left on device", str(place))
        write(place, content)

    write = disk._write_new
    monkeypatch.setattr(disk, "_write_new", full)
    with pytest.raises(OSError, match="No space left"), transaction.exclusive(root):
        transaction.commit(root, CHANGES)
    assert {p: c for p, c in tree(root).items() if c} == OLD
    assert transaction.recover(root) is None


def test_a_change_waits_for_the_one_before(root: Path) -> None:
    """Each of several processes reads what the one before it wrote."""
    code = """
import sys
from pathlib import Path
from torq_gen import transaction
root = Path(sys.argv[1])
with transaction.exclusive(root):
    before = (root / "a.yaml").read_bytes()
    transaction.commit(root, {"a.yaml": before + b"x", "code/b.py": before + b"x"})
"""
    runs = [subprocess.Popen([sys.executable, "-c", code, str(root)]) for _ in range(6)]
    assert [run.wait() for run in runs] == [0] * 6
    assert tree(root)["a.yaml"] == tree(root)["code/b.py"] == b"a: 1\n" + b"x" * 6


def test_new_files_have_the_permissions_that_were_asked_for(root: Path) -> None:
    modes = {"new/c.py": 0o700, "a.yaml": 0o700}
    kept = (root / "a.yaml").stat().st_mode
    with transaction.exclusive(root):
        transaction.commit(root, CHANGES, modes)
    assert (root / "new/c.py").stat().st_mode & 0o777 == 0o700
    assert (root / "a.yaml").stat().st_mode == kept


def test_a_link_stays_and_what_it_leads_to_changes(root: Path) -> None:
    (root / "real").mkdir()
    (root / "a.yaml").rename(root / "real/a.yaml")
    (root / "a.yaml").symlink_to("real/a.yaml")
    with transaction.exclusive(root):
        transaction.commit(root, CHANGES)
    assert (root / "a.yaml").readlink() == Path("real/a.yaml")
    assert (root / "real/a.yaml").read_bytes() == b"a: 2\n"


def test_a_link_that_leads_out_of_the_project_is_refused(
    root: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "a.yaml"
    elsewhere.write_bytes(b"a: 1\n")
    (root / "a.yaml").unlink()
    (root / "a.yaml").symlink_to(elsewhere)
    before = tree(root)
    with transaction.exclusive(root), pytest.raises(disk.OutsideRootError) as caught:
        transaction.commit(root, CHANGES)
    assert str(caught.value) == (
        f"a.yaml: expected a file inside the project, found a symbolic link to {elsewhere}"
    )
    assert tree(root) == before
    assert (root / "a.yaml").is_symlink()
