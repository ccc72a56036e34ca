"""The finding of an access outside of the part of a store that a service has."""

from __future__ import annotations

import re
from collections.abc import Iterator

from torq_gen.diagnostics import Diagnostic
from torq_gen.lint.rules._stores import Judged, Verdict, how_to_mend, judged, section, subject
from torq_gen.lint.view import ServiceView
from torq_gen.rule import Rule

_PLACEHOLDER = re.compile(r"\{[^{}]*\}")


def findings(rule: Rule, view: ServiceView, noun: str) -> Iterator[Diagnostic]:
    """Each access to a part of the noun's kind that no entry of the service covers."""
    for found in judged(view):
        if found.verdict is Verdict.OUTSIDE and found.touch.noun == noun:
            yield _finding(rule, view, found)


def _finding(rule: Rule, view: ServiceView, found: Judged) -> Diagnostic:
    name, entry = view.service.name, found.entries[0]
    place = f"services.{name}.stores.{entry.store}"
    return rule.at(
        found.touch.span,
        f"{name} {found.does} {found.touch.named}, which is not among its {found.touch.noun}s "
        f"in {_stores(found)}",
        help=_meant(found)
        + how_to_mend(view, found, f'add "{found.touch.pattern}" to {place}.{section(found)}'),
        related=view.declared_at(entry.span, f"{name}'s part of {entry.store}"),
        service=name,
        subject=subject(view, found),
    )


def _meant(found: Judged) -> str:
    """A declared part that has nearly the name, as a question."""
    from difflib import get_close_matches

    declared = [name for entry in found.entries for name in (*entry.keys, *entry.tables)]
    plain = {_PLACEHOLDER.sub("{}", name): name for name in declared}
    wanted = _PLACEHOLDER.sub("{}", found.touch.pattern)
    near = get_close_matches(wanted, plain, n=1, cutoff=0.85)
    return f'did you mean "{plain[near[0]]}"? Otherwise ' if near else ""


def _stores(found: Judged) -> str:
    return " or ".join(entry.store for entry in found.entries)
