"""Every rule explains itself, and its samples are true: they are checked as a project is."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.rules.projects import findings
from torq_gen.cli._shared.rules import all_rules
from torq_gen.diagnostics import Severity
from torq_gen.rule import Rule, Sample

RULES = tuple(all_rules().values())
BAD = [(rule, sample) for rule in RULES for sample in rule.bad]
GOOD = [(rule, sample) for rule in RULES for sample in rule.good]


def named(value: Rule | Sample) -> str:
    return value.code if isinstance(value, Rule) else value.title.replace(" ", "-")


@pytest.mark.parametrize(("rule", "sample"), BAD, ids=named)
def test_a_bad_sample_has_exactly_the_marked_findings(
    rule: Rule, sample: Sample, tmp_path: Path
) -> None:
    found = [d for d in findings(rule, sample, tmp_path) if d.code == rule.code]
    assert sorted(d.span for d in found) == list(sample.spans)
    assert sample.spans != ()
    assert {(d.rule, d.severity) for d in found} == {(rule.name, rule.severity)}


@pytest.mark.parametrize(("rule", "sample"), GOOD, ids=named)
def test_a_good_sample_has_no_finding_of_the_rule(
    rule: Rule, sample: Sample, tmp_path: Path
) -> None:
    assert sample.spans == ()
    found = findings(rule, sample, tmp_path)
    assert [d for d in found if d.code == rule.code] == []
    if rule.family == "spec":  # what shows how to write a spec is one that loads
        assert [d for d in found if d.severity is Severity.ERROR] == []


@pytest.mark.parametrize("rule", RULES, ids=named)
def test_a_rule_explains_itself(rule: Rule) -> None:
    assert rule.summary.endswith(".")
    assert rule.why.endswith(".")
    assert rule.fix.endswith(".")
    assert rule.bad != ()
    assert rule.good != ()
    titles = [sample.title for sample in (*rule.bad, *rule.good)]
    assert all(titles)
    assert len(set(titles)) == len(titles)


@pytest.mark.parametrize(
    "rule", [r for r in RULES if r.family in ("flow", "store", "boundary")], ids=named
)
def test_a_rule_over_code_shows_its_disguises(rule: Rule) -> None:
    assert len(rule.bad) >= 6
    assert len(rule.good) >= 6
