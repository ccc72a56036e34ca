"""The sources are C as the standard has it, whichever flags Python was built with."""

from __future__ import annotations

import shutil
import subprocess
import sysconfig
from pathlib import Path

import pytest

NATIVE = Path(__file__).parents[4] / "runtime" / "mycelium" / "_native"
PYTHON = sysconfig.get_paths()["include"]
FLAGS = ("-std=c11", "-Wall", "-Wextra", "-Werror", "-fsyntax-only", f"-I{PYTHON}")


@pytest.mark.skipif(shutil.which("cc") is None, reason="apt-get install gcc")
@pytest.mark.skipif(not Path(PYTHON, "Python.h").exists(), reason="apt-get install python3-dev")
def test_the_sources_need_nothing_beyond_the_standard() -> None:
    sources = sorted(map(str, NATIVE.glob("*.c")))
    assert sources
    done = subprocess.run(["cc", *FLAGS, *sources], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
