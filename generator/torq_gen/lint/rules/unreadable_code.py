"""TQ610: a file of a service cannot be analysed."""

from __future__ import annotations

from collections.abc import Iterator

from torq_gen.diagnostics import Diagnostic
from torq_gen.lint.facts.model import Unreadable
from torq_gen.lint.rules._unreadable import ACTIVE, finding
from torq_gen.lint.view import ServiceView

RULE = ACTIVE


def check(view: ServiceView) -> Iterator[Diagnostic]:
    """Each file that was needed and not understood."""
    if view.service.active:
        yield from (finding(view.service, fact) for fact in view.of(Unreadable))
