"""TQ201: a service publishes a message that system.yaml does not let it publish."""

from __future__ import annotations

from collections.abc import Iterator

from torq_gen.diagnostics import Diagnostic
from torq_gen.lint.facts.model import Known
from torq_gen.lint.rules._flow import Published, declared, handed_over, others, published
from torq_gen.lint.rules._publish_samples import BAD, GOOD
from torq_gen.lint.view import ServiceView
from torq_gen.rule import Rule

RULE = Rule(
    "TQ201",
    "undeclared-publish",
    "A service publishes a message that system.yaml does not let it publish.",
    why="""\
Who publishes what is what every other service is built on: its subscribers, the order in which
things are deployed, the credentials at the broker. An edge that stands only in code is in none of
them, and the bus refuses it when the system runs.""",
    fix="""\
Let a service publish the message that may, or declare it: `services.<name>.publishes`
(`torq-gen check --accept-into-spec` writes it, once a person has decided so).""",
    bad=BAD,
    good=GOOD,
)


def check(view: ServiceView) -> Iterator[Diagnostic]:
    """Each place where a message is published that the service does not declare."""
    if not view.service.active:
        return
    for found in published(view):
        if isinstance(found.what, Known) and found.what.message not in view.published:
            yield _finding(view, found, found.what.message)


def _finding(view: ServiceView, found: Published, message: str) -> Diagnostic:
    own = view.service.name
    may = others(view, lambda s: (p.message for p in s.publishes), message)
    mend = f"declare it: services.{own}.publishes (--accept-into-spec)"
    if message in view.subscribed:
        mend = f"call the code directly: {own} subscribes {message}, and no service hears itself"
    return RULE.at(
        found.span,
        f"{own} publishes {message}, which system.yaml does not declare",
        help=f"let {may} publish it, or {mend}" if may else mend,
        related=(
            *declared(view, ((p.message, p.span) for p in view.service.publishes)),
            *handed_over(found),
        ),
        service=own,
        subject=message,
    )
