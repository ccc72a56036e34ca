"""What is kept of the tool's own code is trusted only while none of its files can have changed."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from torq_gen import kept, own_code

PARTS = ("", "lint", "spec")


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A tool of three files, and a clock on which they were written a minute ago."""
    made = tmp_path / "tool"
    for name in ("rule.py", "lint/facts.py", "spec/deep/loading.py"):
        (made / name).parent.mkdir(parents=True, exist_ok=True)
        (made / name).write_text("one")
    monkeypatch.setattr(own_code, "PACKAGE", made)
    monkeypatch.setattr(time, "time_ns", lambda: time.clock_gettime_ns(0) + 60_000_000_000)
    yield made
    own_code._digests.cache_clear()


def _asked_anew(root: Path) -> dict[str, str]:
    own_code._digests.cache_clear()
    return {part: own_code.digest(root, part) for part in PARTS}


def _changed(before: dict[str, str], after: dict[str, str]) -> list[str]:
    return [part for part in PARTS if before[part] != after[part]]


def test_a_change_shows_in_its_part_and_in_the_whole(tmp_path: Path, package: Path) -> None:
    before, whole = _asked_anew(tmp_path), own_code.digest(tmp_path)
    (package / "spec/deep/loading.py").write_text("two")
    assert _changed(before, _asked_anew(tmp_path)) == ["spec"]
    assert own_code.digest(tmp_path) != whole
    (package / "new.py").write_text("")
    assert _changed(before, _asked_anew(tmp_path)) == ["", "spec"]


def test_a_change_whose_time_is_set_back_is_seen(tmp_path: Path, package: Path) -> None:
    file = package / "lint/facts.py"
    found = file.stat()
    before = _asked_anew(tmp_path)
    file.write_text("two")
    os.utime(file, ns=(found.st_atime_ns, found.st_mtime_ns))
    assert _changed(before, _asked_anew(tmp_path)) == ["lint"]


def test_unchanged_code_is_not_read_again(
    tmp_path: Path, package: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = _asked_anew(tmp_path)
    monkeypatch.setattr(own_code, "_made", None)
    assert _asked_anew(tmp_path) == before


def test_nothing_is_kept_of_code_that_was_just_saved(
    tmp_path: Path, package: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(time, "time_ns", lambda: time.clock_gettime_ns(0))
    _asked_anew(tmp_path)
    assert not (tmp_path / kept.FOLDER / "tool").exists()


@pytest.mark.parametrize(
    "damage",
    [lambda _: b"", lambda _: b"\xff\xfe", lambda data: data[:-9], lambda data: data + b"x"],
)
def test_what_is_damaged_is_not_trusted(
    tmp_path: Path, package: Path, damage: Callable[[bytes], bytes]
) -> None:
    before = _asked_anew(tmp_path)
    place = tmp_path / kept.FOLDER / "tool"
    place.write_bytes(damage(place.read_bytes()))
    assert _asked_anew(tmp_path) == before


def test_compiled_and_hidden_files_are_no_code(tmp_path: Path, package: Path) -> None:
    before = _asked_anew(tmp_path)
    for name in ("__pycache__/rule.pyc", ".cache/x", "lint/.hidden"):
        (package / name).parent.mkdir(exist_ok=True)
        (package / name).write_text("x")
    assert _asked_anew(tmp_path) == before
