"""billiard, which is `multiprocessing` with mends."""

from __future__ import annotations

from torq_gen.lint.facts.library import Library
from torq_gen.lint.facts.stdlib.processes import CONTEXT, multiprocessing

LIBRARY = Library("billiard", ("billiard",), multiprocessing("billiard."), (CONTEXT,))
