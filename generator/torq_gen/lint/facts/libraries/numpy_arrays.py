"""numpy: arrays in files, and money that goes into them."""

from __future__ import annotations

from torq_gen.lint.facts.libraries._money import made_floats
from torq_gen.lint.facts.library import Call, Function, Library, Type
from torq_gen.lint.facts.operator_names import BINARY
from torq_gen.lint.facts.outside.effects import each
from torq_gen.lint.facts.outside.paths import BOTH, READ, WRITE, at_path_or_url
from torq_gen.lint.facts.values import DATA, External, Plain, Thing, Value

_READ, _WRITE = Function(at_path_or_url(READ)), Function(at_path_or_url(WRITE))
_FLOAT = Function(made_floats, lambda call: Plain("float"))
_FLOATS = ("float16", "float32", "float64", "double", "longdouble", "mean")

_MAKING = ("zeros", "ones", "empty", "linspace", "logspace", "geomspace", "eye", "identity")
"""Functions that make floats, unless another type is asked for."""


def _array(call: Call) -> Value:
    """An array of floats, unless another type is asked for."""
    dtype = call.argument(1 if call.path in _TYPED_SECOND else None, "dtype")
    is_float = dtype is None or dtype.value == External("builtins.float")
    return Thing(_FLOAT_ARRAY.name) if is_float else DATA


_TYPED_SECOND = ("numpy.zeros", "numpy.ones", "numpy.empty", "numpy.identity")
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
        **each(_FLOATS, _FLOAT, "numpy."),
        **each(_MAKING, Function(made_floats, _array), "numpy."),
        "numpy.memmap": Function(at_path_or_url(BOTH)),
    },
    (_FLOAT_ARRAY,),
    unlisted=Function(made_floats),
)
