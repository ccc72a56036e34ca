"""Fixes of service code: from a finding and a file's text to the mended text, without any I/O.

A fix mends code and never widens the spec. What it writes is checked: the new text parses, and
but for what was put in or renamed it means what it meant before. Where that does not hold there is
no fix.
"""

from __future__ import annotations

from torq_gen.lint.fixes.handlers import MISSING_HANDLER, Handler, with_handler
from torq_gen.lint.fixes.slips import without_slip
from torq_gen.lint.fixes.source import NotFixableError, lines_of

__all__ = [
    "MISSING_HANDLER",
    "Handler",
    "NotFixableError",
    "lines_of",
    "with_handler",
    "without_slip",
]
