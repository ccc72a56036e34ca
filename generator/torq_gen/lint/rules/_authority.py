"""The finding of an access that goes further than a service's authority."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from torq_gen.diagnostics import Diagnostic
from torq_gen.lint.facts.model import Access
from torq_gen.lint.rules._stores import Judged, Verdict, how_to_mend, judged, subject
from torq_gen.lint.view import ServiceView
from torq_gen.rule import Rule


def findings(rule: Rule, view: ServiceView, access: Access) -> Iterator[Diagnostic]:
    """Each place that reads, or writes, what the service has but may not read, or write."""
    for found in judged(view):
        if found.verdict is Verdict.UNAUTHORISED and access in found.how:
            yield _finding(rule, view, replace(found, how=(access,)))


def _finding(rule: Rule, view: ServiceView, found: Judged) -> Diagnostic:
    name, entry = view.service.name, found.entries[0]
    return rule.at(
        found.touch.span,
        f"{name} {found.does} {found.touch.named}, over which it has the authority "
        f"{entry.authority.value}",
        help=how_to_mend(
            view, found, f"say `authority: read_write` in services.{name}.stores.{entry.store}"
        ),
        related=view.declared_at(entry.span, f"{name}'s part of {entry.store}"),
        service=name,
        subject=subject(view, found),
    )
