"""Rules over facts are found by being there; one that is broken stops everything."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import pytest

from torq_gen.lint.rules import Check, RuleError, discover

Discover: TypeAlias = Callable[..., tuple[Check, ...]]

RULE = """
from torq_gen.rule import Rule
RULE = Rule({code!r}, {name!r}, "A summary.")
def check(view):
    return iter(())
"""


@pytest.fixture
def found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Discover:
    """Write modules into a package of the test's own, and discover it."""
    package = f"rules_of_{tmp_path.name.replace('-', '_')}"
    folder = tmp_path / package
    folder.mkdir()
    monkeypatch.syspath_prepend(tmp_path)

    def discovered(**modules: str) -> tuple[Check, ...]:
        for name, text in {"__init__": "", **modules}.items():
            (folder / f"{name}.py").write_text(text, "utf-8")
        try:
            return discover([str(folder)], package)
        finally:
            for name in [n for n in sys.modules if n.split(".")[0] == package]:
                del sys.modules[name]

    return discovered


def rule(code: str, name: str) -> str:
    return RULE.format(code=code, name=name)


def test_rules_are_in_order_of_their_codes_and_helpers_are_none(found: Discover) -> None:
    checks = found(
        second=rule("TQ202", "b"), zero=rule("TQ201", "z"), _helper="raise AssertionError"
    )
    assert [(c.rule.code, c.rule.name) for c in checks] == [("TQ201", "z"), ("TQ202", "b")]


@pytest.mark.parametrize(
    ("modules", "message"),
    [
        ({"a": rule("TQ201", "x"), "b": rule("TQ201", "y")}, "two rules have the code TQ201"),
        ({"a": rule("TQ201", "x"), "b": rule("TQ202", "x")}, "two rules have the name x"),
        ({"a": "import nowhere_at_all"}, "does not import: No module named 'nowhere_at_all'"),
        ({"a": "def f(:"}, "does not import: "),
        ({"a": "check = print"}, "expected a RULE and a check"),
        ({"a": rule("TQ201", "x") + "check = None"}, "expected a RULE and a check"),
    ],
)
def test_what_stops_discovery(found: Discover, modules: dict[str, str], message: str) -> None:
    with pytest.raises(RuleError, match=message):
        found(**modules)
