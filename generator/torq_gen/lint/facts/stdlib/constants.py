"""math, cmath: constants that are floats."""

from __future__ import annotations

from torq_gen.lint.facts.library import Library
from torq_gen.lint.facts.values import Plain

_NAMES = ("pi", "e", "tau", "inf", "nan")

LIBRARY = Library(
    "constants",
    ("math", "cmath"),
    values={f"{of}.{name}": Plain("float") for of in ("math", "cmath") for name in _NAMES},
)
