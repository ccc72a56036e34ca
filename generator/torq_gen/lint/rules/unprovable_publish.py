"""TQ204: nobody can tell from the code which message a service publishes."""

from __future__ import annotations

from collections.abc import Iterator

from torq_gen.diagnostics import Diagnostic, Span
from torq_gen.lint.facts.model import Unproven
from torq_gen.lint.rules import _escapes
from torq_gen.lint.rules._flow import CAPABILITIES, Published, handed_over, published
from torq_gen.lint.rules._unprovable_samples import BAD, GOOD
from torq_gen.lint.view import ServiceView
from torq_gen.rule import Rule

RULE = Rule(
    "TQ204",
    "unprovable-publish",
    "Nobody can tell from the code which message a service publishes.",
    why="""\
A publish whose message nobody can tell is what drift hides behind: one such place, and the service
may publish anything. The same holds for a place where the service itself, or its `publish`, goes to
code that is not analysed.""",
    fix="""\
Say what it is: annotate the parameter with the messages that it may be, or ask with `isinstance` or
`match`. Hand a library a function of the service that publishes a message of a known class, not
`publish` itself. Where that cannot be, suppress the finding and say what is published there.""",
    bad=BAD,
    good=GOOD,
)


def check(view: ServiceView) -> Iterator[Diagnostic]:
    """Each publish of something unknown, and each way to publish that goes out of sight."""
    if not view.service.active:
        return
    told: set[Span] = set()
    for found in published(view):
        if isinstance(found.what, Unproven):
            told.add(found.span)
            yield _finding(view, found, found.what)
    help_ = "hand over a function of the service that publishes a message of a known class"
    escaped = _escapes.findings(RULE, view, CAPABILITIES, "publishes", help_)
    yield from (finding for finding in escaped if finding.span not in told)


def _finding(view: ServiceView, found: Published, what: Unproven) -> Diagnostic:
    own = view.service.name
    shown = f"`{what.expression}`" if what.expression else "it"
    return RULE.at(
        found.span,
        f"nobody can tell which message {own} publishes with {shown}: {what.reason}",
        help="annotate it with the messages that it may be, or narrow it with isinstance or match",
        related=handed_over(found),
        service=own,
        subject=what.expression,
    )
