"""numpy: arrays that are read from files and written to them, and the floats that it makes."""

from __future__ import annotations

import re

from torq_gen.lint.facts.libraries._money import made_floats
from torq_gen.lint.facts.library import Call, Function, Library, Type
from torq_gen.lint.facts.numbers import is_float
from torq_gen.lint.facts.operator_names import BINARY
from torq_gen.lint.facts.outside.effects import each
from torq_gen.lint.facts.outside.paths import BOTH, READ, WRITE, at_path_or_url
from torq_gen.lint.facts.text import Text
from torq_gen.lint.facts.unions import alternatives, unread
from torq_gen.lint.facts.values import DATA, NONE, External, Plain, Thing, Value

_READ, _WRITE = Function(at_path_or_url(READ)), Function(at_path_or_url(WRITE))
_FLOAT = Function(made_floats, lambda call: Plain("float"))
_FLOATS = ("float16", "float32", "float64", "double", "longdouble", "half", "single")
_ONE = ("mean", "std", "var", "median", "average")
"""Functions that make one float of many numbers."""
_FLOAT_TYPE = re.compile(r"[<>=|]?(f\d*|[edg]|float\d*|half|single|double|longdouble)")
_DEEPEST = 3

_MAKING = ("zeros", "ones", "empty", "linspace", "logspace", "geomspace", "eye", "identity")
"""Functions that make floats, unless another type is asked for."""
_TYPED_SECOND = ("zeros", "ones", "empty", "identity", "array", "asarray")
_TYPED_THIRD = ("full",)
_OF_FLOATS = ("array", "asarray", "full", "arange", "zeros_like", "ones_like", "empty_like")
"""Functions that make floats of floats, unless another type is asked for."""
_BY_ITEM = ("sqrt", "cbrt", "exp", "expm1", "log", "log2", "log10", "log1p", "sin", "cos", "tan")
_RANDOM = ("rand", "random", "random_sample", "uniform", "normal", "standard_normal", "randn")


def _array(call: Call) -> Value:
    """An array of floats, unless another type is asked for."""
    stated = _stated(call)
    return Thing(_FLOAT_ARRAY.name) if stated is None or stated else _unread(call)


def _of_items(call: Call) -> Value:
    """An array of what is put into it, unless another type is asked for."""
    stated = _stated(call)
    given = (*call.positional, *call.keywords.values())
    floats = stated is None and any(_holds(call, one.value, _DEEPEST) for one in given)
    return Thing(_FLOAT_ARRAY.name) if stated or floats else _unread(call)


def _unread(call: Call) -> Value:
    """What may hold any object."""
    return unread(call.path)


def _stated(call: Call) -> bool | None:
    """Whether the type that is asked for is one of floats; None when none is."""
    name = call.path.rpartition(".")[2]
    place = 1 if name in _TYPED_SECOND else 2 if name in _TYPED_THIRD else None
    dtype = call.argument(place, "dtype")
    if dtype is None or dtype.value == NONE:
        return None
    return any(_is_float_type(one) for one in alternatives(dtype.value))


def _is_float_type(value: Value) -> bool:
    match value:
        case External(path=path):
            name = path.removeprefix("builtins.").removeprefix("numpy.")
            return _FLOAT_TYPE.fullmatch(name) is not None
        case Text(exact=str() as name):
            return _FLOAT_TYPE.fullmatch(name) is not None
    return False


def _holds(call: Call, value: Value, levels: int) -> bool:
    """Whether there is a float in a value."""
    return any(
        is_float(one)
        or one == Thing(_FLOAT_ARRAY.name)
        or (levels > 0 and _holds(call, call.elements(one), levels - 1))
        for one in alternatives(value)
    )


_OPERATORS = [f"__{side}{name}__" for name in BINARY.values() for side in ("", "r", "i")]
_FLOAT_ARRAY = Type(
    "numpy.floats",
    methods={
        **each(_OPERATORS, Function(made_floats, "numpy.floats")),
        **each(("__setitem__", "fill"), Function(made_floats)),
        **each(("__getitem__", "sum", "mean", "min", "max", "item"), _FLOAT),
    },
    item=lambda call: Plain("float"),
)

LIBRARY = Library(
    "numpy",
    ("numpy",),
    {
        **each(("load", "loadtxt", "genfromtxt", "fromfile"), _READ, "numpy."),
        **each(("save", "savetxt", "savez", "savez_compressed"), _WRITE, "numpy."),
        **each((*_FLOATS, *_ONE), _FLOAT, "numpy."),
        **each(_MAKING, Function(made_floats, _array, passes=True), "numpy."),
        **each(_OF_FLOATS, Function(made_floats, _of_items, passes=True), "numpy."),
        **each(_BY_ITEM, Function(made_floats, "numpy.floats"), "numpy."),
        **each(_RANDOM, Function(made_floats, "numpy.floats"), "numpy.random."),
        "numpy.dtype": Function(
            None, lambda call: call.positional[0].value if call.positional else DATA
        ),
        "numpy.memmap": Function(at_path_or_url(BOTH)),
    },
    (_FLOAT_ARRAY,),
    unlisted=Function(made_floats, _unread, passes=True),
)
