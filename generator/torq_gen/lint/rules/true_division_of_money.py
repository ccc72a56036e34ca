"""TQ501: money is divided with `/`."""

from __future__ import annotations

from collections.abc import Iterator

from torq_gen.diagnostics import Diagnostic
from torq_gen.lint.facts.model import Operation
from torq_gen.lint.rules._money import findings
from torq_gen.lint.rules._money_samples import in_handler
from torq_gen.lint.view import ServiceView
from torq_gen.rule import Rule

_BAD = {
    "an amount halved": """\
        half = «message.size / 2»
        self.log.info("half %s", half)
""",
    "a ratio of two amounts": """\
        self.ratio = «message.size / message.price»
""",
    "by an amount": """\
        self.share = «1 / message.size»
""",
    "through a variable and a sum": """\
        total = message.size + message.depth
        self.mean = «total / message.depth»
""",
    "in place": """\
        total = message.size
        «total /= 3»
""",
    "in a function that gets it": """\
def mean(total: int, count: int) -> float:
    return «total / count»


---
        self.mean = mean(message.size, message.depth)
""",
    "the sum of many": """\
        sizes = [message.size for _ in range(3)]
        self.mean = «sum(sizes) / len(sizes)»
""",
    "of an attribute": """\
        self.size = message.size
        self.half = «self.size / 2»
""",
    "operator.truediv": """\
import operator

---
        self.half = «operator.truediv(message.size, 2)»
""",
    "a field of a money domain": """\
        order = Order(id=1, amount=3)
        self.half = «order.amount / 2»
""",
    "out of a dictionary of the message": """\
from msgspec.structs import asdict

---
        self.half = «asdict(message)["size"] / 2»
""",
    "out of the message's JSON": """\
import json

---
        self.half = «int(json.loads(message.to_json())["size"]) / 2»
""",
    "out of a tuple that was replaced in part": """\
from typing import NamedTuple


class Row(NamedTuple):
    venue: int
    size: int


---
        row = Row(message.venue, message.size)._replace(venue=1)
        self.half = «row.size / 2»
""",
}
_GOOD = {
    "whole": """\
        half, rest = divmod(message.size, 2)
        third = message.size // 3
        self.log.info("%s %s %s", half, rest, third)
""",
    "with Decimal": """\
from decimal import Decimal

---
        half = Decimal(message.size) / 2
        self.log.info("half %s", half)
""",
    "with Fraction": """\
from fractions import Fraction

---
        self.ratio = Fraction(message.size, message.depth) / 2
""",
    "a count": """\
        self.share = message.depth / 2
""",
    "a time": """\
        self.seconds = message.time / 1_000_000_000
""",
    "a path": """\
from pathlib import Path

---
        self.path = Path("reports") / "a.csv"
""",
    "sums and products": """\
        fee = message.size * 3 // 1000
        self.rest = message.size - fee
""",
}

RULE = Rule(
    "TQ501",
    "true-division-of-money",
    "An amount of money is divided with `/`.",
    why="""\
`/` makes a float, which holds 53 bits: a token amount has up to 256. What is lost is lost silently,
and differently on each platform that rounds it back.""",
    fix="""\
Divide with `//` and say what becomes of the rest (`divmod`), or divide a `Decimal` or a `Fraction`
of it. A ratio that is only shown is suppressed with its reason.""",
    bad=in_handler(_BAD),
    good=in_handler(_GOOD),
)


def check(view: ServiceView) -> Iterator[Diagnostic]:
    """Each true division of an amount, or by one."""
    return findings(
        view,
        RULE,
        Operation.TRUE_DIVISION,
        lambda money: f"{money} is divided with /, which makes a float of it",
        "divide with // and say what becomes of the rest, or with Decimal or Fraction",
    )
