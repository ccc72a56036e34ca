"""math, cmath, sys, os: constants and attributes that are floats."""

from __future__ import annotations

from torq_gen.lint.facts.library import Library
from torq_gen.lint.facts.outside.paths import STATUS
from torq_gen.lint.facts.values import Plain

_NAMES = (
    *(f"{of}.{name}" for of in ("math", "cmath") for name in ("pi", "e", "tau", "inf", "nan")),
    *(f"sys.float_info.{name}" for name in ("max", "min", "epsilon")),
    *(f"os.times().{name}" for name in ("user", "system", "elapsed")),
    *(f"os.times().children_{name}" for name in ("user", "system")),
    *(f"{STATUS.path}.st_{name}time" for name in ("a", "m", "c", "birth")),
)

LIBRARY = Library(
    "constants",
    ("math", "cmath", "sys", "os"),
    values={name: Plain("float") for name in _NAMES},
)
