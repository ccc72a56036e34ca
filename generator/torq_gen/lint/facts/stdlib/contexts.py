"""contextvars: a context by type; what it holds is the analysis's own."""

from __future__ import annotations

from torq_gen.lint.facts.library import Function, Library, Type
from torq_gen.lint.facts.outside.effects import each

_CONTEXT = Type("contextvars.Context", annotations=("contextvars.Context",))

LIBRARY = Library(
    "contexts",
    ("contextvars",),
    each(("copy_context", "Context"), Function(None, _CONTEXT.name), "contextvars."),
    (_CONTEXT,),
)
