"""TQ502: money meets a float."""

from __future__ import annotations

from collections.abc import Iterator

from torq_gen.diagnostics import Diagnostic
from torq_gen.lint.facts.model import Operation
from torq_gen.lint.rules._money import findings
from torq_gen.lint.view import ServiceView
from torq_gen.rule import Rule

RULE = Rule(
    "TQ502", "float-arithmetic-with-money", "An amount of money is reckoned with a float."
)


def check(view: ServiceView) -> Iterator[Diagnostic]:
    """Each operation of an amount and a float."""
    return findings(
        view,
        RULE,
        Operation.FLOAT_ARITHMETIC,
        lambda money: f"{money} is reckoned with a float, which makes a float of it",
        "keep the other side an integer (parts per million, say), a Decimal or a Fraction",
    )
