"""TQ504: money is made a float."""

from __future__ import annotations

from collections.abc import Iterator

from torq_gen.diagnostics import Diagnostic
from torq_gen.lint.facts.model import Operation
from torq_gen.lint.rules._money import findings
from torq_gen.lint.rules._money_samples import in_handler
from torq_gen.lint.view import ServiceView
from torq_gen.rule import Rule

_BAD = {
    "float()": """\
        self.size = «float(message.size)»
""",
    "a root": """\
import math

---
        self.root = «math.sqrt(message.size)»
""",
    "a power of two to its logarithm": """\
from math import log2

---
        self.bits = «log2(message.size)»
""",
    "in a function that gets it": """\
def shown(value: int) -> float:
    return «float(value)»


---
        self.size = shown(message.size)
""",
    "mapped": """\
        sizes = [message.size, message.size]
        self.sizes = list(«map(float, sizes)»)
""",
    "a mean": """\
import statistics

---
        self.mean = «statistics.fmean([message.size, message.size])»
""",
    "its method": """\
        self.size = «message.size.__float__()»
""",
    "in an array of numpy": """\
import numpy

---
        self.sizes = «numpy.array([message.size, message.size])»
""",
    "a format that shows it as a float": """\
        self.log.info("%s", «f"{message.size:.2f}"»)
""",
    "an array of floats that it is put into": """\
from array import array

---
        sizes = array("d")
        «sizes.append(message.size)»
""",
}
_GOOD = {
    "a whole root": """\
import math

---
        self.root = math.isqrt(message.size)
""",
    "a count": """\
        self.depth = float(message.depth)
""",
    "a text": """\
        self.rate = float(self.settings["rate"])
""",
    "Decimal": """\
from decimal import Decimal

---
        self.root = Decimal(message.size).sqrt()
""",
    "its length in bits": """\
        self.bits = message.size.bit_length()
""",
    "int": """\
        self.size = int(message.size)
""",
    "an array of Python's own integers": """\
import numpy

---
        self.sizes = numpy.array([message.size, message.size], dtype=object)
""",
    "a format that shows all digits": """\
        self.log.info("%d %s", message.size, f"{message.size:,}")
""",
}

RULE = Rule(
    "TQ504",
    "float-of-money",
    "An amount of money is made a float.",
    why="""\
A float holds 53 bits, a token amount up to 256: the lowest digits are lost silently.""",
    fix="""\
Keep it an integer, or make it a `Decimal` or a `Fraction`; `math.isqrt` is exact. What is only
shown is suppressed with its reason.""",
    bad=in_handler(_BAD),
    good=in_handler(_GOOD),
)


def check(view: ServiceView) -> Iterator[Diagnostic]:
    """Each `float()` of an amount, and each function that makes one of it: `math.sqrt`."""
    return findings(
        view,
        RULE,
        Operation.FLOAT_CONVERSION,
        lambda money: f"{money} is made a float, which has 53 bits for it",
        "keep it an integer, or make it a Decimal or a Fraction (math.isqrt is exact)",
    )
