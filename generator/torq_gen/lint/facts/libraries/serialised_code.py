"""dill, cloudpickle and joblib: what they load names the functions that are called, as pickle's."""

from __future__ import annotations

from torq_gen.lint.facts.library import Function, Library
from torq_gen.lint.facts.outside.effects import running

_PATHS = (
    *("dill.load", "dill.loads", "dill.load_module", "dill.load_session"),
    *("cloudpickle.load", "cloudpickle.loads", "joblib.load"),
)

LIBRARY = Library(
    "serialised code",
    ("dill", "cloudpickle", "joblib"),
    {path: Function(running(path)) for path in _PATHS},
)
