"""Samples: marks become spans and leave the text."""

from __future__ import annotations

import pytest

from torq_gen.diagnostics import Severity, Span
from torq_gen.rule import FAMILIES, Rule, Sample


def test_marks_become_spans_and_leave_the_text() -> None:
    sample = Sample("ab«cd»\n«e\nf»«»", "a.py")
    assert sample.project == {"a.py": "abcd\ne\nf"}
    assert sample.spans == (
        Span("a.py", 1, 3, 1, 5),
        Span("a.py", 2, 1, 3, 2),
        Span("a.py", 3, 2, 3, 2),
    )


def test_spans_nest_and_columns_count_characters() -> None:
    sample = Sample("é«日«x»»", "a.py")
    assert sample.spans == (Span("a.py", 1, 2, 1, 4), Span("a.py", 1, 3, 1, 4))


def test_other_files_can_be_marked_absent_or_at_fault_as_a_whole() -> None:
    sample = Sample("x", "b.py", files={"a.py": "«y»", "gone.py": None}, elsewhere=("c.py",))
    assert sample.project == {"b.py": "x", "a.py": "y", "gone.py": None}
    assert sample.spans == (Span("a.py", 1, 1, 1, 2), Span("c.py", 1, 1, 1, 1))


@pytest.mark.parametrize(
    ("text", "message"),
    [("a»", "a.py:1:2: » without «"), ("\n «a", "a.py:2:2: « without »")],
)
def test_a_mark_without_its_partner_is_refused(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        _ = Sample(text, "a.py").spans


def test_a_finding_has_what_its_rule_and_place_say() -> None:
    rule = Rule("TQ201", "undeclared-publish", "A summary.")
    found = rule.at(
        Span("a.py", 1, 1, 1, 2), "m", service="trader", symbol="Trader.on_quote", subject="Order"
    )
    assert (found.code, found.rule, found.severity) == (
        "TQ201",
        "undeclared-publish",
        Severity.ERROR,
    )
    assert (found.service, found.symbol, found.subject) == ("trader", "Trader.on_quote", "Order")
    assert rule.family == "flow"
    assert {rule: 1}[Rule("TQ201", "undeclared-publish", "A summary.")] == 1
    assert set(FAMILIES) == {f"TQ{n}" for n in (1, 2, 3, 4, 5, 6, 7, 9)}
