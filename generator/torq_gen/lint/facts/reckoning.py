"""Numbers: what Python and its library make of them, and of money above all."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING

from torq_gen.lint.facts import elements, formatting, numbers, strings
from torq_gen.lint.facts.frame import Given, Handler
from torq_gen.lint.facts.library import Argument
from torq_gen.lint.facts.model import Operation
from torq_gen.lint.facts.text import Text
from torq_gen.lint.facts.unions import alternatives, join
from torq_gen.lint.facts.values import (
    DATA,
    Amount,
    External,
    Generated,
    Items,
    Literal,
    MessageClass,
    MessageValue,
    Object,
    Plain,
    Tuple,
    Value,
)

if TYPE_CHECKING:
    from torq_gen.lint.facts.machine import Machine


def _plain(type_: str) -> Handler:
    return lambda machine, given: Plain(type_)


def _sum(machine: Machine, given: Given) -> Value:
    total = elements.of(machine, given.first_value)
    start = given.argument(1, "start")
    amounts = [v for v in alternatives(total) if isinstance(v, Amount)]
    if amounts and any(numbers.is_float(v) for v in alternatives(total)):
        numbers.note(machine, amounts[0], Operation.FLOAT_ARITHMETIC, given.span)
    if start is not None:
        return numbers.binary(machine, ast.Add(), total, start.value, given.span)
    if any(isinstance(one, Object) for one in alternatives(total)):
        first = numbers.binary(machine, ast.Add(), Literal(0), total, given.span)
        return join((first, numbers.binary(machine, ast.Add(), first, total, given.span)))
    return join((total, Literal(0))) if not amounts else total


def _float(machine: Machine, given: Given) -> Value:
    for argument in given.all:
        for amount in strings.money_in(argument.value):
            numbers.note(machine, amount, Operation.FLOAT_CONVERSION, given.span)
    return numbers.FLOAT


def _number(machine: Machine, given: Given) -> Value:
    """``int``, ``math.gcd``: an amount stays one, and so does one that a text shows."""
    found = [amount for a in given.all for amount in strings.money_in(a.value)]
    return join([Amount(one.of, one.origin) for one in found]) if found else Plain("int")


def _rounded(machine: Machine, given: Given) -> Value:
    value = given.first_value
    known = [v for v in alternatives(value) if isinstance(v, Amount)]
    return join(known) if known else (value if numbers.is_float(value) else Plain("int"))


def _product(machine: Machine, given: Given) -> Value:
    """``math.prod``, ``math.sumprod``: an amount, unless a float is among the factors."""
    found = [elements.of(machine, a.value) for a in given.positional]
    found += [given.keywords["start"].value] if "start" in given.keywords else []
    factors = alternatives(join(found)) if found else ()
    amounts = [v for v in factors if isinstance(v, Amount)]
    if amounts and any(numbers.is_float(v) for v in factors):
        numbers.note(machine, amounts[0], Operation.FLOAT_ARITHMETIC, given.span)
        return numbers.FLOAT
    return amounts[0] if amounts else DATA


def _round(machine: Machine, given: Given) -> Value:
    """``round`` without a number of digits gives an integer."""
    return (_number if len(given.all) == 1 else _rounded)(machine, given)


def _asking(name: str, otherwise: Handler) -> Handler:
    """A function that asks an object of the project by a method of this name."""

    def apply(machine: Machine, given: Given) -> Value:
        values = alternatives(given.first_value)
        own = [machine.method(one, name) for one in values if isinstance(one, Object)]
        found = [machine.call(one, given.without_first()) for one in own if one is not None]
        if len(found) < len(values) or not found:
            found.append(otherwise(machine, given))
        return join(found)

    return apply


def _exact(machine: Machine, given: Given) -> Value:
    for argument in given.all:
        for one in strings.money_in(argument.value):
            return Amount(one.of, one.origin, exact=True)
    return Plain("Decimal")


def _divmod(machine: Machine, given: Given) -> Value:
    if len(given.positional) < 2:
        return DATA
    left, right = (a.value for a in given.positional[:2])
    results = (
        numbers.binary(machine, op, left, right, given.span) for op in (ast.FloorDiv(), ast.Mod())
    )
    return Tuple(tuple(results))


def _digits(machine: Machine, given: Given) -> Value:
    """``hex``, ``repr`` and their like: a text that shows the amount."""
    return strings.showing(given.first_value)


def _bytes(machine: Machine, given: Given) -> Value:
    """``bytes``: of a text, that text."""
    kept = [v for v in alternatives(given.first_value) if isinstance(v, Text)]
    return join(kept) if kept else External("builtins.bytes()")


def amount_attribute(amount: Amount, name: str) -> Value | None:
    """A number's attribute that is no method."""
    if name in ("real", "numerator"):
        return Amount(amount.of, amount.origin)
    return Plain("int") if name in ("imag", "denominator") else None


