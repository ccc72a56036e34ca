"""TQ205: nobody can tell from the code which message a service subscribes."""

from __future__ import annotations

from collections.abc import Iterator

from torq_gen.diagnostics import Diagnostic
from torq_gen.lint.facts.model import Subscribe, Unproven
from torq_gen.lint.rules._bus_samples import PROVABLE, UNPROVABLE
from torq_gen.lint.view import ServiceView
from torq_gen.rule import Rule

RULE = Rule(
    "TQ205",
    "unprovable-subscribe",
    "Nobody can tell from the code which message a service subscribes.",
    why="""\
What a service takes in decides who must run before it and who may change what. A subscription of
something that only the running program knows may be of any message.""",
    fix="""\
Write a handler, whose name says its message; or name the class at the bus, by a constant, a table
of classes or an annotation `type[Message]`.""",
    bad=UNPROVABLE,
    good=PROVABLE,
)


def check(view: ServiceView) -> Iterator[Diagnostic]:
    """Each subscription of something unknown."""
    if not view.service.active:
        return
    own = view.service.name
    for fact in view.of(Subscribe):
        if isinstance(fact.what, Unproven):
            shown = f" with `{fact.what.expression}`" if fact.what.expression else ""
            yield RULE.at(
                fact.span,
                f"nobody can tell which message {own} subscribes{shown}: {fact.what.reason}",
                help="name the message's class; or write a handler, "
                f"and declare its message in services.{own}.subscribes",
                service=own,
                subject=fact.what.expression,
            )
