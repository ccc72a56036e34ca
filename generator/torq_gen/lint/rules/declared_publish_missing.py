"""TQ203: no code of a service publishes what system.yaml says that it publishes."""

from __future__ import annotations

from collections.abc import Iterator

from torq_gen.diagnostics import Diagnostic, Related, Span
from torq_gen.lint.facts.model import Handler, Known, Publish, ServiceClass, Unreadable
from torq_gen.lint.rules._escapes import escapes
from torq_gen.lint.rules._flow import CAPABILITIES, is_proven
from torq_gen.lint.rules._missing_samples import BAD, GOOD
from torq_gen.lint.view import ServiceView
from torq_gen.model.services import Publication
from torq_gen.rule import Rule

RULE = Rule(
    "TQ203",
    "declared-publish-missing",
    "No code of a service publishes a message that system.yaml says it publishes.",
    why="""\
Others build on what system.yaml says: a subscriber of a message that nobody sends waits for ever.
As long as one publish of the service cannot be told (`unprovable-publish`), any of its messages may
be published there, and this rule is silent; likewise as long as a handler is not filled in
(`unfilled-handler`). A call of `publish` that nobody awaits publishes nothing.""",
    fix="""\
Publish it, or take it out of `services.<name>.publishes`. A service whose code is still to come is
`status: planned`.""",
    bad=BAD,
    good=GOOD,
)


def check(view: ServiceView) -> Iterator[Diagnostic]:
    """The declared publications that no code performs.

    As long as one place may publish anything, any of them may be published there.
    """
    if not view.service.active or not _is_known(view):
        return
    sent = (fact for fact in view.of(Publish) if not fact.dropped)
    done = {fact.what.message for fact in sent if isinstance(fact.what, Known)}
    for publication in view.service.publishes:
        if publication.message not in done:
            yield _finding(view, publication)


def _is_known(view: ServiceView) -> bool:
    """Whether everything that the service publishes is known."""
    publishes = list(view.of(Publish))
    if not publishes and not any(True for _ in view.of(ServiceClass)):
        return False  # there is no service yet, or it talks to a broker: other rules' findings
    if any(True for _ in escapes(view, CAPABILITIES)) or any(True for _ in view.of(Unreadable)):
        return False
    if any(handler.unfilled for handler in view.of(Handler)):
        return False  # its code is still to come, which `unfilled-handler` says
    return all(is_proven(fact.what) for fact in publishes)


def _finding(view: ServiceView, publication: Publication) -> Diagnostic:
    own, message = view.service.name, publication.message
    dropped = {f.call for f in view.of(Publish) if f.what == Known(message)}
    if dropped:
        related = [Related(c, "a call that nobody awaits sends nothing") for c in sorted(dropped)]
    else:
        classes = (c for c in view.of(ServiceClass) if c.service == own)
        related = [Related(c.span, f"{c.name}, the class of {own}") for c in classes]
    mend = "await the call" if dropped else "publish it"
    return RULE.at(
        publication.span or view.service.span or Span.of_file("system.yaml"),
        f"no code of {own} publishes {message}, which system.yaml declares",
        help=f"{mend}, or remove {message} from services.{own}.publishes",
        related=tuple(related),
        service=own,
        subject=message,
    )
