"""TQ206: something is published or subscribed that is no message of the system."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from torq_gen.diagnostics import Diagnostic, Span
from torq_gen.lint.facts.model import Foreign, Subscribe
from torq_gen.lint.rules._flow import handed_over, published
from torq_gen.lint.rules._foreign_samples import FOREIGN, OURS
from torq_gen.lint.view import ServiceView
from torq_gen.rule import Rule

RULE = Rule(
    "TQ206",
    "foreign-message",
    "A service publishes or subscribes something that is no message of the system.",
    why="""\
The bus carries the messages that the schemas declare: it has no type id, no layout and no topic for
anything else, and refuses it when the system runs.""",
    fix="""\
Publish a message of the generated package. What has no message yet gets one in a schema.""",
    bad=FOREIGN,
    good=OURS,
)


def check(view: ServiceView) -> Iterator[Diagnostic]:
    """Each place where the bus is given something that no schema declares."""
    if not view.service.active:
        return
    for found in published(view):
        if isinstance(found.what, Foreign):
            finding = _finding(view, found.span, "publishes", found.what)
            yield replace(finding, related=handed_over(found))
    for fact in view.of(Subscribe):
        if isinstance(fact.what, Foreign):
            yield _finding(view, fact.span, "subscribes", fact.what)


def _finding(view: ServiceView, span: Span, does: str, what: Foreign) -> Diagnostic:
    own = view.service.name
    return RULE.at(
        span,
        f"{own} {does} {what.name}, which is no message of {view.system.name}",
        help=f"use a message of {view.system.package}.messages; a new one is declared in a schema",
        service=own,
        subject=what.name,
    )
