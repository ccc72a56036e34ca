"""Any two systems can be compared, and one with itself has no findings."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from torq_gen.diagnostics import Severity
from torq_gen.evolution import compare
from torq_gen.evolution.judging import Older, judge
from torq_gen.model import System
from torq_gen.spec import load

ROOT = Path(__file__).parents[3]
FOLDERS = [ROOT, *sorted((ROOT / "tests/cases").glob("*/*/"))]


@pytest.fixture(scope="module")
def systems() -> list[System]:
    """The reference system and every case that loads."""
    found = (load(folder, assign_ids=True).system for folder in FOLDERS)
    return [system for system in found if system is not None]


def test_a_system_is_compatible_with_itself(systems: list[System]) -> None:
    assert len(systems) > 15
    assert [found for system in systems for found in compare(system, system)] == []


def test_whatever_became_of_a_system_its_breaks_have_places_and_texts(
    systems: list[System],
) -> None:
    chains = [*pairwise(systems), *((systems[0], s) for s in systems), *pairwise(systems[::-1])]
    for old, new in chains:
        judged = judge([(Older("v1", "v1:", old), compare(old, new))], new)
        for finding in judged:
            shown = finding.diagnostic
            assert shown.message.startswith(f"{finding.found.change.subject} ")
            assert shown.span.line >= 1
            assert "deploy: " in (shown.help or "")
            assert shown.severity in Severity
        keys = [finding.found.key for finding in judged]
        assert len(set(keys)) == len(keys)
