"""Libraries whose numbers are floats, or integers of 64 bits: money that goes into them."""

from __future__ import annotations

from collections.abc import Iterator

from torq_gen.lint.facts.library import Call
from torq_gen.lint.facts.model import Fact, MoneyArithmetic, Operation
from torq_gen.lint.facts.text import Text
from torq_gen.lint.facts.unions import alternatives
from torq_gen.lint.facts.values import Amount, External, Value

_DEEPEST = 3
_OBJECTS = (External("builtins.object"), External("numpy.object_"))
_OBJECT_CODES = (Text.of(["object"]), Text.of(["O"]))


def made_floats(call: Call) -> Iterator[Fact]:
    """Each amount among the arguments; ``dtype=object`` keeps Python's own integers."""
    several = (one for one in (call.rest, call.more) if one is not None)
    given = (*call.positional, *call.keywords.values(), *several)
    dtype = call.argument(None, "dtype")
    if any(one.value in _OBJECTS for one in given) or (dtype and dtype.value in _OBJECT_CODES):
        return
    for argument in given:
        for amount in dict.fromkeys(_amounts(call, argument.value, _DEEPEST)):
            yield MoneyArithmetic(call.span, Operation.FLOAT_CONVERSION, amount.of, amount.origin)


def _amounts(call: Call, value: Value, levels: int) -> Iterator[Amount]:
    for one in alternatives(value):
        if isinstance(one, Amount):
            yield one
        elif levels:
            yield from _amounts(call, call.elements(one), levels - 1)
            for held in (call.entries(one) or {}).values():
                yield from _amounts(call, held, levels - 1)