def amount_method(machine: Machine, amount: Amount, name: str, given: Given) -> Value:
    """A method of an amount of money."""
    if name in ("__truediv__", "__rtruediv__") and not amount.exact:
        numbers.note(machine, amount, Operation.TRUE_DIVISION, given.span)
        return numbers.FLOAT
    if name == "__float__":
        numbers.note(machine, amount, Operation.FLOAT_CONVERSION, given.span)
        return numbers.FLOAT
    if name == "__format__":
        return formatting.in_format(machine, given.with_first(Argument(amount, given.span)))
    if name in ("bit_length", "bit_count"):
        return Plain("int")
    if name in _TO_WHOLE:
        return Amount(amount.of, amount.origin)
    if name == "as_integer_ratio":
        return Tuple((Amount(amount.of, amount.origin), Plain("int")))
    if name in ("to_bytes", "hex", "__str__", "__repr__"):
        return strings.showing(amount)
    if given.first is not None:
        found = numbers.by_method(machine, amount, name, given.first.value, given.span)
        if found is not None:
            return found
    return amount


def constant_method(machine: Machine, owner: Generated, name: str, given: Given) -> Value:
    """A method of a generated fixed-point type, which converts amounts exactly."""
    if name == "to_decimal":
        return _exact(machine, given)
    if name == "from_decimal":
        return Amount(owner.path.rpartition(".")[2])
    return DATA


def message(machine: Machine, cls: MessageClass, given: Given) -> MessageValue:
    """A new message or struct; a float that is put into a field of money is noted."""
    note_fields(machine, cls, given)
    return MessageValue(cls.name, given.span, cls.struct)


def note_fields(machine: Machine, of: MessageClass | MessageValue, given: Given) -> None:
    """Notes floats among new values of fields; through ``*`` or ``**``, of whichever field."""
    fields = machine.contracts.fields(of.name, struct=of.struct)
    for name, argument in (*zip(fields, given.positional, strict=False), *given.keywords.items()):
        _note_field(machine, fields.get(name), argument)
    whichever = join(list(fields.values()))
    if numbers.FLOAT in alternatives(whichever):
        return
    for several in (given.rest, given.more):
        if several is not None:
            _note_field(machine, whichever, several)


def _note_field(machine: Machine, field: Value | None, argument: Argument) -> None:
    """Notes a float that is the new value of a field of money, or one of its values."""
    money = next(_money_in(field), None) if field is not None else None
    if money is None:
        return
    held = (argument.value, elements.of(machine, argument.value))
    if any(numbers.is_float(one) for value in held for one in alternatives(value)):
        numbers.note(machine, money, Operation.FLOAT_VALUE, argument.span)


def _money_in(field: Value) -> Iterator[Amount]:
    for one in alternatives(field):
        if isinstance(one, Amount):
            yield one
        elif isinstance(one, Items):
            yield from _money_in(one.item)


_TO_WHOLE = frozenset(("__int__", "__index__", "__floor__", "__ceil__", "__trunc__"))
"""Methods of numbers that give whole ones."""

METHODS_OF_RANDOM: dict[str, Handler] = dict.fromkeys(
    ("randint", "randrange", "binomialvariate"), _number
)
"""Methods of `random.Random` whose numbers are whole; its module has them as functions."""
METHODS_OF_CONTEXT: dict[str, Handler] = dict.fromkeys(
    (
        *("create_decimal", "divide", "divide_int", "add", "subtract", "multiply", "quantize"),
        *("plus", "minus", "abs", "remainder", "power", "sqrt", "normalize", "fma", "max", "min"),
        *("to_integral_value", "to_integral_exact", "scaleb"),
    ),
    _exact,
)
"""Methods of `decimal.Context` that reckon."""

TABLE: dict[str, Handler] = {
    **dict.fromkeys(
        ("builtins.len", "builtins.id", "builtins.hash", "builtins.ord"), _plain("int")
    ),
    **dict.fromkeys(("time.time_ns", "time.monotonic_ns", "time.perf_counter_ns"), _plain("int")),
    "builtins.sum": _sum,
    "builtins.float": _float,
    "builtins.complex": _float,
    "builtins.float.fromhex": _float,
    "builtins.int": _asking("__int__", _number),
    "builtins.int.from_bytes": _number,
    **{f"math.{name}": _number for name in ("isqrt", "gcd", "lcm", "comb", "perm", "factorial")},
    **dict.fromkeys(("builtins.hex", "builtins.oct", "builtins.bin", "builtins.ascii"), _digits),
    **dict.fromkeys(("builtins.bytes", "builtins.bytearray"), _bytes),
    **dict.fromkeys(("math.prod", "math.sumprod"), _product),
    **dict.fromkeys(("builtins.abs", "operator.abs"), _asking("__abs__", _rounded)),
    "operator.index": _asking("__index__", _number),
    "builtins.round": _asking("__round__", _round),
    "builtins.divmod": _asking("__divmod__", _divmod),
    "decimal.Decimal": _exact,
    "fractions.Fraction": _exact,
    **{f"random.{name}": of for name, of in METHODS_OF_RANDOM.items()},
    "builtins.repr": _digits,
    "builtins.object": _plain(""),
    "builtins.slice": _plain("slice"),
}
