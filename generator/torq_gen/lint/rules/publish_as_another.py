"""TQ207: a service publishes through the base class of another one."""

from __future__ import annotations

from collections.abc import Iterator

from torq_gen.diagnostics import Diagnostic
from torq_gen.lint.facts.model import Foreign, Known, Publish, What
from torq_gen.lint.rules._flow import declared, gathered, handed_over, is_of_another
from torq_gen.lint.rules._foreign_samples import AS_ANOTHER, AS_ITSELF
from torq_gen.lint.view import ServiceView
from torq_gen.model.names import pascal_case
from torq_gen.rule import Rule

RULE = Rule(
    "TQ207",
    "publish-as-another",
    "A service publishes under the name of another one.",
    why="""\
A frame says who sent it, and its receivers count its sequence by sender. Two programs that send
under one name mix their sequences, and what the spec says of either holds for neither.""",
    fix="""\
Derive from the service's own base class. What the other service ought to publish belongs into its
code; what this one ought to, into its `publishes`.""",
    bad=AS_ANOTHER,
    good=AS_ITSELF,
)


def check(view: ServiceView) -> Iterator[Diagnostic]:
    """Each message that goes out through another service's base class."""
    if not view.service.active:
        return
    own = view.service.name
    foreign = [fact for fact in view.of(Publish) if is_of_another(view, fact)]
    names = {fact.service for fact in foreign}
    for name in (name for name in view.system.services if name in names):
        for found in gathered(fact for fact in foreign if fact.service == name):
            yield RULE.at(
                found.span,
                f"{own} publishes {_named(found.what)} as {name}",
                help=f"derive from {pascal_case(own)}Base: {pascal_case(name)}Base is for the "
                f"code of {name}",
                related=(
                    *declared(view, [(name, view.system.services[name].span)]),
                    *handed_over(found),
                ),
                service=own,
                subject=f"{name} {_named(found.what)}",
            )


def _named(what: What) -> str:
    match what:
        case Known(message=name) | Foreign(name=name):
            return name
    return "something"
