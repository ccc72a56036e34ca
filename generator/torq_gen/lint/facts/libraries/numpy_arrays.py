"""numpy: arrays in files, and money that goes into them."""

from __future__ import annotations

from torq_gen.lint.facts.libraries._money import made_floats
from torq_gen.lint.facts.library import Function, Library
from torq_gen.lint.facts.outside.effects import each
from torq_gen.lint.facts.outside.paths import BOTH, READ, WRITE, at_path_or_url
from torq_gen.lint.facts.values import Plain

_READ, _WRITE = Function(at_path_or_url(READ)), Function(at_path_or_url(WRITE))
_FLOAT = Function(made_floats, lambda call: Plain("float"))
_FLOATS = ("float16", "float32", "float64", "double", "longdouble", "mean")

LIBRARY = Library(
    "numpy",
    ("numpy",),
    {
        **each(("load", "loadtxt", "genfromtxt", "fromfile"), _READ, "numpy."),
        **each(("save", "savetxt", "savez", "savez_compressed"), _WRITE, "numpy."),
        **each(_FLOATS, _FLOAT, "numpy."),
        "numpy.memmap": Function(at_path_or_url(BOTH)),
    },
    unlisted=Function(made_floats),
)
