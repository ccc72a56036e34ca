"""Each case makes exactly what its folder holds, and what it holds is good code that works."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.uncovered import uncovered
from tests.unit.targets.caches import MYPY_CACHE
from tests.unit.targets.cases import CASES, EXPECTED, FOLDER, expected_of, made_by, system_of

_TOOLS = Path(sys.executable).parent


def run(*command: str, cwd: Path, **variables: str) -> None:
    """Run a command that has to succeed; its output is the message when it does not."""
    done = subprocess.run(
        command, cwd=cwd, capture_output=True, text=True, env=uncovered(**variables)
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("case", CASES)
def test_a_case_makes_what_its_folder_holds(case: str) -> None:
    made, expected = made_by(system_of(case)), expected_of(case)
    assert sorted(made) == sorted(expected), "accept with: python -m tests.unit.targets.cases"
    for path, content in made.items():
        assert content.decode() == expected[path].decode(), path


@pytest.mark.parametrize("width", [88, 100, 160])
def test_ruff_leaves_generated_code_as_it_is(width: int) -> None:
    ruff = str(_TOOLS / "ruff")
    folders = [str(FOLDER / case / EXPECTED) for case in CASES]
    options = ("--isolated", "--no-cache", "--diff", f"--line-length={width}")
    run(ruff, "format", *options, *folders, cwd=FOLDER)


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES)
def test_generated_code_passes_mypy_strict(case: str) -> None:
    root = FOLDER / case / EXPECTED
    runtime = Path(__file__).parents[3] / "runtime"
    folders = [
        f"generated/python/{system_of(case).package}",
        "generated/contract_tests",
        "services",
    ]
    run(
        *(sys.executable, "-m", "mypy", "--strict", "--explicit-package-bases"),
        *("--config-file=", f"--cache-dir={MYPY_CACHE}", *folders),
        cwd=root,
        MYPYPATH=os.pathsep.join((str(runtime), "generated/python", ".")),
    )


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES)
def test_the_contract_tests_of_a_case_pass(case: str) -> None:
    root = FOLDER / case / EXPECTED
    paths = (root, root / "generated/python", Path(__file__).parents[3] / "runtime")
    run(
        *(sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:randomly"),
        *("-p", "no:asyncio", "-p", "no:anyio"),
        *("-W", "error", "--rootdir", str(root), "-c", os.devnull, "--import-mode=importlib"),
        *("generated/contract_tests", "services"),
        cwd=root,
        PYTHONPATH=os.pathsep.join(map(str, paths)),
        PYTHONDONTWRITEBYTECODE="1",
    )
