"""TQ505: a float is put into a field that is money."""

from __future__ import annotations

from collections.abc import Iterator

from torq_gen.diagnostics import Diagnostic
from torq_gen.lint.facts.model import MoneyArithmetic, Operation
from torq_gen.lint.rules._money import findings
from torq_gen.lint.rules._money_samples import in_handler
from torq_gen.lint.view import ServiceView
from torq_gen.rule import Rule

_BAD = {
    "a literal": """\
        await self.publish(Order(id=2, amount=«1.5»))
""",
    "by position": """\
        await self.publish(Order(2, «2.5»))
""",
    "a text made a float": """\
        amount = float(self.settings["amount"])
        await self.publish(Order(id=2, amount=«amount»))
""",
    "a ratio of counts": """\
        await self.publish(Order(id=2, amount=«message.depth / 3»))
""",
    "create": """\
        await self.publish(Order.create(id=2, amount=«1.5»))
""",
    "from a dictionary": """\
        fields = {"id": 2, "amount": 0.5}
        await self.publish(Order(**«fields»))
""",
    "replaced": """\
from msgspec.structs import replace

---
        order = Order(id=2, amount=1)
        await self.publish(replace(order, amount=«0.5»))
""",
    "in a function that gets it": """\
def order(amount: float) -> Order:
    return Order(id=2, amount=«amount»)


---
        await self.publish(order(0.5))
""",
}
_GOOD = {
    "whole": """\
        await self.publish(Order(id=2, amount=15))
""",
    "money again": """\
        await self.publish(Order(id=2, amount=message.size * 3 // 2))
""",
    "a float that is rounded": """\
        await self.publish(Order(id=2, amount=round(1.5)))
""",
    "a Decimal that is made whole": """\
from decimal import Decimal

---
        await self.publish(Order(id=2, amount=int(Decimal("1.5") * 2)))
""",
    "what is not known": """\
        await self.publish(Order(id=2, amount=self.settings["amount"]))
""",
    "a class of the service's own": """\
from dataclasses import dataclass


@dataclass
class Draft:
    amount: float


---
        self.draft = Draft(amount=0.5)
""",
}

RULE = Rule(
    "TQ505",
    "float-for-money",
    "A float is put into a field of a message that is money.",
    why="""\
The field holds whole units: encoding refuses a float, or whoever reads the message takes it for
something else. A float that was rounded on the way has lost its lowest digits already.""",
    fix="""\
Reckon with integers, `Decimal` or `Fraction`, and say how the result is rounded.""",
    bad=in_handler(_BAD),
    good=in_handler(_GOOD),
)


def check(view: ServiceView) -> Iterator[Diagnostic]:
    """Each float in a field of money, but one that another finding about money says all of."""
    said = {f.span for f in view.of(MoneyArithmetic) if f.operation is not Operation.FLOAT_VALUE}
    found = findings(
        view,
        RULE,
        Operation.FLOAT_VALUE,
        lambda money: f"a float is put into {money}, which holds whole units",
        "reckon with integers, Decimal or Fraction, and say how it is rounded",
    )
    return (one for one in found if one.span not in said)
