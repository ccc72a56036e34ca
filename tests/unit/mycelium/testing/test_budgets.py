from __future__ import annotations

from pathlib import PurePath

import pytest

from mycelium.testing.budgets import KINDS, Folders, Timed, budget_of, duration, summary


def test_the_kinds_have_the_budgets_of_the_testing_standard() -> None:
    found = {kind.name: kind.budget for kind in KINDS.values()}
    assert found == {"unit": 0.001, "contract": 0.1, "integration": 1, "replay": 5, "e2e": 30}


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("tests/unit/test_a.py", "unit"),
        ("tests/unit/system/test_a.py", "e2e"),
        ("services/ping/tests/test_a.py", "integration"),
        ("tests/test_a.py", None),
        ("tests/unittest/test_a.py", None),
    ],
)
def test_the_innermost_folder_says_what_kind_a_test_is(path: str, kind: str | None) -> None:
    folders = Folders(["unit: tests/unit", "e2e : tests/unit/system/", "integration:services"])
    assert folders.kind_of(PurePath(path)) == kind


@pytest.mark.parametrize("line", ["units: tests", "unit tests", "unit:", ": tests"])
def test_a_line_that_names_no_kind_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match="expected KIND: FOLDER with a kind of unit, contract, "):
        Folders([line])


def test_a_marker_may_state_its_own_budget() -> None:
    assert budget_of("unit", {}) == 0.001
    assert budget_of("unit", {"budget": 2}) == 2.0


@pytest.mark.parametrize("options", [{"budget": 0}, {"budget": "1 s"}, {"limit": 1}])
def test_a_marker_that_states_something_else_is_refused(options: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"expected unit\(\) or unit\(budget=SECONDS\), found"):
        budget_of("unit", options)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.0000004, "0.4 us"), (0.00074, "740 us"), (0.001, "1 ms"), (12.34, "12.3 s")],
)
def test_durations_have_three_figures(seconds: float, text: str) -> None:
    assert duration(seconds) == text


TIMED = [
    Timed("a.py::one", "unit", 0.0005, 0.001),
    Timed("a.py::two", "unit", 0.002, 0.001),
    Timed("b.py::slow", "e2e", 12.5, 10.0),
    *(Timed(f"c.py::{n}", "contract", 0.5, 0.1) for n in range(5)),
]


def test_the_summary_has_a_line_for_each_kind_and_the_worst() -> None:
    assert list(summary(TIMED, every=False)) == [
        "unit         2 in 2.5 ms, 1 over 1 ms; slowest: 2 ms a.py::two",
        "contract     5 in 2.5 s, 5 over 100 ms; slowest: 500 ms c.py::0",
        "e2e          1 in 12.5 s, 1 over 30 s; slowest: 12.5 s b.py::slow",
        "over budget:",
        *(f"  contract 500 ms of 100 ms  c.py::{n}" for n in range(5)),
        "  … and 2 more: -v lists them",
    ]


def test_the_whole_summary_lists_every_one() -> None:
    assert list(summary(TIMED, every=True))[-2:] == [
        "  unit 2 ms of 1 ms  a.py::two",
        "  e2e 12.5 s of 10 s  b.py::slow",
    ]


def test_nothing_is_said_of_what_did_not_run() -> None:
    assert list(summary([], every=True)) == []
