"""TQ613: a file of a planned service cannot be analysed."""

from __future__ import annotations

from collections.abc import Iterator

from torq_gen.diagnostics import Diagnostic
from torq_gen.lint.facts.model import Unreadable
from torq_gen.lint.rules._unreadable import PLANNED, finding
from torq_gen.lint.view import ServiceView

RULE = PLANNED


def check(view: ServiceView) -> Iterator[Diagnostic]:
    """Each file that was needed and not understood."""
    if not view.service.active:
        yield from (finding(view.service, fact) for fact in view.of(Unreadable))
