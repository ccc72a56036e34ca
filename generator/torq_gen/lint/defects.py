"""What becomes of an error in the analysis itself: a finding that says so, and no traceback."""

from __future__ import annotations

import ast
import os
import sys
from typing import TYPE_CHECKING

from torq_gen.diagnostics import Span
from torq_gen.lint.facts.frame import Frame
from torq_gen.lint.facts.model import ServiceFacts, Unreadable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from types import FrameType

    from torq_gen.diagnostics import Diagnostic
    from torq_gen.model import Service

DEBUG = "TORQ_GEN_DEBUG"
"""The environment variable with which the traceback of a defect is shown."""
HELP = (
    "this is a defect of torq-gen, not of the code: report it with this message and the traceback "
    f"that {DEBUG}=1 shows"
)


def facts(service: Service, files: tuple[str, ...], error: Exception) -> ServiceFacts:
    """The facts about a service whose analysis failed: that nothing is known of it."""
    reason = f"cannot be analysed, nor can the rest of {service.name}"
    return ServiceFacts(service.name, (), (unreadable(service, files, error, reason),), files)


def unreadable(
    service: Service, files: tuple[str, ...], error: Exception, reason: str
) -> Unreadable:
    """That a service is not proved; at the code that was looked at, or else at its first file.

    ``reason`` says what was not done. With `DEBUG` set the traceback goes to standard error.
    """
    if os.environ.get(DEBUG):
        import traceback

        traceback.print_exception(error, file=sys.stderr)
    start = Span.of_file(files[0] if files else service.path)
    where = next(_places(error), start)
    failed = f"torq-gen failed with {_described(error)} at {_origin(error)}"
    return Unreadable(where, f"{reason}: {failed}", whole=True, help=HELP)


def are_among(findings: Iterable[Diagnostic]) -> bool:
    """Whether any of the findings says so: a fix of torq-gen's, or more memory, mends it."""
    return any(finding.help == HELP for finding in findings)


def _described(error: Exception) -> str:
    lines = str(error).splitlines()
    name = type(error).__name__
    return f"{name} ({lines[0]})" if lines else name


def _frames(error: Exception) -> list[tuple[FrameType, int]]:
    """The frames of an error's traceback, innermost first, each with its line."""
    from traceback import walk_tb

    return list(walk_tb(error.__traceback__))[::-1]


def _origin(error: Exception) -> str:
    """The innermost place in torq-gen's own code: ``lint/facts/calls.py:57``."""
    for frame, line in _frames(error):
        file = frame.f_code.co_filename.replace(os.sep, "/")
        if "/torq_gen/" in file:
            return f"{file.rpartition('/torq_gen/')[2]}:{line}"
    return "an unknown place"


def _places(error: Exception) -> Iterator[Span]:
    """The pieces of code that were looked at when it failed, innermost first."""
    for frame, _ in _frames(error):
        node, around = (frame.f_locals.get(name) for name in ("node", "frame"))
        if isinstance(node, ast.expr | ast.stmt) and isinstance(around, Frame):
            yield around.module.span(node)
