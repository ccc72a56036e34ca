"""One behaviour suite over both codecs: the protocol's tests and the contract tests.

This run holds them to the native codec where there is one, and a second run here to the pure one.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from mycelium import _native
from tests.uncovered import uncovered

ROOT = Path(__file__).parents[4]
SUITES = (
    "tests/unit/mycelium/protocol",
    "generated/contract_tests",
    "tests/unit/mycelium/test_replay.py",
)


@pytest.mark.slow
def test_the_suites_pass_with_the_pure_codec_too() -> None:
    if _native.codec is None:
        pytest.skip(f"they do so in this run: {_native.reason}; `python hatch_build.py` builds it")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *SUITES],
        cwd=ROOT,
        env=uncovered(PYTHONDONTWRITEBYTECODE="1", **{_native.VARIABLE: "pure"}),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr
