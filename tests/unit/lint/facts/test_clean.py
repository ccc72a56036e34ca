"""Honest code that looks like a disguise raises nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.lint.facts.catalogue import programs
from torq_gen.lint.checking import check_project
from torq_gen.lint.facts import collecting
from torq_gen.lint.facts.detail import DETAILS
from torq_gen.rule import Sample

_UNUSED = ("TQ308", "TQ410", "TQ411")  # what the sample's spec declares besides
PROGRAMS = [pytest.param(p, id=p.title) for p in programs("clean", Path(__file__).parent)]


@pytest.mark.parametrize("detail", DETAILS, ids=["fine", "coarse"])
@pytest.mark.parametrize("program", PROGRAMS)
def test_honest_code_is_clean(
    program: Sample, detail: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(collecting, "DETAILS", (detail,))
    assert [d for d in check_project(program) if d.code not in _UNUSED] == []


@pytest.mark.parametrize(
    "program",
    [pytest.param(p, id=p.title) for p in programs("clean_in_detail", Path(__file__).parent)],
)
def test_honest_code_is_clean_where_objects_are_told_apart(program: Sample) -> None:
    assert [d for d in check_project(program) if d.code not in _UNUSED] == []
