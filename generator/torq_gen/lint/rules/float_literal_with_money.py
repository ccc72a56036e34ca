"""TQ503: money meets a float literal."""

from __future__ import annotations

from collections.abc import Iterator

from torq_gen.diagnostics import Diagnostic
from torq_gen.lint.facts.model import Operation
from torq_gen.lint.rules._money import findings
from torq_gen.lint.rules._money_samples import in_handler
from torq_gen.lint.view import ServiceView
from torq_gen.rule import Rule

_BAD = {
    "a rate": """\
        self.fee = «message.size * 0.003»
""",
    "from the other side": """\
        self.fee = «0.003 * message.price»
""",
    "a constant of the module": """\
RATE = 0.003

---
        self.fee = «message.size * RATE»
""",
    "a class attribute": """\
class Rates:
    FEE = 0.003


---
        self.fee = «message.size * Rates.FEE»
""",
    "a scale": """\
        self.whole = «message.size / 1e18»
""",
    "in place": """\
        total = message.size
        «total -= 0.5»
""",
}
_GOOD = {
    "integers": """\
        self.fee = message.size * 997 // 1000
""",
    "with Decimal": """\
from decimal import Decimal

---
        self.fee = Decimal(message.size) * Decimal("0.997")
""",
    "a literal that meets no money": """\
import asyncio

---
        await asyncio.sleep(0.5)
""",
    "a ratio of counts": """\
        self.share = message.depth * 0.5
""",
    "an integer with an exponent": """\
        self.whole = message.size // 10**18
""",
    "a literal that is replaced": """\
        rate = 0.3
        rate = 3
        self.fee = message.size * rate // 1000
""",
}

RULE = Rule(
    "TQ503",
    "float-literal-with-money",
    "An amount of money is reckoned with a float literal.",
    why="""\
`0.003` is not three thousandths but the nearest float, and what it makes of an amount is a float
again, which holds 53 bits: a token amount has up to 256.""",
    fix="""\
Write the factor as integers (`amount * 997 // 1000`), as a `Decimal` or as a `Fraction`. What is
only shown is suppressed with its reason.""",
    bad=in_handler(_BAD),
    good=in_handler(_GOOD),
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
