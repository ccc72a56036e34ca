"""What the rules about precision share."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from torq_gen.diagnostics import Diagnostic
from torq_gen.lint.facts.model import MoneyArithmetic, Operation
from torq_gen.lint.view import ServiceView
from torq_gen.rule import Rule

SHOWN = "a ratio that is only shown is suppressed with its reason"
"""The end of every such finding's help."""


def findings(
    view: ServiceView,
    rule: Rule,
    operation: Operation,
    message: Callable[[str], str],
    help: str,
) -> Iterator[Diagnostic]:
    """A finding for each operation of one kind; ``message`` makes it of the amount's name."""
    places: dict[object, MoneyArithmetic] = {}
    for fact in view.of(MoneyArithmetic):
        if fact.operation is operation:
            places.setdefault((fact.span, fact.money), fact)
    for fact in places.values():
        owner, _, name = fact.money.partition(".")
        held = view.system.messages.get(owner)
        field = next((f for f in held.fields if f.name == name), None) if held else None
        yield rule.at(
            fact.span,
            message(fact.money),
            help=f"{help}; {SHOWN}",
            related=view.declared_at(field.span if field else None, f"{fact.money} is money"),
            service=view.service.name,
            subject=fact.money,
        )
