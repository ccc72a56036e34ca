"""What a run of a target loads: every command pays for what the targets import."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import torq_gen
from tests.unit.targets.cases import CASES, FOLDER
from torq_gen.targets._shared.imports import TESTING, statements, words

_PATH = str(Path(torq_gen.__file__).parents[1])


def loaded_by(code: str) -> set[str]:
    """The names of the modules that the code leaves loaded."""
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport sys\nprint(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": _PATH},
    )
    return set(done.stdout.split())


def test_the_list_of_targets_imports_none_of_them() -> None:
    loaded = loaded_by("import torq_gen.targets")
    assert {name for name in loaded if name.startswith("torq_gen.targets.")} == set()


@pytest.mark.parametrize("target", ["python", "contract_tests", "golden"])
def test_no_target_needs_jinja(target: str) -> None:
    """Importing it and compiling a template would be a third of a run for a small system."""
    case = str(FOLDER / CASES[0])
    loaded = loaded_by(
        "from pathlib import Path\nfrom torq_gen import spec, targets\n"
        f"targets.render(spec.load(Path({case!r})).system, ({target!r},))"
    )
    assert f"torq_gen.targets.{target}" in loaded
    assert "jinja2" not in loaded


def test_a_field_named_as_a_helper_of_tests_imports_nothing_of_theirs() -> None:
    """A message's module reads fields into variables of their names."""
    used = words(["(level, sent, repeated) = _UNPACK(data)"])
    assert statements(used, {}) == ""
    assert "mycelium.testing.keeping" in statements(used, {}, TESTING)
