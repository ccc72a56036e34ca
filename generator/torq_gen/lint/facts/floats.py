"""Functions of Python's library whose numbers are floats, and money that goes into them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from torq_gen.lint.facts import collections_, numbers, strings
from torq_gen.lint.facts.frame import Given
from torq_gen.lint.facts.library import Argument
from torq_gen.lint.facts.model import Operation
from torq_gen.lint.facts.text import Text
from torq_gen.lint.facts.unions import alternatives, join
from torq_gen.lint.facts.values import DATA, Items, Plain, Thing, Value

if TYPE_CHECKING:
    from torq_gen.lint.facts.machine import Machine

LAYOUT = "struct.Struct"
Handler = Callable[["Machine", Given], Value]


def _made(machine: Machine, given: Given) -> Value:
    """Notes money among the arguments, or in what they hold."""
    _note(machine, given.all, given)
    return numbers.FLOAT


def _note(machine: Machine, arguments: tuple[Argument, ...], given: Given) -> None:
    for argument in arguments:
        held = collections_.elements(machine, argument.value)
        for amount in (*strings.money_in(argument.value), *strings.money_in(held))[:1]:
            numbers.note(machine, amount, Operation.FLOAT_CONVERSION, given.span)


def _whole(machine: Machine, given: Given) -> Value:
    """``floor`` and its like: of an integer they are exact, and ask an object of the project."""
    amounts = strings.money_in(given.first_value)
    return amounts[0] if amounts else numbers.FLOAT


def _one_of(machine: Machine, given: Given) -> Value:
    """``median_low``, ``mode``: one of the numbers, as it is."""
    return collections_.elements(machine, given.first_value)


def _some_of(machine: Machine, given: Given) -> Value:
    return Items(_one_of(machine, given))


def _packed(machine: Machine, given: Given) -> Value:
    """``struct.pack`` and ``array.array``, by a format that may have floats."""
    if any(_has_floats(one) for one in alternatives(given.first_value)):
        _note(machine, given.all[1:], given)
    amounts = [a for argument in given.all[1:] for a in strings.money_in(argument.value)]
    return strings.showing(*amounts)


def _layout(machine: Machine, given: Given) -> Value:
    """``struct.Struct(format)``."""
    stated = given.argument(0, "format")
    return Thing(LAYOUT, (("format", DATA if stated is None else stated.value),))


def by_layout(machine: Machine, layout: Thing, name: str, given: Given) -> Value:
    """A method of a `struct.Struct`."""
    if name not in ("pack", "pack_into"):
        return Items(DATA) if name in ("unpack", "unpack_from", "iter_unpack") else DATA
    stated = Argument(layout.get("format") or DATA, given.span)
    return _packed(machine, given.with_first(stated))


def _array(machine: Machine, given: Given) -> Value:
    _packed(machine, given)
    held = [collections_.elements(machine, argument.value) for argument in given.all[1:]]
    return Items(join(held)) if held else Items(Plain(""))


def _has_floats(layout: Value) -> bool:
    return isinstance(layout, Text) and any(letter in (layout.exact or "") for letter in "dfe")


_OF_MATH = (
    *("sqrt", "exp", "exp2", "expm1", "log", "log2", "log10", "log1p", "sin", "cos", "tan"),
    *("asin", "acos", "atan", "atan2", "sinh", "cosh", "tanh", "fsum", "fabs", "fmod", "modf"),
    *("frexp", "ldexp", "pow", "fma", "hypot", "dist", "copysign", "remainder", "cbrt"),
    *("degrees", "radians", "erf", "erfc", "gamma", "lgamma", "nextafter", "ulp"),
)
_OF_STATISTICS = (
    *("mean", "fmean", "geometric_mean", "harmonic_mean", "median", "median_grouped", "stdev"),
    *("pstdev", "variance", "pvariance", "quantiles", "linear_regression", "correlation"),
    *("covariance", "NormalDist.from_samples", "NormalDist", "kde"),
)
_OF_CMATH = ("sqrt", "exp", "log", "log10", "phase", "polar", "rect", "sin", "cos", "tan")
_RANDOM = (
    *("random", "uniform", "gauss", "triangular", "betavariate", "expovariate", "normalvariate"),
    *("gammavariate", "lognormvariate", "vonmisesvariate", "paretovariate", "weibullvariate"),
)
_CLOCKS = ("time", "monotonic", "perf_counter", "process_time")

TABLE: dict[str, Handler] = {
    **{f"math.{name}": _made for name in _OF_MATH},
    **{f"math.{name}": _whole for name in ("floor", "ceil", "trunc")},
    **{f"cmath.{name}": _made for name in _OF_CMATH},
    **{f"statistics.{name}": _made for name in _OF_STATISTICS},
    **{f"statistics.{name}": _one_of for name in ("median_low", "median_high", "mode")},
    "statistics.multimode": _some_of,
    **{f"random.{name}": _made for name in _RANDOM},
    **{f"time.{name}": lambda machine, given: numbers.FLOAT for name in _CLOCKS},
    **dict.fromkeys(("struct.pack", "struct.pack_into"), _packed),
    "struct.Struct": _layout,
    "builtins.float.__new__": _made,
    "array.array": _array,
}
