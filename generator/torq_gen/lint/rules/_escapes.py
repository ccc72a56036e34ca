"""Places where something that can act on the world goes to code out of sight."""

from __future__ import annotations

from collections.abc import Container, Iterator

from torq_gen.diagnostics import Diagnostic
from torq_gen.lint.facts.model import Escape
from torq_gen.lint.view import ServiceView
from torq_gen.rule import Rule


def escapes(view: ServiceView, capabilities: Container[str]) -> Iterator[Escape]:
    """The places where one of the capabilities goes out of sight."""
    return (fact for fact in view.of(Escape) if fact.capability in capabilities)


def findings(
    rule: Rule, view: ServiceView, capabilities: Container[str], does: str, help: str
) -> Iterator[Diagnostic]:
    """A finding at each of them; ``does`` is what the capability allows."""
    own = view.service.name
    for escape in escapes(view, capabilities):
        what = f"{own} hands {escape.capability} to {escape.into}"
        message = f"{what}, and nobody can tell what that {does}"
        yield rule.at(escape.span, message, help=help, service=own)
