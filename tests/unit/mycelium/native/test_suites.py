"""One behaviour suite over both codecs: the protocol's tests and the contract tests."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from mycelium import _native

ROOT = Path(__file__).parents[4]
SUITES = (
    "tests/unit/mycelium/protocol",
    "generated/contract_tests",
    "tests/unit/mycelium/test_replay.py",
)


@pytest.mark.slow
@pytest.mark.parametrize("codec", ["native", "pure"])
def test_the_suites_pass_with_either_codec(codec: str) -> None:
    if codec == "native" and _native.codec is None:
        pytest.skip(f"{_native.reason}; `python hatch_build.py` builds it")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *SUITES],
        cwd=ROOT,
        env=os.environ | {_native.VARIABLE: codec, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr
