"""Whatever a publish is dressed up as, it is told or said to be untold, and never passed over."""

from __future__ import annotations

import pytest

from tests.unit.lint.facts.catalogue import declared, groups, programs
from torq_gen.diagnostics import Diagnostic
from torq_gen.lint.checking import check_project
from torq_gen.lint.facts import collecting, families
from torq_gen.lint.facts.detail import COARSE, DETAILS
from torq_gen.rule import Sample

TOLD = [pytest.param(p, id=f"{g}-{p.title}") for g in groups() for p in programs(g)]
UNTOLD = [pytest.param(p, id=p.title) for p in programs("unprovable")]
_MISSING = "TQ203"  # the declared message is not published where the undeclared one is


def flow(program: Sample) -> list[Diagnostic]:
    """The findings about messages that go over the bus."""
    return [d for d in check_project(program) if d.code.startswith("TQ2")]


@pytest.fixture(params=DETAILS, ids=["fine", "coarse"])
def _detail(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Large code is analysed more coarsely: nothing may be passed over there either."""
    monkeypatch.setattr(collecting, "DETAILS", (request.param,))


@pytest.mark.usefixtures("_detail")
@pytest.mark.parametrize("program", TOLD)
def test_an_undeclared_message_is_found_where_it_is_made(program: Sample) -> None:
    found = [d for d in flow(program) if d.code != _MISSING]
    assert {d.code for d in found} == {"TQ201"}
    assert {d.message for d in found} == {
        "trader publishes Alert, which system.yaml does not declare"
    }
    assert sorted(d.span for d in found) == list(program.spans)


@pytest.mark.parametrize("growths", ["FEW_GROWTHS", "MANY_GROWTHS"])
@pytest.mark.parametrize("program", TOLD[::3])
def test_what_grows_more_often_than_is_followed_is_never_passed_over(
    program: Sample, monkeypatch: pytest.MonkeyPatch, growths: str
) -> None:
    monkeypatch.setattr(collecting, "DETAILS", (COARSE,))
    monkeypatch.setattr(families, growths, 0)
    found = {d.code for d in flow(program)} - {_MISSING}
    assert found == {"TQ201"} if growths == "FEW_GROWTHS" else found & {"TQ201", "TQ204"}


@pytest.mark.parametrize("program", TOLD)
def test_the_declared_message_in_the_same_disguise_is_clean(program: Sample) -> None:
    assert flow(declared(program)) == []


@pytest.mark.usefixtures("_detail")
@pytest.mark.parametrize("program", UNTOLD)
def test_what_nobody_can_tell_is_said_where_it_is(program: Sample) -> None:
    found = [d for d in flow(program) if d.code == "TQ204"]
    assert sorted(d.span for d in found) == list(program.spans)
    assert program.spans != ()


def test_there_are_disguises() -> None:
    assert len(TOLD) > 300
    assert len(UNTOLD) > 50
