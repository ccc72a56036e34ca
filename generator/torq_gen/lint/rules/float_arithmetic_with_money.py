"""TQ502: money meets a float."""

from __future__ import annotations

from collections.abc import Iterator

from torq_gen.diagnostics import Diagnostic
from torq_gen.lint.facts.model import MoneyArithmetic, Operation
from torq_gen.lint.rules._money import findings
from torq_gen.lint.rules._money_samples import in_handler
from torq_gen.lint.view import ServiceView
from torq_gen.rule import Rule

_BAD = {
    "times a float": """\
        rate = float("0.3")
        self.fee = «message.size * rate»
""",
    "a parameter that is a float": """\
def fee(size: int, rate: float) -> float:
    return «size * rate»


---
        self.fee = fee(message.size, self.settings["rate"])
""",
    "plus a time": """\
import time

---
        self.mark = «message.size + time.time()»
""",
    "in place": """\
        total = message.size
        rate = float("0.3")
        «total *= rate»
""",
    "from the other side": """\
        rate = float("0.3")
        self.fee = «rate * message.price»
""",
    "a ratio of counts": """\
        share = message.depth / 7
        self.part = «message.size * share»
""",
}
_GOOD = {
    "parts per million": """\
        self.fee = message.size * 3000 // 1_000_000
""",
    "with Decimal": """\
from decimal import Decimal

---
        self.fee = Decimal(message.size) * Decimal("0.003")
""",
    "floats among themselves": """\
import time

---
        self.wait = time.time() * float("1.5")
""",
    "a count": """\
        rate = float("0.3")
        self.load = message.depth * rate
""",
    "compared only": """\
        rate = float("0.3")
        self.many = message.size > rate
""",
    "shown": """\
        self.log.info("%s at %s", message.size, float("0.3"))
""",
}

RULE = Rule(
    "TQ502",
    "float-arithmetic-with-money",
    "An amount of money is reckoned with a float.",
    why="""\
What an amount and a float make is a float, which holds 53 bits: a token amount has up to 256. The
lowest digits are lost silently.""",
    fix="""\
Keep the other side exact: an integer with a scale (parts per million), a `Decimal` or a `Fraction`.
What is only shown is suppressed with its reason.""",
    bad=in_handler(_BAD),
    good=in_handler(_GOOD),
)


def check(view: ServiceView) -> Iterator[Diagnostic]:
    """Each operation of an amount and a float, but one that began with a float literal."""
    of = view.of(MoneyArithmetic)
    literal = {(f.span, f.money) for f in of if f.operation is Operation.FLOAT_LITERAL}
    found = findings(
        view,
        RULE,
        Operation.FLOAT_ARITHMETIC,
        lambda money: f"{money} is reckoned with a float, which makes a float of it",
        "keep the other side an integer (parts per million, say), a Decimal or a Fraction",
    )
    return (one for one in found if (one.span, one.subject) not in literal)
