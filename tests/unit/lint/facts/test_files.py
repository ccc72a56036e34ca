"""Which files are a service's code, on disk and in memory."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from torq_gen.lint.facts.files import FilesInMemory, FilesOnDisk

CODE = (
    *("a/__init__.py", "a/service.py", "a/deep/er/tools.py", "a/testing.py", "a/contest.py"),
    *("a/tested/x.py", "a/latest/x.py", "a/odd name.py"),
)
OTHER = (
    *("a/test_service.py", "a/service_test.py", "a/conftest.py", "a/tests/x.py", "a/test/x.py"),
    *("a/deep/tests/x.py", "a/.hidden/x.py", "a/__pycache__/x.py", "a/venv/x.py"),
    *("a/node_modules/x.py", "a/README.md", "a/types.pyi", "b/x.py", "ab/x.py"),
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for file in (*CODE, *OTHER):
        place = tmp_path / file
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text("")
    return tmp_path


def test_code_is_what_is_neither_test_nor_hidden(folder: Path) -> None:
    assert sorted(FilesOnDisk(folder).code("a")) == sorted(CODE)
    assert sorted(FilesInMemory(dict.fromkeys((*CODE, *OTHER), "")).code("a")) == sorted(CODE)


def test_a_folder_that_is_not_there_holds_none(folder: Path) -> None:
    assert list(FilesOnDisk(folder).code("c")) == []
    assert list(FilesOnDisk(folder).code("a/service.py")) == []


def test_files_and_folders_are_told_apart(folder: Path) -> None:
    for files in (FilesOnDisk(folder), FilesInMemory(dict.fromkeys(CODE, ""))):
        assert (files.exists("a/service.py"), files.exists("a/deep")) == (True, False)
        assert (files.is_folder("a/service.py"), files.is_folder("a/deep")) == (False, True)
        assert (files.read("a/service.py"), files.read("a/deep"), files.read("a/x")) == (
            b"",
            None,
            None,
        )


@pytest.mark.parametrize("kind", ["pipe", "device"])
def test_what_is_no_file_is_not_taken_for_an_empty_one(folder: Path, kind: str) -> None:
    place = folder / "a/service.py"
    place.unlink()
    os.mkfifo(place) if kind == "pipe" else place.symlink_to("/dev/null")
    with pytest.raises(OSError, match="it is a pipe or device, expected a file"):
        FilesOnDisk(folder).read("a/service.py")


def test_a_link_to_a_folder_with_code_is_told_and_not_followed(folder: Path) -> None:
    (folder / "a/linked").symlink_to(folder / "b")
    (folder / "a/loop").symlink_to(folder / "a")
    (folder / "a/bare").symlink_to(folder / "a/.hidden")
    files = FilesOnDisk(folder)
    assert sorted(files.code("a")) == sorted(CODE)
    assert list(files.links("a")) == ["a/linked"]


@pytest.mark.parametrize(
    ("path", "there"),
    [
        ("a/service.py", True),
        ("./a/service.py", True),
        ("a/../b/x.py", True),
        ("a/missing.py", False),
        ("missing/deeper/x.py", False),
        ("a/service.py/x.py", False),
        ("a", False),
    ],
)
def test_a_file_is_there_when_its_folders_list_it(folder: Path, path: str, there: bool) -> None:
    files = FilesOnDisk(folder)
    assert files.exists(path) is there
    assert files.exists(path) is there  # when the folder is known


def test_files_beside_the_root_are_found(folder: Path) -> None:
    files = FilesOnDisk(folder / "a")
    assert files.exists("../b/x.py")
    assert files.is_folder("../b")
    assert not files.is_folder("../c")


def test_what_is_written_into_a_pipe_is_no_code(folder: Path) -> None:
    os.mkfifo(folder / "a/more.py")
    writer = os.open(folder / "a/more.py", os.O_RDWR)
    try:
        os.write(writer, b"x = 1\n")
        with pytest.raises(OSError, match="it is a pipe or device, expected a file"):
            FilesOnDisk(folder).read("a/more.py")
    finally:
        os.close(writer)
