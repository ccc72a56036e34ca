"""TQ503: money meets a float literal."""

from __future__ import annotations

from collections.abc import Iterator

from torq_gen.diagnostics import Diagnostic
from torq_gen.lint.facts.model import Operation
from torq_gen.lint.rules._money import findings
from torq_gen.lint.view import ServiceView
from torq_gen.rule import Rule

RULE = Rule(
    "TQ503", "float-literal-with-money", "An amount of money is reckoned with a float literal."
)


def check(view: ServiceView) -> Iterator[Diagnostic]:
    """Each operation of an amount and a float literal."""
    return findings(
        view,
        RULE,
        Operation.FLOAT_LITERAL,
        lambda money: f"{money} is reckoned with a float literal, which makes a float of it",
        "write the factor as integers (amount * 997 // 1000), as a Decimal or as a Fraction",
    )
