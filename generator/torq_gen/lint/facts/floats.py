"""Functions of Python's library whose numbers are floats, and money that goes into them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torq_gen.lint.facts import elements, numbers, strings
from torq_gen.lint.facts.frame import Given, Handler
from torq_gen.lint.facts.library import Argument
from torq_gen.lint.facts.model import Operation
from torq_gen.lint.facts.text import Text
from torq_gen.lint.facts.unions import alternatives, join
from torq_gen.lint.facts.values import DATA, Amount, Items, Plain, Thing, Value

if TYPE_CHECKING:
    from torq_gen.lint.facts.machine import Machine

LAYOUT = "struct.Struct"
_DECIMAL = Plain("Decimal")


def _made(machine: Machine, given: Given) -> Value:
    """Notes money among the arguments, or in what they hold."""
    _note(machine, given.all, given)
    return numbers.FLOAT


def _note(machine: Machine, arguments: tuple[Argument, ...], given: Given) -> None:
    for argument in arguments:
        held = elements.of(machine, argument.value)
        for amount in (*strings.money_in(argument.value), *strings.money_in(held))[:1]:
            numbers.note(machine, amount, Operation.FLOAT_CONVERSION, given.span)


def _whole(machine: Machine, given: Given) -> Value:
    """``floor`` and its like: of an integer they are exact, and ask an object of the project."""
    amounts = strings.money_in(given.first_value)
    return Amount(amounts[0].of, amounts[0].origin) if amounts else Plain("int")


def _as_given(machine: Machine, given: Given) -> Value:
    """``mean`` and its like: of decimals and fractions they are exact."""
    held = alternatives(elements.of(machine, given.first_value))
    exact = [one for one in held if one == _DECIMAL or (isinstance(one, Amount) and one.exact)]
    return join(exact) if len(exact) == len(held) > 0 else _made(machine, given)


def _quantiles(machine: Machine, given: Given) -> Value:
    return Items(_as_given(machine, given))


def _one_of(machine: Machine, given: Given) -> Value:
    """``median_low``, ``mode``: one of the numbers, as it is."""
    return elements.of(machine, given.first_value)


def _some_of(machine: Machine, given: Given) -> Value:
    return Items(_one_of(machine, given))


def packed(machine: Machine, given: Given) -> Value:
    """``struct.pack`` and ``array.array``, by a format that may have floats."""
    if any(has_floats(one) for one in alternatives(given.first_value)):
        _note(machine, given.all[1:], given)
    amounts = [a for argument in given.all[1:] for a in strings.money_in(argument.value)]
    return strings.showing(*amounts)


def unpacked(machine: Machine, given: Given) -> Value:
    """``struct.unpack``: floats, by a format of nothing else, or the only amount that is in it."""
    layout, held = given.argument(0, "format"), given.argument(1, "buffer")
    known = layout.value.exact if layout is not None and isinstance(layout.value, Text) else None
    kinds = [letter for letter in known or "" if letter.isalpha() and letter != "x"]
    if kinds and all(kind in _FLOAT_LETTERS for kind in kinds):
        return Items(numbers.FLOAT)
    amounts = [] if held is None else strings.money_in(held.value)
    single = len(kinds) == 1 and not any(letter.isdigit() for letter in known or "")
    return Items(amounts[0] if amounts and single else DATA)


def _each_unpacked(machine: Machine, given: Given) -> Value:
    return Items(unpacked(machine, given))


def _layout(machine: Machine, given: Given) -> Value:
    """``struct.Struct(format)``."""
    stated = given.argument(0, "format")
    return Thing(LAYOUT, (("format", DATA if stated is None else stated.value),))


def by_layout(machine: Machine, layout: Thing, name: str, given: Given) -> Value:
    """A method of a `struct.Struct`."""
    stated = given.with_first(Argument(layout.get("format") or DATA, given.span))
    handler = _BY_LAYOUT.get(name)
    return DATA if handler is None else handler(machine, stated)


def method(machine: Machine, name: str, given: Given) -> Value:
    """A method of a float, or of what reckons with floats alone: money that it is given, is one.

    What an operator's method gives, is known already.
    """
    _note(machine, given.all, given)
    return numbers.FLOAT if name in _OF_DISTRIBUTIONS else DATA


def has_floats(layout: Value) -> bool:
    """Whether the format of a struct or an array is known to have floats."""
    return isinstance(layout, Text) and any(
        letter in (layout.exact or "") for letter in _FLOAT_LETTERS
    )


_FLOAT_LETTERS = "dfe"
_BY_LAYOUT: dict[str, Handler] = {
    **dict.fromkeys(("pack", "pack_into"), packed),
    **dict.fromkeys(("unpack", "unpack_from"), unpacked),
    "iter_unpack": _each_unpacked,
}


_OF_MATH = (
    *("sqrt", "exp", "exp2", "expm1", "log", "log2", "log10", "log1p", "sin", "cos", "tan"),
    *("asin", "acos", "atan", "atan2", "sinh", "cosh", "tanh", "fsum", "fabs", "fmod", "modf"),
    *("frexp", "ldexp", "pow", "fma", "hypot", "dist", "copysign", "remainder", "cbrt"),
    *("degrees", "radians", "erf", "erfc", "gamma", "lgamma", "nextafter", "ulp"),
)
_OF_STATISTICS = (
    *("fmean", "geometric_mean", "median_grouped", "stdev", "pstdev", "linear_regression"),
    *("correlation", "covariance", "NormalDist.from_samples", "NormalDist", "kde"),
)
_EXACT_STATISTICS = ("mean", "harmonic_mean", "median", "variance", "pvariance")
_OF_DISTRIBUTIONS = ("cdf", "pdf", "zscore", "inv_cdf", "overlap")
_OF_CMATH = ("sqrt", "exp", "log", "log10", "phase", "polar", "rect", "sin", "cos", "tan")
_RANDOM = (
    *("random", "uniform", "gauss", "triangular", "betavariate", "expovariate", "normalvariate"),
    *("gammavariate", "lognormvariate", "vonmisesvariate", "paretovariate", "weibullvariate"),
)
_CLOCKS = (
    *("time.time", "time.monotonic", "time.perf_counter", "time.process_time", "time.thread_time"),
    *("time.mktime", "time.clock_gettime", "timeit.default_timer"),
)

METHODS_OF_RANDOM: dict[str, Handler] = dict.fromkeys(_RANDOM, _made)
"""Methods of `random.Random` and what derives from it."""
METHODS_OF_TIMES: dict[str, Handler] = dict.fromkeys(("total_seconds", "timestamp"), _made)
"""Methods of `datetime`'s types whose numbers are floats; nothing else has such methods."""

TABLE: dict[str, Handler] = {
    **{f"math.{name}": _made for name in _OF_MATH},
    **{f"math.{name}": _whole for name in ("floor", "ceil", "trunc")},
    **{f"cmath.{name}": _made for name in _OF_CMATH},
    **{f"statistics.{name}": _made for name in _OF_STATISTICS},
    **{f"statistics.{name}": _as_given for name in _EXACT_STATISTICS},
    "statistics.quantiles": _quantiles,
    **{f"statistics.{name}": _one_of for name in ("median_low", "median_high", "mode")},
    "statistics.multimode": _some_of,
    **{f"random.{of}{name}": _made for name in _RANDOM for of in ("", "Random.", "SystemRandom.")},
    **{f"locale.{name}": _made for name in ("currency", "str")},
    **dict.fromkeys(_CLOCKS, lambda machine, given: numbers.FLOAT),
    **{f"struct.{name}": of for name, of in _BY_LAYOUT.items()},
    "struct.Struct": _layout,
    "os.getloadavg": lambda machine, given: Items(numbers.FLOAT),
    "builtins.float.__new__": _made,
}
