"""What code does to money, stores and processes is found behind what it is dressed up as."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.lint.facts.catalogue import programs
from torq_gen.lint.checking import check_project
from torq_gen.lint.facts import collecting
from torq_gen.lint.facts.detail import DETAILS
from torq_gen.rule import Sample

_FOLDER = Path(__file__).parent / "effects"
_FAMILIES = ("TQ3", "TQ4", "TQ5")
_UNUSED = ("TQ308", "TQ408", "TQ410", "TQ411")  # of the sample's spec, and of `lib`
PROGRAMS = [
    pytest.param(program, id=f"{file.stem}-{program.title}")
    for file in sorted(_FOLDER.glob("*.txt"))
    for program in programs(file.stem, _FOLDER)
]


@pytest.mark.parametrize("detail", DETAILS, ids=["fine", "coarse"])
@pytest.mark.parametrize("program", PROGRAMS)
def test_an_effect_is_found(
    program: Sample, detail: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(collecting, "DETAILS", (detail,))
    wanted = program.title.partition(" | ")[2].split()
    found = {d.code for d in check_project(program) if d.code.startswith(_FAMILIES)}
    assert sorted(found.difference(_UNUSED)) == wanted


def test_there_are_effects() -> None:
    assert len(PROGRAMS) > 300
