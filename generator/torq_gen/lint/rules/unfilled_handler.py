"""TQ208: a handler does nothing yet."""

from __future__ import annotations

from collections.abc import Iterator

from torq_gen.diagnostics import Diagnostic, Severity
from torq_gen.lint.facts.model import Handler
from torq_gen.lint.rules._bus_samples import EMPTY, FILLED
from torq_gen.lint.rules._flow import declared, message_of_handler
from torq_gen.lint.view import ServiceView
from torq_gen.rule import Rule

RULE = Rule(
    "TQ208",
    "unfilled-handler",
    "A handler only raises NotImplementedError, or does nothing at all.",
    Severity.WARNING,
    why="""\
A skeleton's handler raises: the first message of its kind crashes the service. One that does
nothing takes in messages for no purpose, and their publisher may wait for it.""",
    fix="""\
Write it; or take the message out of `services.<name>.subscribes`.""",
    bad=EMPTY,
    good=FILLED,
)


def check(view: ServiceView) -> Iterator[Diagnostic]:
    """Each handler that is still the skeleton's."""
    if not view.service.active:
        return
    own = view.service.name
    for handler in view.of(Handler):
        message = message_of_handler(view, handler.name)
        if handler.unfilled and message is not None:
            subscribed = ((s.message, s.span) for s in view.service.subscribes)
            yield RULE.at(
                handler.span,
                f"{handler.name} of {own} is not filled: it takes in {message}, and only raises "
                "NotImplementedError or does nothing",
                help="write it; a message that the service has no use for is taken out of "
                f"services.{own}.subscribes",
                related=declared(view, (place for place in subscribed if place[0] == message)),
                service=own,
                subject=message,
            )
