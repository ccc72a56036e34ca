"""The checksum by every way of this processor, and of ARM's, without Python around it."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

NATIVE = Path(__file__).parents[4] / "runtime" / "mycelium" / "_native"
PROGRAM = Path(__file__).with_name("crc_ways.c")
FLAGS = ("-std=c11", "-O2", "-Wall", "-Wextra", "-Werror", f"-I{NATIVE}")


def ways(compiler: str, folder: Path, *flags: str, run: tuple[str, ...] = ()) -> list[str]:
    """The names that the program prints; it has to end well."""
    program = folder / "crc_ways"
    sources = (str(NATIVE / "crc32.c"), str(PROGRAM))
    subprocess.run([compiler, *FLAGS, *flags, *sources, "-o", str(program)], check=True)
    done = subprocess.run([*run, str(program)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.splitlines()


@pytest.mark.skipif(shutil.which("cc") is None, reason="apt-get install gcc")
def test_every_way_of_this_processor_gives_the_same_and_reads_no_further(tmp_path: Path) -> None:
    found = ways("cc", tmp_path, "-g", "-fsanitize=address,undefined", "-fno-sanitize-recover")
    assert found[0].startswith("tables")
    assert found[-1].endswith(" (chosen)")


@pytest.mark.skipif(
    shutil.which("qemu-aarch64") is None or shutil.which("aarch64-linux-gnu-gcc") is None,
    reason="apt-get install qemu-user gcc-aarch64-linux-gnu libc6-dev-arm64-cross",
)
def test_every_way_of_arm_gives_the_same(tmp_path: Path) -> None:
    found = ways("aarch64-linux-gnu-gcc", tmp_path, "-static", run=("qemu-aarch64",))
    assert found == ["tables", "arm crc32", "arm crc32 and pmull (chosen)"]
