"""Findings that are awkward to show, for the tests of the formats."""

from __future__ import annotations

from torq_gen.diagnostics import Diagnostic, Related, Severity, Span
from torq_gen.rule import Rule

PUBLISH = Rule("TQ201", "undeclared-publish", "A summary.", why="A why.", fix="A fix.")
UNHEARD = Rule("TQ146", "unheard-publication", "Nobody listens.", Severity.WARNING)
CLEAN = Rule("TQ202", "undeclared-subscribe", "Another summary.")
RULES = (UNHEARD, PUBLISH, CLEAN)

ERROR = PUBLISH.at(
    Span("services/a b/ü.py", 41, 28, 41, 51),
    "trader publishes Order: 100%,\nnow",
    help="declare it",
    related=(Related(Span("system.yaml", 58, 5, 58, 9), "Quote"),),
    service="trader",
    symbol="Trader.on_quote",
    subject="Order",
)
SEVERAL_LINES = PUBLISH.at(Span("a.py", 3, 9, 5, 2), "several lines", subject="Order")
WARNING = UNHEARD.at(
    Span("system.yaml", 2, 3, 2, 8), "Quote is published \x1b and <nobody> listens"
)
FOUND: tuple[Diagnostic, ...] = (SEVERAL_LINES, ERROR, WARNING)
