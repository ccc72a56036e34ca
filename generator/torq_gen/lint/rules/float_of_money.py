"""TQ504: money is made a float."""

from __future__ import annotations

from collections.abc import Iterator

from torq_gen.diagnostics import Diagnostic
from torq_gen.lint.facts.model import Operation
from torq_gen.lint.rules._money import findings
from torq_gen.lint.view import ServiceView
from torq_gen.rule import Rule

RULE = Rule("TQ504", "float-of-money", "An amount of money is made a float.")


def check(view: ServiceView) -> Iterator[Diagnostic]:
    """Each `float()` of an amount, and each function that makes one of it: `math.sqrt`."""
    return findings(
        view,
        RULE,
        Operation.FLOAT_CONVERSION,
        lambda money: f"{money} is made a float, which has 53 bits for it",
        "keep it an integer, or make it a Decimal or a Fraction (math.isqrt is exact)",
    )
