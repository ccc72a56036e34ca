"""TQ501: money is divided with `/`."""

from __future__ import annotations

from collections.abc import Iterator

from torq_gen.diagnostics import Diagnostic
from torq_gen.lint.facts.model import Operation
from torq_gen.lint.rules._money import findings
from torq_gen.lint.view import ServiceView
from torq_gen.rule import Rule

RULE = Rule("TQ501", "true-division-of-money", "An amount of money is divided with `/`.")


def check(view: ServiceView) -> Iterator[Diagnostic]:
    """Each true division of an amount, or by one."""
    return findings(
        view,
        RULE,
        Operation.TRUE_DIVISION,
        lambda money: f"{money} is divided with /, which makes a float of it",
        "divide with // and say what becomes of the rest, or with Decimal or Fraction",
    )
