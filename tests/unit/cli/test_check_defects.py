"""A defect of torq-gen is a finding about one service, which hides nothing of the others."""

from __future__ import annotations

import ast
import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from torq_gen.lint import rules
from torq_gen.lint.defects import DEBUG, HELP
from torq_gen.lint.facts import expressions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.unit.cli.conftest import Project
    from torq_gen.diagnostics import Diagnostic
    from torq_gen.lint.facts.frame import Frame
    from torq_gen.lint.facts.machine import Machine
    from torq_gen.lint.facts.values import Value
    from torq_gen.lint.view import ServiceView

BROKEN = """\
from demo_contracts.services import FeederBase


class Feeder(FeederBase):
    async def on_start(self) -> None:
        self.table = {"rate": 3}
"""


@pytest.fixture
def demo(project: Project, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A service with a dictionary, which the analysis cannot bear; the other breaks the spec."""
    project.complete()
    project.write("services/feeder/service.py", BROKEN)
    project.write("services/feeder/tools.py", "A = 1  # torq: ignore[TQ201] for the demo\n")
    project.edit("services/taker/service.py", "def on_quote", "def on_qoute")
    monkeypatch.delenv(DEBUG, raising=False)

    def fail(machine: Machine, node: ast.expr, frame: Frame) -> Value:
        raise KeyError("rate\nof what")

    monkeypatch.setitem(expressions.EVALUATE, ast.Dict, fail)
    return project


def test_it_says_where_and_what_to_do_and_the_rest_is_checked(demo: Project) -> None:
    ran = demo.run("check", "--format", "json")
    assert ran.code == 1
    assert ran.err == ""
    broken, *others = json.loads(ran.out)["diagnostics"]
    assert [d["code"] for d in others] == ["TQ609"]
    assert others[0]["file"] == "services/taker/service.py"
    assert (broken["code"], broken["severity"]) == ("TQ610", "error")
    assert (broken["file"], broken["line"], broken["column"]) == (
        "services/feeder/service.py",
        6,
        22,
    )
    said, _, origin = broken["message"].rpartition(" at ")
    assert said == (
        "the file cannot be analysed, nor can the rest of feeder: torq-gen failed with KeyError "
        "('rate\\nof what')"
    )
    assert origin.startswith("lint/facts/machine.py:")
    assert broken["help"] == HELP


def test_the_traceback_is_shown_when_it_is_asked_for(
    demo: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(DEBUG, "1")
    ran = demo.run("check", "--jobs", "1")  # other processes write to the real standard error
    assert ran.code == 1
    assert ran.err.startswith("Traceback (most recent call last):\n")
    assert ran.err.endswith("KeyError: 'rate\\nof what'\n")


def test_it_is_tried_again_until_it_is_mended(
    demo: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(2):
        assert "torq-gen failed with KeyError" in demo.run("check").out
    monkeypatch.undo()
    monkeypatch.chdir(demo.root)
    assert "torq-gen failed" not in demo.run("check").out


def test_of_a_planned_service_it_is_a_warning(demo: Project) -> None:
    demo.edit("system.yaml", "    id: 1\n", "    id: 1\n    status: planned\n")
    found = json.loads(demo.run("check", "--format", "json").out)["diagnostics"]
    broken = [d for d in found if d["file"] == "services/feeder/service.py"]
    assert [(d["code"], d["severity"]) for d in broken] == [("TQ613", "warning")]


def test_a_rule_that_fails_is_said_and_the_others_are_followed(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.complete()
    project.edit("services/taker/service.py", "def on_quote", "def on_qoute")

    def fail(view: ServiceView) -> Iterator[Diagnostic]:
        raise ZeroDivisionError

    broken = [replace(c, run=fail) if c.rule.code == "TQ202" else c for c in rules.checks()]
    monkeypatch.setattr(rules, "checks", lambda: tuple(broken))
    found = json.loads(project.run("check", "--format", "json").out)["diagnostics"]
    assert [d["code"] for d in found] == ["TQ610", "TQ610", "TQ609"]
    for service, finding in zip(("feeder", "taker"), found, strict=False):
        assert finding["file"].startswith(f"services/{service}/")
        assert finding["message"].startswith(
            f"the file cannot be checked for TQ202, nor can the rest of {service}: "
            "torq-gen failed with ZeroDivisionError at lint/checking.py:"
        )


def test_it_is_shown_for_each_path_of_the_service_and_no_baseline_holds_it(demo: Project) -> None:
    ran = demo.run("check", "services/feeder/tools.py", "--select", "flow")
    assert ran.code == 1
    assert "services/feeder/service.py:6:22: TQ610" in ran.out
    assert demo.run("check", "services/taker", "--ignore", "TQ609").code == 0
    ran = demo.run("check", "--update-baseline")
    assert ran.code == 1
    assert "TQ610" in ran.out
    assert "TQ609" not in ran.out
    assert b"TQ610" not in demo.files()["torq-baseline.json"]
