"""Every folder under tests/cases/spec is a spec with the findings that it must give.

``expected.txt`` holds them as they must be, to the column. To write it anew after a wanted change:
``TORQ_UPDATE_CASES=1 pytest tests/unit/spec/test_cases.py``, then read the difference.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from torq_gen.diagnostics import Diagnostic, Severity
from torq_gen.spec import load, rules

CASES = Path(__file__).parents[2] / "cases" / "spec"
FOLDERS = sorted(p for p in CASES.iterdir() if p.is_dir())


def shown(diagnostic: Diagnostic) -> str:
    """A finding with everything that it says, in lines."""
    span = diagnostic.span
    place = f"{span}-{span.end_line}:{span.end_column}"
    lines = [
        f"{place}: {diagnostic.severity.value} {diagnostic.code} {diagnostic.rule}",
        f"  {diagnostic.message}",
    ]
    for related in diagnostic.related:
        there = related.span
        lines.append(f"  at {there}-{there.end_line}:{there.end_column}: {related.message}")
    if diagnostic.help:
        lines.append(f"  help: {diagnostic.help}")
    return "\n".join(lines)


def findings_of(folder: Path, tmp_path: Path) -> str:
    root = tmp_path / folder.name
    shutil.copytree(folder, root)
    loaded = load(root)
    failed = any(d.severity is Severity.ERROR for d in loaded.diagnostics)
    assert (loaded.system is None) == failed
    again = load(root)
    assert again.diagnostics == loaded.diagnostics
    assert again.system == loaded.system
    return "".join(f"{shown(d)}\n" for d in loaded.diagnostics)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda p: p.name)
def test_case(folder: Path, tmp_path: Path) -> None:
    found = findings_of(folder, tmp_path)
    expected = folder / "expected.txt"
    if os.environ.get("TORQ_UPDATE_CASES"):
        expected.write_text(found, "utf-8")
    assert found == expected.read_text("utf-8")


def test_every_rule_has_a_case() -> None:
    texts = "".join((f / "expected.txt").read_text("utf-8") for f in FOLDERS)
    missing = [r.code for r in rules.ALL if f" {r.code} {r.name}\n" not in texts]
    assert missing == []
