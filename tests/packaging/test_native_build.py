"""The native codec comes with the wheel where it compiles; without a compiler the wheel is pure."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.slow


def build(
    folder: Path, target: str = "wheel", **variables: str
) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "hatchling", "build", "-t", target, "-d", str(folder)]
    environment = {k: v for k, v in os.environ.items() if k not in ("CC", "TORQ_GEN_NATIVE")}
    return subprocess.run(
        command,
        cwd=ROOT,
        env=environment | variables,
        capture_output=True,
        text=True,
        check=False,
    )


def extensions(wheel: Path) -> list[str]:
    with zipfile.ZipFile(wheel) as archive:
        return [n for n in archive.namelist() if n.startswith("mycelium/_native/_codec.c")]


@pytest.mark.skipif(shutil.which("cc") is None, reason="apt-get install gcc")
def test_a_wheel_has_the_extension_and_says_for_which_python(tmp_path: Path) -> None:
    done = build(tmp_path, TORQ_GEN_NATIVE="required")
    assert done.returncode == 0, done.stderr
    (wheel,) = tmp_path.glob("*.whl")
    assert len(extensions(wheel)) == 1
    assert f"-cp{sys.version_info[0]}{sys.version_info[1]}-" in wheel.name
    with zipfile.ZipFile(wheel) as archive:
        assert not [n for n in archive.namelist() if n.endswith((".c", ".h"))]
        archive.extractall(tmp_path / "unpacked")
    code = "from mycelium import _native; print(_native.codec.__file__)"
    ran = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"PYTHONPATH": str(tmp_path / "unpacked"), "MYCELIUM_CODEC": "native"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.stdout.startswith(str(tmp_path)), ran.stderr


@pytest.mark.parametrize("variables", [{"CC": "/no/compiler"}, {"TORQ_GEN_NATIVE": "no"}])
def test_without_it_the_wheel_is_pure_and_for_every_python(
    tmp_path: Path, variables: dict[str, str]
) -> None:
    done = build(tmp_path, **variables)
    assert done.returncode == 0, done.stderr
    (wheel,) = tmp_path.glob("*.whl")
    assert wheel.name.endswith("-py3-none-any.whl")
    assert extensions(wheel) == []


def test_what_is_required_and_fails_is_an_error(tmp_path: Path) -> None:
    assert build(tmp_path, CC="/no/compiler", TORQ_GEN_NATIVE="required").returncode != 0
    wrong = build(tmp_path, TORQ_GEN_NATIVE="maybe")
    assert "TORQ_GEN_NATIVE: expected auto, no or required, found 'maybe'" in wrong.stderr
    assert list(tmp_path.iterdir()) == []


def test_the_source_distribution_has_what_it_is_built_from(tmp_path: Path) -> None:
    done = build(tmp_path, "sdist")
    assert done.returncode == 0, done.stderr
    (archive,) = tmp_path.glob("*.tar.gz")
    with tarfile.open(archive) as file:
        names = {name.split("/", 1)[1] for name in file.getnames()}
    code = {p.relative_to(ROOT).as_posix() for p in ROOT.glob("runtime/mycelium/_native/*.[ch]")}
    assert {"hatch_build.py", *code} <= names
    assert not [name for name in names if name.endswith((".so", ".pyd"))]
